"""AZR121: dashes without a blank behind them."""

from azrelease.lint.facts.scopes import scopes
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_ITEMS = frozenset(("-group", "-name", "-template"))


def check(file: LintedFile) -> Findings:
    """Keys such as `-group` in `variables`, which are names of variables."""
    if not any(f"{item}:" in file.document.text for item in _ITEMS):
        return
    for block in scopes(file):
        for inner, _ in block.blocks("variables"):
            for entry in inner.entries:
                if entry.name in _ITEMS:
                    message = f"this is a variable of the name `{entry.name}`: behind a dash there is no blank"
                    yield file.finding(RULE.code, message, entry, f"Write `- {entry.name[1:]}: …`.")


RULE = Rule(
    code=Code("AZR121", "missing-blank", Severity.WARNING),
    summary="a dash without a blank in `variables`",
    why=(
        "YAML takes `-group: settings` for a key, and the service that for a variable of this name: the group is not used, without an error "
        "(learn.microsoft.com/azure/devops/pipelines/yaml-schema/variables)."
    ),
    wrong="variables:\n  -group: settings\nsteps:\n- bash: ./deploy.sh\n",
    right="variables:\n- group: settings\nsteps:\n- bash: ./deploy.sh\n",
    check=check,
    of_run=True,
)
