"""What a short shell script does, where it is one of the commands of a release: read, and compared."""

import re
import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from azrelease.catalog import azure_ml_cli

_LONGEST = 100_000
"""Characters; the command line of a release is never as long, and Linux takes 131,072 in one argument."""

CommandOptions = Mapping[str, tuple[str, ...]]
"""Arguments of a command by long name; a flag has no values."""

_MACRO = re.compile(r"\$\(([A-Za-z_][\w.]*)\)")
_CALL = re.compile(r"\$\((az\s[^()`$]*)\)|`(az\s[^()`$]*)`")
_STRICT = re.compile(r"\s*set -[euxo]+( pipefail)?( -[euxo]+( pipefail)?)*\s*")
_GUARD = re.compile(r"^if \[\[ -z .*?^fi$", re.MULTILINE | re.DOTALL)
_ASSIGNMENT = re.compile(r"^([a-z]+)=\$\((az\s[^()`]*)\)$", re.MULTILINE)
_SHELL = re.compile(r"[;&|<>`*?{}\[\]~#!]|\$")


class ScriptCommand(NamedTuple):
    """A command of `az ml` or `az extension`, or pytest.

    Attributes:
        name: what stands after `az`, or `pytest`.
        options: its arguments.
        words: for pytest, its words; the scoring URL and key are `URL` and `KEY`.
        calls: for pytest, the options of the commands that tell the URL and the key.
        loose: macros that stand without quotes, so that a value of several words is several words.
    """

    name: str
    options: CommandOptions = MappingProxyType({})
    words: tuple[str, ...] = ()
    calls: Mapping[str, CommandOptions] = MappingProxyType({})
    loose: frozenset[str] = frozenset()


def read_script(text: str, env: Mapping[str, str] = {}, *, rendered: bool = False) -> ScriptCommand | None:
    """The one command of a script; None where there are more, or where it says more than its words.

    Macros stay as they are written. Environment variables of ours (`$ARG_…`) are what they are set to.

    Args:
        text: the script.
        env: the environment of the step.
        rendered: whether it is one of our own, which looks at what a command gave before it goes on.
    """
    if len(text) > _LONGEST:
        return None
    text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    if any(line.lstrip().startswith("#") and line.endswith("\\") for line in lines):
        return None  # a comment goes on in no other line, though it looks so
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#")).replace("\\\n", " ")
    text = re.sub(r"\$(ARG_[A-Z0-9_]+)", lambda m: env.get(m[1], m[0]), text)
    text = _GUARD.sub("", text) if rendered else text
    macros: list[str] = []
    text = _MACRO.sub(lambda m: _kept(macros, m[0]), text)
    calls: list[str] = []
    assigned = {m[1]: m[2] for m in _ASSIGNMENT.finditer(text)} if rendered else {}
    text = _ASSIGNMENT.sub("", text) if rendered else text
    for name, call in assigned.items():
        text = text.replace(f'"${name}"', _kept(calls, call, "\ue001"))
    text = re.sub(r"^echo [^\n]*$", "", text, flags=re.MULTILINE) if rendered else text
    text = _CALL.sub(lambda m: _kept(calls, m[1] or m[2], "\ue001"), text)
    lines = [line.strip() for line in text.split("\n") if line.strip() and not _STRICT.fullmatch(line)]
    if len(lines) != 1 or _SHELL.search(_without_quotes(lines[0])):
        return None
    try:
        words = [_restored(word, macros) for word in shlex.split(lines[0])]
    except ValueError:
        return None
    unquoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", " ".join((lines[0], *calls)))
    loose = frozenset(macros[int(number)] for number in re.findall("\ue000(\\d+)\ue002", unquoted))
    found: ScriptCommand | None = None
    if words[:1] == ["az"]:
        found = None if calls else _azure(words[1:])
    elif words[:1] == ["pytest"]:
        found = _pytest(words, [_restored(call, macros) for call in calls])
    return None if found is None else found._replace(loose=loose)


def _without_quotes(line: str) -> str:
    """A line without what stands in single quotes, where nothing means anything to a shell."""
    return re.sub(r"'[^']*'", "", line)


def _kept(found: list[str], text: str, mark: str = "\ue000") -> str:
    found.append(text)
    return f"{mark}{len(found) - 1}\ue002"


def _restored(text: str, macros: list[str]) -> str:
    return re.sub("\ue000(\\d+)\ue002", lambda m: macros[int(m[1])], text)


def _azure(words: list[str]) -> ScriptCommand | None:
    if words[:2] == ["extension", "add"]:
        return _extension(words[2:])
    known = azure_ml_cli.find_commands(words)
    found = next((command for command in known if command.generation == "v1"), None)
    if found is None:
        return None
    line = azure_ml_cli.parse(found, words[len(found.name.split()) :])
    # The CLI asks for values that the script cannot give; such a script does not run.
    return None if line.problems else ScriptCommand(found.name, line.values)


_EXTENSION = {"-n": "--name", "-y": "--yes", "--name": "--name", "--yes": "--yes", "--version": "--version",
              "--upgrade": "--upgrade", "-U": "--upgrade"}  # fmt: skip
_FLAGS = ("--yes", "--upgrade")


def _extension(words: list[str]) -> ScriptCommand | None:
    """`az extension add`, with the arguments that our task has. `--yes` only answers a question."""
    options: dict[str, tuple[str, ...]] = {}
    rest = iter(words)
    for word in rest:
        flag, equals, value = word.partition("=")
        name = _EXTENSION.get(flag)
        if name is None or name in options:
            return None
        if name in _FLAGS:
            options[name] = ()
            continue
        value = value if equals else next(rest, "")
        if not value or value.startswith("-"):
            return None
        options[name] = (value,)
    options.pop("--yes", None)
    return ScriptCommand("extension add", options) if "--name" in options else None


_TELLS = {
    ("ml service show", "scoringUri"): "URL",
    ("ml service get-keys", "primaryKey"): "KEY",
}


def _pytest(words: list[str], texts: list[str]) -> ScriptCommand | None:
    """`pytest`, where the commands in it tell the URL and the key of a service."""
    marks: dict[str, str] = {}
    calls: dict[str, CommandOptions] = {}
    for index, text in enumerate(texts):
        try:
            found = _azure(shlex.split(text)[1:])
        except ValueError:
            return None
        if found is None:
            return None
        options = dict(found.options)
        query, output = options.pop("--query", ()), options.pop("--output", ())
        told = _TELLS.get((found.name, "".join(query)))
        if told is None or output != ("tsv",) or calls.setdefault(told, options) != options:
            return None
        marks[f"\ue001{index}\ue002"] = told
    for mark, told in marks.items():
        words = [word.replace(mark, told) for word in words]
    return ScriptCommand("pytest", words=_in_order(words[1:]), calls=calls) if "URL" in calls else None


def _in_order(words: list[str]) -> tuple[str, ...]:
    """The words of pytest, those that stand anywhere at the end: the report, the URL, the key."""
    rest: list[str] = []
    last: dict[str, str] = {}
    given = iter(words)
    for word in given:
        flag, equals, value = word.partition("=")
        if flag in ("--scoreurl", "--scorekey") and flag not in last:
            last[flag] = value if equals else next(given, "")
        elif flag in ("--junitxml", "--junit-xml") and equals and "--junitxml" not in last:
            last["--junitxml"] = value
        else:
            rest.append(word)
    return (*rest, *(f"{flag}={last[flag]}" for flag in sorted(last)))
