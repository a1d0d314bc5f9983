"""AZR508: secrets that are printed."""

import re
from collections.abc import Container, Iterator

from azrelease.lint.facts.secrets import mapped_secrets
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
        mapped = mapped_secrets(script.step)
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
        "visible to everyone who may read the log."
    ),
    wrong="steps:\n- bash: echo $PASSWORD\n  env:\n    PASSWORD: $(databasePassword)\n",
    right='steps:\n- bash: echo "$PASSWORD" | docker login --username app --password-stdin\n  env:\n    PASSWORD: $(databasePassword)\n',
    check=check,
)
