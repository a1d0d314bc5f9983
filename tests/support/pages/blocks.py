"""The fenced blocks of a page, and the notes in the comments before them.

`<!-- in: a copy of samples/minimal -->`, `<!-- in: a checkout of samples/minimal -->` (a copy in a new git repository) or
`<!-- in: a new folder -->` starts a folder, in which the rest of the page runs; `<!-- with: PAGE -->` starts a new folder with
the files of another page. `<!-- file: NAME -->` writes the block to a file; `<!-- wrong -->`: `check` has findings in it;
`<!-- exit: 1 -->`: the exit code of the commands; `<!-- run: waits for STAGE -->`: the next run waits for an approval of that
stage; `<!-- run by: FILE -->`: that file runs the commands instead, since they take what the tests of pages do not have;
`<!-- same as: FILE -->`: the block shows that file of the checkout.
"""

import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

_NOTE = re.compile(r"^\s*<!-- (?P<note>.+) -->$")
_FENCE = re.compile(r"^(?P<indent>\s*)```(?P<language>\w*)[^`]*$")


class Block(NamedTuple):
    """A fenced block.

    Attributes:
        line: the line of its fence.
        language: the language that the fence names.
        text: its content.
        notes: the comments right before it, by the text before the colon.
    """

    line: int
    language: str
    text: str
    notes: dict[str, str]


class Command(NamedTuple):
    """A command and what it prints as shown; None where nothing is shown."""

    words: tuple[str, ...]
    shown: str | None

    @property
    def text(self) -> str:
        return shlex.join(self.words)


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page in their order."""
    lines = iter(enumerate(page.split("\n"), 1))
    notes: dict[str, str] = {}
    for number, line in lines:
        if note := _NOTE.match(line):
            word, _, rest = note["note"].partition(": ")
            notes[word] = rest
        elif fence := _FENCE.match(line):
            indent = len(fence["indent"])
            inside: list[str] = []
            for _, each in lines:
                if each[indent:].startswith("```"):
                    break
                inside.append(each[indent:])
            yield Block(number, fence["language"], "".join(f"{each}\n" for each in inside), notes)
            notes = {}
        elif line.strip():
            notes = {}


def commands(block: Block) -> Iterator[Command]:
    """The commands of a block: of each line in `sh`, behind each `$` in `console`."""
    text = block.text.replace("\\\n", " ")
    if block.language == "sh":
        for line in text.splitlines():
            words = tuple(shlex.split(line, comments=True))
            if words:
                yield Command(words, None)
    if block.language == "console":
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            line, _, shown = part.partition("\n")
            yield Command(tuple(shlex.split(line)), shown.strip("\n") or None)
