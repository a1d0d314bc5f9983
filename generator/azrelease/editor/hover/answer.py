"""What a hover says."""

from typing import NamedTuple


class Hover(NamedTuple):
    """What something is.

    Attributes:
        start: where it begins in the text.
        end: where it ends.
        text: what it is, in Markdown.
    """

    start: int
    end: int
    text: str
