"""Collects what the service refuses."""

from azrelease.diagnostics import Code, Diagnostic, Span
from azrelease.expansion.origins import Frame, Origin, SourceFile
from azrelease.expansion.result import ExpansionProblem


class Problems:
    """The problems of an expansion, each once, with the calls that lead to it."""

    def __init__(self) -> None:
        self._frames: dict[Diagnostic, dict[int, Frame]] = {}

    @property
    def found(self) -> tuple[ExpansionProblem, ...]:
        """The problems in the order in which they were found."""
        return tuple(ExpansionProblem(found, tuple(frames.values())) for found, frames in self._frames.items())

    def add(self, code: Code, message: str, origin: Origin, hint: str | None = None, span: Span | None = None) -> None:
        """Add a problem at a node, or at a part of it."""
        self.add_found(Diagnostic(code, message, origin.file.path, span or origin.span, hint), origin.frame)

    def add_found(self, found: Diagnostic, frame: Frame | None) -> None:
        """Add a problem in a call or turn."""
        frames = self._frames.setdefault(found, {})
        if frame is not None:
            frames.setdefault(id(frame), frame)

    def at_file(self, code: Code, message: str, file: SourceFile, hint: str | None = None) -> None:
        """Add a problem of a whole file, at its first line."""
        self.add(code, message, Origin(file, file.document.root, None), hint)
