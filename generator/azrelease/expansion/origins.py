"""Where a node of an expanded pipeline comes from: its file, and the calls, loops and conditions that made it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

import yaml

from azrelease.diagnostics import Span
from azrelease.syntax.expressions import Unknown, Value, is_list, to_text
from azrelease.yaml_document import YamlDocument, node_span

_LONGEST = 60

SELF = "self"
"""The alias of the repository that the pipeline is in."""


class SourceFile:
    """A file of an expansion.

    Attributes:
        path: its path as messages name it.
        repository: the alias of its repository in lower case, `self` for that of the pipeline.
        location: its path in that repository, with `/` and without one at the start.
        document: its content.
    """

    __slots__ = ("document", "location", "path", "repository")

    def __init__(self, path: str, repository: str, location: str, document: YamlDocument) -> None:
        self.path = path
        self.repository = repository
        self.location = location
        self.document = document


class TemplateCall(NamedTuple):
    """The inclusion of a template.

    Attributes:
        at: the reference to it.
        file: the template.
        given: its arguments as a mapping; None without any.
    """

    at: "Origin"
    file: SourceFile
    given: Value

    @property
    def arguments(self) -> tuple[tuple[str, str], ...]:
        """Name and text of each argument."""
        given = self.given if isinstance(self.given, Mapping) else {}
        return tuple((name, short_text(value)) for name, value in given.items())


class LoopTurn(NamedTuple):
    """One turn of an `each`.

    Attributes:
        at: the directive.
        variable: its variable.
        number: the number of the turn, from 1.
        item: its value in this turn.
    """

    at: "Origin"
    variable: str
    number: int
    item: Value

    @property
    def value(self) -> str:
        """The text of the value in this turn."""
        return short_text(self.item)


class ConditionBranch(NamedTuple):
    """A branch that is taken, or perhaps taken.

    Attributes:
        at: the directive.
        condition: the directive without its delimiters, such as `if eq(parameters.a, 'b')`.
        is_known: whether the condition has a value before the run.
    """

    at: "Origin"
    condition: str
    is_known: bool


Frame: TypeAlias = TemplateCall | LoopTurn | ConditionBranch


class Origin(NamedTuple):
    """The source of a node.

    Attributes:
        file: the file with its text.
        node: its node there.
        frame: the innermost call, loop or condition around it; None in the text of the pipeline itself.
    """

    file: SourceFile
    node: yaml.Node
    frame: Frame | None

    @property
    def span(self) -> Span:
        """The span in the file."""
        return node_span(self.node)

    @property
    def chain(self) -> Iterator[Frame]:
        """The calls, loops and conditions around it, the innermost first."""
        return chain_of(self.frame)

    @property
    def calls(self) -> "Iterator[TemplateCall]":
        """The template calls around it, the innermost first."""
        return (frame for frame in self.chain if isinstance(frame, TemplateCall))


def chain_of(frame: Frame | None) -> Iterator[Frame]:
    """A call, loop or condition, and those around it, the innermost first."""
    while frame is not None:
        yield frame
        frame = frame.at.frame


def short_text(value: Value) -> str:
    """A value in a few words, for messages."""
    if isinstance(value, Unknown):
        return "?"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key}: {short_text(item)}" for key, item in list(value.items())[:3])
        text = f"{{{inner}}}"
    elif is_list(value):
        text = f"[{', '.join(short_text(item) for item in list(value)[:3])}]"
    else:
        text = to_text(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
