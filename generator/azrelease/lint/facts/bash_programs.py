"""What bash and shellcheck say of a script."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from azrelease.lint.facts.shell_words import MACRO, TEMPLATE

_MESSAGE = re.compile(r"line (\d+): (.*)")
_EXIT = re.compile(r"^(?:exit|exec)\b.*\n?", re.MULTILINE)
_TIMEOUT = 20

_OPENERS = {"if": "fi", "case": "esac", "do": "done", "{": "}"}
_CLOSERS = frozenset(_OPENERS.values())
_NOT_LOOKED_INTO = re.compile(r"<<|\(\(|\bcase\b|\$'")
_BACKTICKS = re.compile(r"([^`\\]*+)`")  # with an escape inside, bash is asked
_MOST_DEPTH = 20
_WORD = re.compile(r"[^\s;&|()<>\"'`\\$#]+")
_AT_COMMAND = frozenset(("then", "else", "elif", "do", "{", "!", "time", "if", "while", "until"))


class ScriptProblem(NamedTuple):
    """What a program says of a script: lines and columns start at 1."""

    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    level: str
    code: int


def without_macros(script: str) -> str:
    """A script with macros and template expressions as words of the same length and lines."""
    filled = TEMPLATE.sub(_word, script)
    return MACRO.sub(_word, filled)


def _word(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", "x", found[0])


def may_be_wrong(script: str) -> bool:
    """Whether quotes, brackets or keywords of a script may not match; only then is bash worth asking."""
    return _Balance(script).is_off()


class _Balance:
    """Walks through a script and keeps what has to be closed."""

    def __init__(self, text: str) -> None:
        self._text = text

    def is_off(self) -> bool:
        """Whether something does not match, or stands there that is not looked into."""
        return _NOT_LOOKED_INTO.search(self._text) is not None or self._commands(0, "", 0) != len(self._text)

    def _commands(self, position: int, closer: str, depth: int) -> int:
        """The place behind the closer of commands, or the end of the text; -1 when something does not match."""
        text, at_command = self._text, True
        waiting: list[str] = []
        while position < len(text):
            character = text[position]
            if character == closer:
                return -1 if waiting else position + 1
            if character in "\n;&|":
                position, at_command = position + 1, True
            elif character.isspace() or character in "<>":
                position += 1
            elif character == "#" and (position == 0 or text[position - 1] in " \t\n;("):
                end = text.find("\n", position)
                position = len(text) if end < 0 else end
            elif character in "()\\'\"$`":
                position = self._special(position, depth)
                at_command = character == "("
                if position < 0:
                    return -1
            else:
                found = _WORD.match(text, position)
                word = found[0] if found else character
                if at_command and not _keyword(word, waiting):
                    return -1
                at_command = at_command and word in _AT_COMMAND
                position += len(word)
        return -1 if waiting or closer else position

    def _special(self, position: int, depth: int) -> int:
        """The place behind a bracket, a quoted part, or what a `$` begins; -1 when it has no end."""
        text, character = self._text, self._text[position]
        if character == "(":
            return self._commands(position + 1, ")", depth + 1) if depth < _MOST_DEPTH else -1
        if character == ")":
            return -1
        if character == "\\":
            return min(position + 2, len(text))
        if character == "`":
            return self._backticks(position + 1, depth)
        if character == "'":
            return text.find("'", position + 1) + 1 or -1
        return self._double_quoted(position + 1, depth) if character == '"' else self._dollar(position, depth)

    def _double_quoted(self, position: int, depth: int) -> int:
        text = self._text
        while 0 <= position < len(text):
            if text[position] == '"':
                return position + 1
            if text[position] == "\\":
                position += 2
            elif text[position] == "`":
                position = self._backticks(position + 1, depth)
            else:
                position = self._dollar(position, depth) if text[position] == "$" else position + 1
        return -1

    def _backticks(self, position: int, depth: int) -> int:
        found = _BACKTICKS.match(self._text, position)
        if found is None or depth >= _MOST_DEPTH or may_be_wrong(found[1]):
            return -1
        return found.end()

    def _dollar(self, position: int, depth: int) -> int:
        text = self._text
        found = MACRO.match(text, position) or TEMPLATE.match(text, position)
        if found:
            return found.end()
        if text.startswith("$(", position):
            return self._commands(position + 2, ")", depth + 1) if depth < _MOST_DEPTH else -1
        if text.startswith("${", position):
            return text.find("}", position) + 1 or -1
        return position + 1


def _keyword(word: str, waiting: list[str]) -> bool:
    """Whether a word in the place of a command fits what is open."""
    if word in _OPENERS:
        waiting.append(_OPENERS[word])
    elif word in _CLOSERS:
        return bool(waiting) and waiting.pop() == word
    return True


@cache
def bash() -> str | None:
    """The bash of this machine; None where there is none."""
    return shutil.which("bash")


@cache
def shellcheck() -> str | None:
    """The shellcheck of this machine; None where there is none."""
    beside = str(Path(sys.executable).parent)  # where the extra `shell` installs it
    return shutil.which("shellcheck", path=beside) or shutil.which("shellcheck")


def bash_problem(script: str) -> ScriptProblem | None:
    """What bash refuses about a script, without running it; None when it takes it, or is not there."""
    program = bash()
    if program is None or not may_be_wrong(script):
        return None
    text = without_macros(script).replace("\r\n", "\n")
    said_of_all = _said(program, text)
    end = _EXIT.search(text)
    if not said_of_all or (end and end.end() < len(text) and not _said(program, text[: end.end()])):
        return None  # bash reads a script command by command, and nothing behind `exit`
    for said in said_of_all.splitlines():
        found = _MESSAGE.search(said)
        if found and "warning:" not in found[2]:
            line = min(int(found[1]), text.count("\n") + 1)
            return ScriptProblem(line, 1, line, 1, found[2].replace("syntax error: ", ""), "error", 0)
    return None


def _said(program: str, script: str) -> str:
    """What bash says of a script when it only reads it; empty when it has nothing against it, or does not answer."""
    # Where a script switches extended patterns on, they are on when its next command is read.
    options = ["-O", "extglob"] if "extglob" in script else []
    try:
        done = subprocess.run(  # noqa: S603  (the bash of the machine; the script is read, not run)
            [program, *options, "-n"], input=script.encode(), capture_output=True, check=False, timeout=_TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stderr.decode(errors="replace") if done.returncode else ""


def shellcheck_problems(program: str, scripts: Sequence[str]) -> list[list[ScriptProblem]]:
    """What shellcheck says of each script; nothing when it cannot be run.

    Macros stand as plain words, so that what shellcheck says of these words themselves is left out.
    """
    import tempfile

    found: list[list[ScriptProblem]] = [[] for _ in scripts]
    if not scripts:
        return found
    with tempfile.TemporaryDirectory(prefix="azrelease-") as folder:
        paths = [Path(folder, f"{index}.sh") for index in range(len(scripts))]
        for path, script in zip(paths, scripts, strict=True):
            path.write_text(without_macros(script), encoding="utf-8", newline="")
        command = [program, "--format=json1", "--shell=bash", f"--exclude={_EXCLUDED}", "--norc", *map(str, paths)]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=_TIMEOUT + len(scripts))  # noqa: S603  (the program that was found, with files of our own)
            comments = json.loads(done.stdout)["comments"]
        except (OSError, subprocess.TimeoutExpired, ValueError, KeyError):
            return found
        for comment in comments:
            index = int(Path(comment["file"]).stem)
            place = (comment["line"], comment["column"], comment["endLine"], comment["endColumn"])
            found[index].append(ScriptProblem(*place, comment["message"], comment["level"], comment["code"]))
    return found


_EXCLUDED = "SC1090,SC1091,SC2034,SC2050,SC2154,SC2157,SC2193,SC2194,SC2195,SC2239"
"""Files and variables from outside, and tests of words that macros were: nothing can be said of these in YAML."""
