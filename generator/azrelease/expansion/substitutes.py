"""Characters that libyaml has no good way to write: others take their place while it writes.

libyaml writes text with a tab, a blank at the end of a line or a character beyond U+FFFF in double quotes with escapes,
although YAML allows them in a literal block and anywhere (yaml.org/spec/1.2.2, chapters 5.1 and 8.1.2). A character
that occurs nowhere in the texts takes the place of each, and the finished text gets the true ones back.
"""

import re
from collections.abc import Iterable, Iterator

_BEYOND = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")
_NOT_IN_BLOCK = re.compile("[^\n\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Line breaks other than the line feed, control characters and the byte order mark."""

_LINE_END = re.compile(" (?=\n|\\Z)")
_STARTS_WITH_TAB = re.compile(r"\s*\t")


class Substitutes:
    """The substitutes in one document."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._free = _unused(texts)
        self.comment = next(self._free)
        self.key = next(self._free)
        self._line_end = next(self._free)
        self._by_character: dict[str, str] = {}

    def in_line(self, text: str) -> str:
        """A text of one line, for the serializer."""
        return text if text.isascii() else _BEYOND.sub(lambda match: self._of(match[0]), text)

    def in_block(self, text: str) -> str | None:
        """A text for a literal block; None where YAML allows none."""
        if _NOT_IN_BLOCK.search(text) or not text.strip() or _STARTS_WITH_TAB.match(text):
            return None
        if "\t" in text:
            text = text.replace("\t", self._of("\t"))
        return _LINE_END.sub(f" {self._line_end}", self.in_line(text))

    def _of(self, character: str) -> str:
        if "\ud800" <= character <= "\udfff":
            return "\ufffd"  # half of a pair: no encoding has it
        substitute = self._by_character.get(character)
        if substitute is None:
            self._by_character[character] = substitute = next(self._free)
        return substitute

    def replaced(self, text: str) -> str:
        """The finished text with the true characters."""
        true = {ord(substitute): character for character, substitute in self._by_character.items()}
        return text.translate({**true, ord(self._line_end): ""})


def _unused(texts: Iterable[str]) -> Iterator[str]:
    """Characters that libyaml writes as they are and that occur in none of the texts: private ones, then others."""
    used: set[str] = set()
    for text in texts:
        if not text.isascii():
            used.update(text)
    for start, end in ((0xE000, 0xF900), (0x3400, 0xD7A4)):
        yield from (character for character in map(chr, range(start, end)) if character not in used)
    raise AssertionError("no document has tens of thousands of different characters")
