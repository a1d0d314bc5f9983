"""AZR225: variables that nothing in the file reads."""

import re

from azrelease.lint.facts.environment_names import environment_name
from azrelease.lint.facts.variables import name_nodes, variables
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import SCRIPT_ACTIONS

_OF_TOOLS = re.compile(r"[A-Z0-9_]+|.*[._-].*|(?:skip|run|enable|disable|nuget|codeql|sdl|guardian)\w*")
"""Names in which tools, and the decorators of an organization, look for settings."""

_QUIET = frozenset(
    (
        "azurecli",
        "azurekeyvault",
        "bash",
        "cmdline",
        "copyfiles",
        "powershell",
        "publishtestresults",
        "usepythonversion",
    )
)


def check(file: LintedFile) -> Findings:
    """Variables of a pipeline without templates whose steps run inline scripts and known tasks only."""
    if not file.is_pipeline or file.templates or "variables" not in file.document.text:
        return
    if any(
        step.action not in (*SCRIPT_ACTIONS, "checkout", "download", "publish") and step.task_name not in _QUIET
        for step in file.outline.steps
    ):
        return
    if any(use.step.action == "task" or use.script is not None for use in file.file_uses):
        return  # a script file finds variables in its environment
    text = file.document.text.casefold()
    keys = name_nodes(file)
    for name, node in variables(file):
        if (
            _OF_TOOLS.fullmatch(name)
            or text.count(name.casefold()) > 1
            or text.count(environment_name(name).casefold()) > 1
        ):
            continue
        message = f"nothing in the file reads `{name}`"
        yield file.finding(
            RULE.code, message, keys.get(id(node), node), "Remove it, unless a program reads it from its environment."
        )


_FILE = "trigger: none\nvariables:\n  modelName: churn\nsteps:\n- bash: echo {}\n"

RULE = Rule(
    code=Code("AZR225", "unused-variable", Severity.INFO),
    summary="a variable that nothing in the file reads",
    why=(
        "It looks as if it did something. The rule asks for the steps: it says nothing in a pipeline with templates, script files or tasks whose programs may read their environment, "
        "and of names in capitals or with dots, in which tools look for settings."
    ),
    wrong=_FILE.format("one"),
    right=_FILE.format("$(modelName)"),
    of_text=True,
    check=check,
)
