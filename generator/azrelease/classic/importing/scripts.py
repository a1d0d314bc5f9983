"""Reads the command of a short shell script: `az ml`, `az extension`, or pytest."""

import re
import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from azrelease.catalog import azure_ml_cli

_LONGEST = 100_000
"""Characters of a script; Linux accepts 131,072 in one argument."""

CommandOptions = Mapping[str, tuple[str, ...]]
"""The values of arguments, by long name; a flag has none."""

_MACRO = re.compile(r"\$\(([A-Za-z_][\w.]*)\)")
_CALL = re.compile(r"\$\((az\s[^()`$]*)\)|`(az\s[^()`$]*)`")
_STRICT = re.compile(r"\s*set -[euxo]+( pipefail)?( -[euxo]+( pipefail)?)*\s*")
_SHELL = re.compile(r"[;&|<>`*?{}\[\]~#!]|\$")


class ScriptCommand(NamedTuple):
    """A command of `az ml` or `az extension`, or pytest.

    Attributes:
        name: the command after `az`, or `pytest`.
        options: its arguments.
        words: for pytest, its arguments, with `URL` and `KEY` for the scoring URL and key.
        calls: for pytest, the options of the commands that print the URL and the key.
        loose: macros without quotes, so that a value of several words becomes several arguments.
    """

    name: str
    options: CommandOptions = MappingProxyType({})
    words: tuple[str, ...] = ()
    calls: Mapping[str, CommandOptions] = MappingProxyType({})
    loose: frozenset[str] = frozenset()


def read_script(text: str, env: Mapping[str, str] = {}) -> ScriptCommand | None:
    """The only command of a script; None for several commands, or other syntax of the shell.

    Macros stay as they are; `$ARG_…` variables get their values.

    Args:
        text: the script.
        env: the environment of the step.
    """
    if len(text) > _LONGEST:
        return None
    text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    if any(line.lstrip().startswith("#") and line.endswith("\\") for line in lines):
        return None  # a comment ends with its line, in spite of the backslash
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#")).replace("\\\n", " ")
    text = re.sub(r"\$(ARG_[A-Z0-9_]+)", lambda m: env.get(m[1], m[0]), text)
    macros: list[str] = []
    text = _MACRO.sub(lambda m: _kept(macros, m[0]), text)
    calls: list[str] = []
    text = _CALL.sub(lambda m: _kept(calls, m[1] or m[2], "\ue001"), text)
    lines = [line.strip() for line in text.split("\n") if line.strip() and not _STRICT.fullmatch(line)]
    if len(lines) != 1 or _SHELL.search(re.sub(r"'[^']*'", "", lines[0])):
        return None
    try:
        words = [_restored(word, macros) for word in shlex.split(lines[0])]
    except ValueError:
        return None
    unquoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", " ".join((lines[0], *calls)))
    loose = frozenset(macros[int(number)] for number in re.findall("\ue000(\\d+)\ue002", unquoted))
    command: ScriptCommand | None = None
    if words[:1] == ["az"] and not calls:
        command = _azure(words[1:])
    elif words[:1] == ["pytest"]:
        command = _pytest(words, [_restored(call, macros) for call in calls])
    return None if command is None else command._replace(loose=loose)


def _kept(texts: list[str], text: str, mark: str = "\ue000") -> str:
    texts.append(text)
    return f"{mark}{len(texts) - 1}\ue002"


def _restored(text: str, macros: list[str]) -> str:
    return re.sub("\ue000(\\d+)\ue002", lambda m: macros[int(m[1])], text)


def _azure(words: list[str]) -> ScriptCommand | None:
    if words[:2] == ["extension", "add"]:
        return _extension(words[2:])
    known = azure_ml_cli.find_commands(words)
    command = next((command for command in known if command.generation == "v1"), None)
    if command is None:
        return None
    line = azure_ml_cli.parse(command, words[len(command.name.split()) :])
    # A command line with problems fails.
    return None if line.problems else ScriptCommand(command.name, line.values)


_EXTENSION = {"-n": "--name", "-y": "--yes", "--name": "--name", "--yes": "--yes", "--version": "--version",
              "--upgrade": "--upgrade", "-U": "--upgrade"}  # fmt: skip
_FLAGS = ("--yes", "--upgrade")


def _extension(words: list[str]) -> ScriptCommand | None:
    """`az extension add`, with the arguments of the typed task. `--yes` only confirms."""
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


_PRINTS = {
    ("ml service show", "scoringUri"): "URL",
    ("ml service get-keys", "primaryKey"): "KEY",
}


def _pytest(words: list[str], texts: list[str]) -> ScriptCommand | None:
    """`pytest`, with commands that print the URL and the key of a service."""
    marks: dict[str, str] = {}
    calls: dict[str, CommandOptions] = {}
    for index, text in enumerate(texts):
        try:
            command = _azure(shlex.split(text)[1:])
        except ValueError:
            return None
        if command is None:
            return None
        options = dict(command.options)
        query, output = options.pop("--query", ()), options.pop("--output", ())
        kind = _PRINTS.get((command.name, "".join(query)))
        if kind is None or output != ("tsv",) or calls.setdefault(kind, options) != options:
            return None
        marks[f"\ue001{index}\ue002"] = kind
    for mark, kind in marks.items():
        words = [word.replace(mark, kind) for word in words]
    return ScriptCommand("pytest", words=_in_order(words[1:]), calls=calls) if "URL" in calls else None


def _in_order(words: list[str]) -> tuple[str, ...]:
    """The arguments of pytest, with those that can have any position at the end: report, URL, key."""
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
