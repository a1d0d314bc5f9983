"""AZR508: secrets that are printed."""

import re
from collections.abc import Container, Iterator

from azrelease.lint.facts.script_patterns import in_comment
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.redaction import names_secret
from azrelease.syntax.embedded import macros

_PRINTS = re.compile(
    r"^[ \t]*(?:echo|printf|Write-Host|Write-Output|print\()(?![^\n]*##vso)(?:\\\n|[^\n])*", re.MULTILINE
)
_VARIABLE = re.compile(r"(?<![\\\]])\$(?:env:)?\{?([A-Za-z_]\w*)\b(?!:?\+)\}?|%([A-Za-z_]\w*)%")
_REDIRECTED = re.compile(r"<<|^[ \t]*(?:[})]|done|fi|esac)[ \t]*[|>]", re.MULTILINE)
_REDIRECTION = re.compile(r"[|>]")


def check(file: LintedFile) -> Findings:
    """Lines that print to the log, not to a pipe or a file."""
    for script in file.scripts:
        yield from _traced_or_run(file, script)
        mapped = file.mapped_secrets(script.step)
        if not mapped and not any(names_secret(match[1]) for match in macros(script.text)):
            continue
        text = script.lines_joined_as_in_sh
        for line in () if _REDIRECTED.search(text) else _PRINTS.finditer(text):
            if _REDIRECTION.search(line[0]):
                continue
            for name, start, end in _names(line[0], mapped):
                message = f"`{name}` is printed to the log"
                hint = "The agent masks a secret only letter for letter: encoded, cut or in JSON it is visible. Do not print it."
                where = (script, line.start() + start, line.start() + end)
                yield file.in_script(RULE.code, message, where, hint)


_TRACES = re.compile(
    r"^[ \t]*(?:set[ \t]+-\w*x\w*|set[ \t]+-o[ \t]+xtrace|Set-PSDebug[ \t]+-Trace[ \t]+[12])",
    re.MULTILINE | re.IGNORECASE,
)
_TRACES_NO_MORE = re.compile(
    r"^[ \t]*(?:\{[ \t]*)?(?:set[ \t]+(?:\+\w*x|\+o[ \t]+xtrace)|Set-PSDebug[ \t]+-(?:Off|Trace[ \t]+0))", re.MULTILINE
)


_ENCODES = re.compile(
    r"^[ \t]*(?:echo|printf)\b[^|>;&\n]*\|[ \t]*(?:base64(?![^\n]*(?:-d\b|--decode))|xxd|od|hexdump|rev|fold|sed|tr)\b[^|>;&\n]*$",
    re.MULTILINE,
)


def _traced_or_run(file: LintedFile, script: Script) -> Findings:
    """Secrets in commands that the shell prints since the script asks it to; a secret as a command."""
    text = script.text
    references = [r for r in file.secret_references(script) if not in_comment(script, r.start)] if "$" in text else []
    for trace in _TRACES.finditer(text) if references else ():
        stop = _TRACES_NO_MORE.search(text, trace.end())
        end = stop.start() if stop else len(text)
        found = next((r for r in references if trace.end() <= r.start < end), None)
        if found is not None:
            message = (
                f"the shell prints each command, `{found.name}` included, which the agent masks letter for letter only"
            )
            where = (script, trace.start() + len(trace[0]) - len(trace[0].lstrip()), trace.end())
            yield file.in_script(
                RULE.code, message, where, "Remove it, or switch it off around that command: `set +x`."
            )
    for match in _ENCODES.finditer(text) if references else ():
        found = next((r for r in references if match.start() <= r.start < match.end()), None)
        if found is not None:
            message = f"`{found.name}` is printed in another form, which the agent does not mask"
            yield file.in_script(RULE.code, message, (script, found.start, found.end), "Do not print it.")
    for reference in references:
        line = text[text.rfind("\n", 0, reference.start) + 1 :].partition("\n")[0]
        if reference.is_macro and line.strip() == text[reference.start : reference.end]:
            message = f"the shell takes `{reference.name}` for a command, fails, and repeats it in its message"
            where = (script, reference.start, reference.end)
            yield file.in_script(
                RULE.code, message, where, "Ask for it in the environment, without a word about its value."
            )


def _names(line: str, mapped: Container[str]) -> Iterator[tuple[str, int, int]]:
    for match in macros(line):
        if names_secret(match[1]):
            yield match[1], match.start(), match.end()
    for match in _VARIABLE.finditer(line):
        name = match[1] or match[2]
        if name in mapped and not _is_single_quoted(line, match.start()):
            yield name, match.start(), match.end()


def _is_single_quoted(line: str, position: int) -> bool:
    """Whether a position is inside single quotes, where the shell expands nothing."""
    quote = ""
    for character in line[:position]:
        if character in ("'", '"') and quote in ("", character):
            quote = "" if quote else character
    return quote == "'"


RULE = Rule(
    code=Code("AZR508", "echoed-secret", Severity.WARNING),
    summary="a secret is printed to the log",
    why=(
        "The agent masks a secret in the log only letter for letter. Encoded, cut, or split over lines it is "
        "visible to everyone who may read the log. A shell that traces its commands (`set -x`) prints what it makes of them."
    ),
    wrong="steps:\n- bash: echo $PASSWORD\n  env:\n    PASSWORD: $(databasePassword)\n",
    right='steps:\n- bash: echo "$PASSWORD" | docker login --username app --password-stdin\n  env:\n    PASSWORD: $(databasePassword)\n',
    check=check,
)
