"""AZR804: required arguments of Azure ML commands that are missing."""

from azrelease.catalog.azure_ml_cli import parse
from azrelease.lint.facts.services import AzureMLCall
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_SHORT = 2
_CONFIGURED = frozenset(("--resource-group", "--workspace-name"))
"""Arguments that `az configure --defaults` may have set before."""


def check(file: LintedFile) -> Findings:
    """Required arguments of commands whose arguments can all be seen: none from variables or macros."""
    for call in file.azure_ml_calls:
        if len(call.candidates) != 1 or _has_more(call):
            continue
        line = parse(call.candidates[0], [word.text for word in call.words])
        for argument in call.candidates[0].arguments:
            if argument.name in _CONFIGURED:
                continue
            if argument.required and argument.name not in line.values and not _is_joined(call, argument.names):
                yield file.in_script(RULE.code, f"`az {call.name}` needs `{argument.name}`", call.place)


def _has_more(call: AzureMLCall) -> bool:
    """Whether arguments may come from elsewhere: a word that is a variable, a splat, or `--help`."""
    words = [word.text for word in call.words]
    if "--help" in words or "-h" in words:
        return True
    return any(
        word.startswith(("$", "@")) and not (index and words[index - 1].startswith("-"))
        for index, word in enumerate(words)
    )


def _is_joined(call: AzureMLCall, names: tuple[str, ...]) -> bool:
    """Whether a short argument has its value attached: `-nname`."""
    short = tuple(name for name in names if len(name) == _SHORT)
    return bool(short) and any(word.text.startswith(short) and not word.text.startswith("--") for word in call.words)


_STEP = "steps:\n- bash: az ml online-endpoint delete --yes{}\n"

RULE = Rule(
    code=Code("AZR804", "azure-ml-missing-argument", Severity.ERROR),
    summary="a required argument of an Azure ML command is missing",
    why="The command fails: *the following arguments are required*.",
    wrong=_STEP.format(""),
    right=_STEP.format(" --name churn"),
    check=check,
)
