"""The commands of a batch script, as cmd.exe reads them: words with their offsets."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<join>&&|\|\||[&|])
    |(?P<redirection>\d?(?:>>?|<)(?:&\d|[ \t]*[^\s&|<>()]*))
    |(?P<open>\()
    |(?P<close>\))
    |(?P<word>(?:"[^"\n]*"?|\^.|[^\s"&|<>()^,;=])(?:"[^"\n]*"?|\^.|[^\s"&|<>()^])*)
    """,
    re.VERBOSE,
)
_IGNORED = re.compile(r"@?\s*(?:rem\b|::|:)", re.IGNORECASE)
_NAME_END = re.compile(r"\.(?:exe|com|cmd|bat)$", re.IGNORECASE)


class CmdWord(NamedTuple):
    """A word as written, without quotes around it; `start` and `end` are offsets in the script."""

    text: str
    start: int
    end: int


class CmdCommand(NamedTuple):
    """A command.

    Attributes:
        words: its words, without redirections and without `@`.
        line: the number of the line that it begins on, from 0.
        before: what joins it to the command before on its line: empty, `&`, `&&`, `||` or `|`.
        depth: in how many brackets it is.
    """

    words: tuple[CmdWord, ...]
    line: int
    before: str
    depth: int

    @property
    def program(self) -> str:
        """The name of its program in lower case, without folder and extension."""
        name = self.words[0].text.replace("\\", "/").rpartition("/")[2].casefold()
        return _NAME_END.sub("", name)


def cmd_commands(text: str) -> list[CmdCommand]:
    """The commands of a script in the order of the text; comments, labels and empty lines are none."""
    reader = _Reader()
    for number, start, line in _lines(text):
        if not _IGNORED.match(line.lstrip()):
            reader.read(line, number, start)
    return reader.commands


class _Reader:
    def __init__(self) -> None:
        self.commands: list[CmdCommand] = []
        self._words: list[CmdWord] = []
        self._before = ""
        self._depth = 0

    def read(self, line: str, number: int, start: int) -> None:
        self._before = ""
        for match in _TOKEN.finditer(line):
            kind = match.lastgroup
            if kind == "word":
                self._add(match, start)
            elif kind == "join":
                self._finish(number)
                self._before = match[0]
            elif kind in ("open", "close"):
                self._bracket(match, number, is_last=not line[match.end() :].strip())
        self._finish(number)

    def _add(self, match: re.Match[str], start: int) -> None:
        word = match[0] if self._words else match[0].lstrip("@")
        if word:
            skipped = len(match[0]) - len(word)
            self._words.append(CmdWord(word.strip('"'), start + match.start() + skipped, start + match.end()))

    def _bracket(self, match: re.Match[str], number: int, *, is_last: bool) -> None:
        """A bracket around commands is at the beginning of one, or at the end of a line; others are text."""
        if self._words and not is_last:
            return
        self._finish(number)
        self._depth = max(0, self._depth + (1 if match[0] == "(" else -1))

    def _finish(self, number: int) -> None:
        if self._words:
            self.commands.append(CmdCommand(tuple(self._words), number, self._before, self._depth))
            self._words = []


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """The lines, joined at `^`: number of the first, offset, and text of the same length."""
    position = number = 0
    while position < len(text):
        start, first, joined = position, number, ""
        while True:
            end = text.find("\n", position)
            end = len(text) if end < 0 else end
            line = text[position:end]
            position, number = end + 1, number + 1
            stripped = line.rstrip("\r")
            if stripped.endswith("^") and not stripped.endswith("^^") and position < len(text):
                joined += stripped[:-1] + " " * (len(line) - len(stripped) + 2)
                continue
            joined += line
            break
        yield first, start, joined
