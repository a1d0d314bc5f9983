"""AZR834: logging commands that are not printed as they are meant."""

import re

from azrelease.diagnostics import Span
from azrelease.lint.facts.environment_names import hidden_in_bash
from azrelease.lint.facts.logging_commands import LoggingCommand, logging_commands
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.yaml_document import split_lines

_PRINTS = re.compile(r"(?:^|[\s;&|{(])(?:echo|printf|Write-(?:Host|Output|Information))\b[^'\"]*$", re.IGNORECASE)
_TRACES = re.compile(r"^\s*(?:set\s+-\w*x|set\s+-o\s+xtrace)|\A#![^\n]*sh\s+-\w*x", re.MULTILINE)
_STOPS_TRACING = re.compile(r"\bset\s+\+\w*x|set\s+\+o\s+xtrace")
_EXPANSION = {
    "bash": re.compile(r"\$(?:\{|[A-Za-z_]|\((?![A-Za-z_][\w.\-]*\)))"),
    "powershell": re.compile(r"\$(?:\{|[A-Za-z_]|\((?![A-Za-z_][\w.\-]*\)))"),
}


def check(file: LintedFile) -> Findings:
    """Commands in scripts of a known language: in a comment, in the wrong quotes, printed twice, with a blank before the value."""
    if not file.is_expanded and " ##vso[" in file.document.text:
        yield from _cut_off(file)
    for command in logging_commands(file.scripts):
        found = _problem(command)
        if found is not None:
            message, hint = found
            yield file.in_script(RULE.code, message, (command.script, command.start, command.end), hint)


def _cut_off(file: LintedFile) -> Findings:
    """Scripts on a line of their own that YAML ends before the command, which it takes for a comment."""
    lines = split_lines(file.document.text)
    for script in file.scripts:
        end = script.node.end_mark
        rest = lines[end.line][end.column :] if script.node.style is None and end.line < len(lines) else ""
        if rest.lstrip().startswith("##vso["):
            message = "YAML takes this for a comment: the script ends before it"
            start = end.column + len(rest) - len(rest.lstrip())
            span = Span(end.line + 1, start + 1, end.line + 1, end.column + len(rest.rstrip()) + 1)
            yield file.finding(
                RULE.code, message, span, "Write the script as a block, `|`, with the command in double quotes."
            )


def _problem(command: LoggingCommand) -> tuple[str, str] | None:
    script, text = command.script, command.script.text
    start = text.rfind("##vso[", 0, command.start)
    before = script.line_before(start)
    if (
        script.language in ("bash", "powershell")
        and _PRINTS.search(before)
        and _is_comment(script.language, text, start)
    ):
        message = "the shell takes this for a comment: an empty line is printed, and the command is lost"
        return message, "Put the command in double quotes."
    if command.name != "setvariable":
        return None
    end = text.find("]", command.end)
    line_end = text.find("\n", end)
    value = text[end + 1 : line_end if line_end >= 0 else len(text)]
    quote = before[-1:] if before[-1:] in ("'", '"') else ""
    if script.language == "cmd" and quote and re.search(r"\becho\s*$", before[:-1], re.IGNORECASE):
        return (
            f"`echo` of cmd prints its quotes: the value ends with `{quote}`",
            "Write the script as a block, `|`, and the command without quotes.",
        )
    pattern = _EXPANSION.get(script.language or "")
    if quote == "'" and pattern is not None:
        inner = value.partition("'")[0]
        if pattern.search(inner) and not value[len(inner) + 1 :].lstrip().startswith("-f"):
            return "nothing is expanded in single quotes: the variable gets this text itself", "Use double quotes."
    if value[:1] == " " and value.strip("'\" ") and script.language is not None:
        return "the blank before the value is a part of it", "Remove the blank behind `]`."
    if script.language == "bash" and _is_traced(text[:start]):
        message = "`set -x` prints this command a second time, with a quote behind the value, which may count"
        return message, "Write `set +x` before it."
    return None


def _is_comment(language: str, text: str, start: int) -> bool:
    if language == "bash":
        return any(begin <= start < end and text[begin] == "#" for begin, end in hidden_in_bash(text))
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return line.count('"') % 2 == 0 and line.count("'") % 2 == 0 and line[-1:].isspace()


def _is_traced(text: str) -> bool:
    traces = list(_TRACES.finditer(text))
    return bool(traces) and _STOPS_TRACING.search(text, traces[-1].end()) is None


_STEPS = 'pool:\n  vmImage: ubuntu-24.04\nsteps:\n- bash: |\n    {}\n- bash: ./build.sh "$(flavor)"\n'

RULE = Rule(
    code=Code("AZR834", "printed-command", Severity.WARNING),
    summary="a logging command is not printed as it is meant",
    why=(
        "The agent reads the lines that a script prints. Without quotes, bash and PowerShell take `##vso` for a comment; cmd prints quotes as a part of the value; single quotes "
        "keep variables as text; `set -x` prints the command once more (learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands). "
        "The rule asks for the language of the script, and says nothing where that depends on the agent."
    ),
    wrong=_STEPS.format("echo ##vso[task.setvariable variable=flavor]gpu"),
    right=_STEPS.format('echo "##vso[task.setvariable variable=flavor]gpu"'),
    check=check,
)
