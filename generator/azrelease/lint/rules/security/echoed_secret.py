"""AZR508: secrets that are printed."""

import re
from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.scripts import Script
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.redaction import names_secret
from azrelease.syntax.embedded import macros

_PRINTS = re.compile(
    r"^[ \t]*(?:echo|printf|Write-Host|Write-Output|print\()(?![^\n]*##vso)(?:\\\n|[^\n])*", re.MULTILINE
)
_VARIABLE = re.compile(r"(?<![\\\]])\$(?:env:)?\{?([A-Za-z_]\w*)\b(?!:?\+)\}?|%([A-Za-z_]\w*)%")
_HANDED_ON = re.compile(r"<<|^[ \t]*(?:[})]|done|fi|esac)[ \t]*[|>]", re.MULTILINE)
_GOES_ELSEWHERE = re.compile(r"[|>]")


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Lines that print, and hand what they print to nothing else."""
    for script in file.scripts:
        mapped = _mapped(script)
        if not mapped and not any(names_secret(found[1]) for found in macros(script.text)):
            continue
        text = script.lines_joined_as_in_sh
        for line in () if _HANDED_ON.search(text) else _PRINTS.finditer(text):
            if _GOES_ELSEWHERE.search(line[0]):
                continue
            for name, start, end in _names(line[0], mapped):
                message = f"`{name}` is printed to the log"
                hint = (
                    "The agent masks a secret only as it stands: encoded, cut or in JSON it is shown. Do not print it."
                )
                where = (script, line.start() + start, line.start() + end)
                yield file.in_script(RULE.code, message, where, hint)


def _mapped(script: Script) -> frozenset[str]:
    """The environment variables of the step that a secret is handed over in."""
    return frozenset(
        entry.name
        for env, _ in script.step.block.blocks("env")
        for entry in env.entries
        if isinstance(entry.value, ScalarNode) and any(names_secret(found[1]) for found in macros(entry.value.value))
    )


def _names(line: str, mapped: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    for found in macros(line):
        if names_secret(found[1]):
            yield found[1], found.start(), found.end()
    for found in _VARIABLE.finditer(line):
        name = found[1] or found[2]
        if name in mapped and not _is_single_quoted(line, found.start()):
            yield name, found.start(), found.end()


def _is_single_quoted(line: str, position: int) -> bool:
    """Whether a place stands in single quotes, where the shell leaves everything as it is."""
    quote = ""
    for character in line[:position]:
        if character in ("'", '"') and quote in ("", character):
            quote = "" if quote else character
    return quote == "'"


RULE = Rule(
    code=Code("AZR508", "echoed-secret", Severity.WARNING),
    summary="a secret is printed to the log",
    why=(
        "The agent replaces secrets in the log only where they stand letter for letter. Encoded, cut, or split over lines they are "
        "shown, to everybody who may read the log."
    ),
    wrong="steps:\n- bash: echo $PASSWORD\n  env:\n    PASSWORD: $(databasePassword)\n",
    right='steps:\n- bash: echo "$PASSWORD" | docker login --username app --password-stdin\n  env:\n    PASSWORD: $(databasePassword)\n',
    check=check,
)
