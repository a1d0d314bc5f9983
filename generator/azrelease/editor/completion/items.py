"""What a completion offers."""

from enum import StrEnum
from typing import NamedTuple

from azrelease.editor.cursor import Cursor
from azrelease.editor.tree_path import TreePath
from azrelease.editor.view import FileView, Surroundings


class ItemKind(StrEnum):
    """What an item is, which an editor shows as a picture."""

    KEY = "key"
    VALUE = "value"
    TASK = "task"
    INPUT = "input"
    FUNCTION = "function"
    CONTEXT = "context"
    VARIABLE = "variable"
    PARAMETER = "parameter"
    REFERENCE = "reference"
    FILE = "file"
    FOLDER = "folder"
    RULE = "rule"


class Suggestion(NamedTuple):
    """A completion.

    Attributes:
        label: what the user sees and writes.
        kind: what it is.
        text: what is inserted; None for the label.
        detail: a few words beside the label.
        documentation: more, in Markdown.
        order: lower ones come first.
        is_deprecated: whether it is retired.
        also: other words that lead to it.
        takes_before: the number of characters before the word that it replaces as well.
    """

    label: str
    kind: ItemKind
    text: str | None = None
    detail: str = ""
    documentation: str = ""
    order: int = 5
    is_deprecated: bool = False
    also: str = ""
    takes_before: int = 0


class Completions(NamedTuple):
    """The completions at a place, with the part of the text that they replace."""

    start: int
    end: int
    items: tuple[Suggestion, ...]


class Written(NamedTuple):
    """What is being written.

    Attributes:
        view: the file with a placeholder in the place.
        cursor: what is being written there.
        path: the way to the placeholder.
        around: the stage, job and step around it.
    """

    view: FileView
    cursor: Cursor
    path: TreePath
    around: Surroundings
