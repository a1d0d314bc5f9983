"""The pipeline that the service makes of a file, as rules get it."""

from functools import cached_property

from yaml import Node

from azrelease.expansion import ExpandedDocument
from azrelease.lint.linted_file import LintContext, LintedFile
from azrelease.syntax import FileKind


class ExpandedFile(LintedFile):
    """An expanded pipeline, or an expanded template, with what rules ask of it.

    Args:
        document: the expansion.
        context: what all files of a run share.
        kind: pipeline or template, as far as the file and those around it show.
    """

    is_expanded = True

    def __init__(self, document: ExpandedDocument, context: LintContext, kind: FileKind) -> None:
        super().__init__(document, context)
        self._expanded = document
        self._kind = kind

    @cached_property
    def kind(self) -> FileKind:
        """Pipeline or template: the expansion does not show what it is of."""
        return self._kind

    def place_of(self, node: Node) -> str:
        """Where a node is, in words of a message: its file, and the call that it is in."""
        origin = self._expanded.origins.get(id(node))
        if origin is None:
            return "another line"
        call = next(origin.calls, None)
        by = "" if call is None else f" (by {call.at.file.path}:{call.at.span.line})"
        return f"line {origin.span.line} of {origin.file.path}{by}"

    def texts_of_repositories(self) -> dict[str, tuple[str, ...]]:
        """The texts of the templates of other repositories in it, by their alias in lower case."""
        files = dict.fromkeys(origin.file for origin in self._expanded.origins.values())
        found: dict[str, tuple[str, ...]] = {}
        for file in files:
            if file.repository != "self":
                found[file.repository] = (*found.get(file.repository, ()), file.document.text)
        return found

    def is_written(self, text: str) -> bool:
        """Whether a text is in one of the files as it is: a condition that arguments make constant is a switch."""
        return text.strip() in self.document.text
