"""AZR810: tests and deployments in a pipe, whose failure is that of its last command."""

import re

from azrelease.lint.facts.decisive_commands import is_decisive
from azrelease.lint.facts.shell_words import commands, without_prefix
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_KEPT = re.compile(r"pipefail|PIPESTATUS|\bexit 0\b")
_PIPE = re.compile(
    r"[ \t]*(?:(?:\d?>&\d|&?\d?>>?[ \t]*[^\s|&;]+)[ \t]*)*\|&?(?!\|)[ \t]*\\?\r?\n?[ \t]*(?P<program>[\w.-]+)"
)


def check(file: LintedFile) -> Findings:
    """Commands that test or deploy before a `|`, without `pipefail`."""
    for script, shell in file.script_shells:
        text = script.text
        if shell.language != "bash" or "|" not in text or _KEPT.search(text):
            continue
        if (script.step.block.text("continueOnError") or "").casefold() == "true":
            continue
        for command in commands(text):
            rest = without_prefix(command)
            words = [word.text for word in rest]
            if rest and rest[0] is command[0] and is_decisive(words[0].rpartition("/")[2].casefold(), words[1:]):
                end = _after_redirections(text, rest[-1].end)
                match = _PIPE.match(text, end)
                if match is not None:
                    name = " ".join(word for word in words[:2] if not word.startswith("-"))
                    message = (
                        f"the exit code of the pipe is that of `{match['program']}`: the failure of `{name}` is lost"
                    )
                    where = "" if shell.is_certain else "on Linux or macOS, "
                    hint = "Begin the script with `set -eo pipefail`."
                    yield file.in_script(RULE.code, f"{where}{message}", (script, rest[0].start, match.end()), hint)
                    break


def _after_redirections(text: str, position: int) -> int:
    """Where a command ends: the reader of words takes `2>&1` apart at the `&`."""
    match = re.compile(r"[ \t]*(?:\d?>?&\d?)+").match(text, position)
    return match.end() if match and "|" in text[match.end() : match.end() + 4] else position


_STEP = "steps:\n- bash: |\n    {}\n    make check 2>&1 | tee test.log\n"

RULE = Rule(
    code=Code("AZR810", "exit-code-of-pipe", Severity.WARNING),
    summary="a test or a deployment in a pipe, whose failure is lost",
    why=(
        "The exit code of a pipe is that of its last command, unless `pipefail` is set (Bash Reference Manual, *Pipelines*); `set -e` does not change that. So failing tests before "
        "`| tee` leave the step green. Only for commands that test, deploy or publish. Silent in scripts that set `pipefail`, read `PIPESTATUS` or end with `exit 0`."
    ),
    wrong=_STEP.format("set -e"),
    right=_STEP.format("set -eo pipefail"),
    check=check,
)
