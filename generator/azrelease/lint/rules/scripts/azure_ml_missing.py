"""AZR804: arguments that an Azure ML command needs."""

from collections.abc import Iterator

from azrelease.catalog.azure_ml_cli import parse
from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.services import AzureMLCall
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule

_SHORT = 2
_CONFIGURED = frozenset(("--resource-group", "--workspace-name"))
"""Arguments that `az configure --defaults` may have set before."""


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Required arguments of commands that can be read whole: without arguments from variables or macros."""
    for call in file.azure_ml_calls:
        if len(call.candidates) != 1 or _has_more(call):
            continue
        line = parse(call.candidates[0], [word.text for word in call.words])
        for argument in call.candidates[0].arguments:
            if argument.name in _CONFIGURED:
                continue
            if argument.required and argument.name not in line.values and not _is_joined(call, argument.names):
                message = f"`az {call.name}` needs `{argument.name}`"
                where = (call.script, call.command[0].start, call.command[-1].end)
                yield file.in_script(RULE.code, message, where)


def _has_more(call: AzureMLCall) -> bool:
    """Whether arguments may come from outside: a word that is all variable, or asks for help, or a splat."""
    words = [word.text for word in call.words]
    if "--help" in words or "-h" in words:
        return True
    return any(
        word.startswith(("$", "@")) and not (index and words[index - 1].startswith("-"))
        for index, word in enumerate(words)
    )


def _is_joined(call: AzureMLCall, names: tuple[str, ...]) -> bool:
    """Whether a short argument is given with its value behind it: `-nname`."""
    short = tuple(name for name in names if len(name) == _SHORT)
    return bool(short) and any(word.text.startswith(short) and not word.text.startswith("--") for word in call.words)


_STEP = "steps:\n- bash: az ml online-endpoint delete --yes{}\n"

RULE = Rule(
    code=Code("AZR804", "azure-ml-missing-argument", Severity.ERROR),
    summary="an Azure ML command is not given an argument that it needs",
    why="The command is refused: *the following arguments are required*.",
    wrong=_STEP.format(""),
    right=_STEP.format(" --name churn"),
    check=check,
)
