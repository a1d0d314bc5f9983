"""The findings of bash and shellcheck in a script."""

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
_UNSUPPORTED = re.compile(r"<<|\(\(|\bcase\b|\$'")
_BACKTICKS = re.compile(r"([^`\\]*+)`")  # bash decides about escapes
_MOST_DEPTH = 20
_WORD = re.compile(r"[^\s;&|()<>\"'`\\$#]+")
_AT_COMMAND = frozenset(("then", "else", "elif", "do", "{", "!", "time", "if", "while", "until"))


class ScriptProblem(NamedTuple):
    """A finding of a program in a script: lines and columns start at 1."""

    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    level: str
    code: int


def without_macros(script: str) -> str:
    """A script with words of the same length in place of macros and template expressions."""
    filled = TEMPLATE.sub(_word, script)
    return MACRO.sub(_word, filled)


def _word(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", "x", match[0])


def may_be_wrong(script: str) -> bool:
    """Whether quotes, brackets or keywords of a script may not match: only then bash is called, which takes long."""
    return _Balance(script).is_off()


class _Balance:
    """Reads a script and tracks what has to be closed."""

    def __init__(self, text: str) -> None:
        self._text = text

    def is_off(self) -> bool:
        """Whether something does not match, or is not supported here."""
        return _UNSUPPORTED.search(self._text) is not None or self._commands(0, "", 0) != len(self._text)

    def _commands(self, position: int, closer: str, depth: int) -> int:
        """The position after the closer of commands, or the end of the text; -1 when something does not match."""
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
                match = _WORD.match(text, position)
                word = match[0] if match else character
                if at_command and not _keyword(word, waiting):
                    return -1
                at_command = at_command and word in _AT_COMMAND
                position += len(word)
        return -1 if waiting or closer else position

    def _special(self, position: int, depth: int) -> int:
        """The position after a bracket, a quoted part, or what a `$` begins; -1 when it has no end."""
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
        match = _BACKTICKS.match(self._text, position)
        if match is None or depth >= _MOST_DEPTH or may_be_wrong(match[1]):
            return -1
        return match.end()

    def _dollar(self, position: int, depth: int) -> int:
        text = self._text
        match = MACRO.match(text, position) or TEMPLATE.match(text, position)
        if match:
            return match.end()
        if text.startswith("$(", position):
            return self._commands(position + 2, ")", depth + 1) if depth < _MOST_DEPTH else -1
        if text.startswith("${", position):
            return text.find("}", position) + 1 or -1
        return position + 1


def _keyword(word: str, waiting: list[str]) -> bool:
    """Whether a word in the position of a command matches what is open."""
    if word in _OPENERS:
        waiting.append(_OPENERS[word])
    elif word in _CLOSERS:
        return bool(waiting) and waiting.pop() == word
    return True


@cache
def bash() -> str | None:
    """The installed bash, if any."""
    return shutil.which("bash")


@cache
def shellcheck() -> str | None:
    """The installed shellcheck, if any."""
    beside = str(Path(sys.executable).parent)  # where the extra `shell` installs it
    return shutil.which("shellcheck", path=beside) or shutil.which("shellcheck")


def bash_problem(script: str) -> ScriptProblem | None:
    """The syntax error that bash finds in a script, which it does not run; None without one, or without bash."""
    program = bash()
    if program is None or not may_be_wrong(script):
        return None
    text = without_macros(script).replace("\r\n", "\n")
    errors = _syntax_errors(program, text)
    end = _EXIT.search(text)
    if not errors or (end and end.end() < len(text) and not _syntax_errors(program, text[: end.end()])):
        return None  # bash reads a script command by command, and nothing after `exit`
    for error in errors.splitlines():
        match = _MESSAGE.search(error)
        if match and "warning:" not in match[2]:
            line = min(int(match[1]), text.count("\n") + 1)
            return ScriptProblem(line, 1, line, 1, match[2].replace("syntax error: ", ""), "error", 0)
    return None


def is_refused(script: str) -> bool:
    """Whether the installed bash cannot parse a script, also where its brackets match; False without bash."""
    program = bash()
    return program is not None and bool(_syntax_errors(program, without_macros(script).replace("\r\n", "\n")))


def _syntax_errors(program: str, script: str) -> str:
    """The errors that bash prints when it only reads a script; empty without any, or when bash does not answer."""
    # A script may switch extended patterns on, which then hold for its next command.
    options = ["-O", "extglob"] if "extglob" in script else []
    try:
        done = subprocess.run(  # noqa: S603  (the installed bash; it reads the script and does not run it)
            [program, *options, "-n"], input=script.encode(), capture_output=True, check=False, timeout=_TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stderr.decode(errors="replace") if done.returncode else ""


def shellcheck_problems(program: str, scripts: Sequence[str]) -> list[list[ScriptProblem]]:
    """The findings of shellcheck in each script; none when it cannot run.

    Macros are replaced by words; findings about these words are excluded.
    """
    import tempfile

    problems: list[list[ScriptProblem]] = [[] for _ in scripts]
    if not scripts:
        return problems
    with tempfile.TemporaryDirectory(prefix="azrelease-") as folder:
        paths = [Path(folder, f"{index}.sh") for index in range(len(scripts))]
        for path, script in zip(paths, scripts, strict=True):
            path.write_text(without_macros(script), encoding="utf-8", newline="")
        command = [program, "--format=json1", "--shell=bash", f"--exclude={_EXCLUDED}", "--norc", *map(str, paths)]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=_TIMEOUT + len(scripts))  # noqa: S603  (the installed shellcheck, with files of our own)
            comments = json.loads(done.stdout)["comments"]
        except (OSError, subprocess.TimeoutExpired, ValueError, KeyError):
            return problems
        for comment in comments:
            index = int(Path(comment["file"]).stem)
            place = (comment["line"], comment["column"], comment["endLine"], comment["endColumn"])
            problems[index].append(ScriptProblem(*place, comment["message"], comment["level"], comment["code"]))
    return problems


_EXCLUDED = "SC1090,SC1091,SC2034,SC2050,SC2154,SC2157,SC2193,SC2194,SC2195,SC2239"
"""Findings about files and variables from outside, and about words in place of macros."""
