"""The simple commands of a shell script, as words with their offsets.

The reader knows quotes, comments, here-documents and command substitutions. A macro `$(name)` is part of its word,
since the agent expands it before the shell reads the script.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

MACRO = re.compile(r"\$\([A-Za-z_][\w.\-]*\)")
_HERE_DOCUMENT = re.compile(r"""<<(?!<)(-?)[ \t]*(?:(['"])(.+?)\2|\\?([A-Za-z_][^\s;&|<>()'"`]*))""")
TEMPLATE = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_PLAIN = re.compile(r"[^\s\\'\"`$#;&|(){}<>]+")
_ENDS = ";&|(){}\n"
_MOST_DEPTH = 40


class Word(NamedTuple):
    """A word, without its quotes; `start` and `end` are offsets in the script."""

    text: str
    start: int
    end: int


Command = tuple[Word, ...]


@lru_cache(maxsize=128)  # several rules read the scripts of one file, one after the other
def commands(script: str) -> tuple[Command, ...]:
    """The commands of a script; those inside a substitution follow the command around it."""
    reader = _Reader(script)
    reader.read(0, 0)
    return tuple(command for command in reader.commands if command)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self.commands: list[Command] = []
        self._documents: list[tuple[str, bool]] = []

    def read(self, position: int, depth: int) -> int:
        """Read commands up to the bracket that closes a substitution, or the end; returns that position."""
        text = self._text
        words: list[Word] = []
        place = len(self.commands)
        self.commands.append(())
        while position < len(text):
            character = text[position]
            if character == ")" and depth:
                break
            if character in _ENDS:
                place = self._finish(words, place)
                position = self._after_line(position + 1) if character == "\n" else position + 1
            elif character in " \t\r":
                position += 1
            elif character == "\\" and text.startswith(("\\\n", "\\\r\n"), position):
                position = text.index("\n", position) + 1
            elif character == "#":
                end = text.find("\n", position)
                position = len(text) if end < 0 else end
            else:
                position = self._word(position, words, depth)
        self._finish(words, place)
        return position

    def _finish(self, words: list[Word], place: int) -> int:
        if words:
            self.commands[place] = tuple(words)
            words.clear()
            self.commands.append(())
            return len(self.commands) - 1
        return place

    def _word(self, position: int, words: list[Word], depth: int) -> int:
        text = self._text
        start = position
        document = _HERE_DOCUMENT.match(text, position)
        if document:
            self._documents.append((document[3] or document[4], bool(document[1])))
            return document.end()
        parts: list[str] = []
        while position < len(text) and text[position] not in " \t\r" and text[position] not in _ENDS:
            position = self._part(position, parts, depth)
        if position == start:
            position += 1
        position = min(position, len(text))
        words.append(Word("".join(parts), start, position))
        return position

    def _part(self, position: int, parts: list[str], depth: int) -> int:
        """One piece of a word: quoted, substituted, or plain."""
        text = self._text
        character = text[position]
        if character == "'":
            end = text.find("'", position + 1)
            end = len(text) if end < 0 else end
            parts.append(text[position + 1 : end])
            return end + 1
        if character == '"':
            return self._double_quoted(position + 1, parts, depth)
        if character == "\\":
            if text.startswith(("\\\n", "\\\r\n"), position):
                return text.index("\n", position) + 1
            parts.append(text[position + 1 : position + 2])
            return position + 2
        if character == "$":
            return self._dollar(position, parts, depth)
        plain = _PLAIN.match(text, position)
        if plain:
            parts.append(plain[0])
            return plain.end()
        parts.append(character)
        return position + 1

    def _double_quoted(self, position: int, parts: list[str], depth: int) -> int:
        text = self._text
        while position < len(text) and text[position] != '"':
            if text[position] == "\\":
                escaped = text[position + 1 : position + 2]
                # Before any other character it is an ordinary one.
                parts.append("" if escaped == "\n" else escaped if escaped in '$`"\\' else f"\\{escaped}")
                position += 2
            elif text[position] == "$":
                position = self._dollar(position, parts, depth)
            else:
                parts.append(text[position])
                position += 1
        return position + 1

    def _dollar(self, position: int, parts: list[str], depth: int) -> int:
        text = self._text
        match = MACRO.match(text, position) or TEMPLATE.match(text, position)
        if match:
            parts.append(match[0])
            return match.end()
        if text.startswith("$((", position):
            end = text.find("))", position)
            end = len(text) if end < 0 else end + 2
            parts.append(text[position:end])
            return end
        if text.startswith("$(", position) and depth < _MOST_DEPTH:
            end = self.read(position + 2, depth + 1) + 1
            parts.append(text[position:end])
            return end
        if text.startswith("${", position):
            end = text.find("}", position)
            end = len(text) if end < 0 else end + 1
            parts.append(text[position:end])
            return end
        parts.append("$")
        return position + 1

    def _after_line(self, position: int) -> int:
        """The position after the here-documents that begin on the line before."""
        for word, indented in self._documents:
            pattern = rf"^{'	*' if indented else ''}{re.escape(word)}\r?$"
            match = re.compile(pattern, re.MULTILINE).search(self._text, position)
            if match is None:
                position = len(self._text)
                break
            position = min(match.end() + 1, len(self._text))
        self._documents.clear()
        return position


_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_BEFORE = frozenset(
    ("if", "then", "else", "elif", "while", "until", "do", "!", "time", "exec", "env", "sudo", "command")
)


def without_prefix(command: Command) -> Command:
    """A command without the assignments and reserved words before it."""
    index = 0
    while index < len(command) and (command[index].text in _BEFORE or _ASSIGNMENT.match(command[index].text)):
        index += 1
    return command[index:]


def program_calls(script: str, *names: str) -> Iterator[Command]:
    """The commands of a script that run one of some programs, by the name without a folder."""
    for command in commands(script):
        rest = without_prefix(command)
        if rest and rest[0].text.rpartition("/")[2] in names:
            yield rest
