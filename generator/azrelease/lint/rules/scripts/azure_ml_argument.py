"""AZR803: arguments that an Azure ML command does not have."""

import re

from azrelease.lint.facts.services import AzureMLCall
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import suggestion

_FLAG = re.compile(r"--?[A-Za-z][\w-]*")


def check(file: LintedFile) -> Findings:
    """Arguments that no generation of the command has. A newer extension may have more, so this is a warning."""
    for call in file.azure_ml_calls:
        if not call.candidates:
            continue
        for word in call.words:
            name = word.text.partition("=")[0]
            if not _FLAG.fullmatch(name) or any(candidate.argument(name) for candidate in call.candidates):
                continue
            if not name.startswith("--") and _joined(call, name):
                continue  # a short argument with its value attached
            message = f"`az {call.name}` has no argument `{name}`"
            known = [found.name for candidate in call.candidates for found in candidate.arguments]
            where = (call.script, word.start, word.start + len(name))
            yield file.in_script(RULE.code, message, where, suggestion(name, known))


def _joined(call: AzureMLCall, name: str) -> bool:
    return any(candidate.argument(name[:2]) for candidate in call.candidates)


_STEP = "steps:\n- bash: az ml online-deployment create --file deployment.yml {}\n"

RULE = Rule(
    code=Code("AZR803", "azure-ml-argument", Severity.WARNING),
    summary="an Azure ML command gets an argument that it does not have",
    why="The command fails: *unrecognized arguments*. The table is that of the command reference; a newer extension may have more arguments.",
    wrong=_STEP.format("--all-trafic"),
    right=_STEP.format("--all-traffic"),
    check=check,
)
