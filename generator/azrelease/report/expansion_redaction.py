"""Redacts what is printed of an expansion: a secret of one file may be anywhere in the pipeline."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azrelease.diagnostics import Diagnostic
from azrelease.expansion import SourceFile
from azrelease.redaction import RedactedText, SourceLine, mask_values, may_name_secret, redacted_data

_SHORTEST = 6
"""Characters of a given value that is masked wherever it is: a shorter one would mask too much."""


class ExpansionRedaction:
    """Stars in the place of secrets: those of the files, and the values that the user gave to secret names.

    Args:
        files: the files of the expansion.
        given: the parameters and variables that the user gave.
    """

    def __init__(self, files: Iterable[SourceFile], given: Mapping[str, str] = {}) -> None:
        documents = {file.path: file.document for file in files}
        self._files = {path: RedactedText(each.text, (), each.root) for path, each in documents.items()}
        self._given = tuple(value for name, value in given.items() if may_name_secret(name))

    def text(self, text: str) -> str:
        """A YAML text of the pipeline."""
        return self.message(RedactedText(text).text)

    def message(self, text: str) -> str:
        """A sentence about the pipeline."""
        text = mask_values(text, self._given, shortest=_SHORTEST)
        for file in self._files.values():
            text = file.message(text)
        return text

    def data(self, data: Any) -> Any:  # noqa: ANN401  (any JSON)
        """Plain data of the pipeline."""
        return self._strings(redacted_data(data))

    def diagnostic(self, found: Diagnostic) -> Diagnostic:
        """A diagnostic with a redacted message and hint."""
        hint = found.hint and self.message(found.hint)
        return found._replace(message=self.message(found.message), hint=hint)

    def line(self, found: Diagnostic) -> SourceLine | None:
        """The line of a diagnostic."""
        file = self._files.get(found.file)
        return None if file is None else file.line(found.span.line)

    def lines(self, lines: Iterable[str]) -> Sequence[str]:
        """Sentences about the pipeline."""
        return [self.message(line) for line in lines]

    def _strings(self, data: Any) -> Any:  # noqa: ANN401  (any JSON)
        if isinstance(data, str):
            return self.message(data)
        if isinstance(data, list):
            return [self._strings(item) for item in data]
        if isinstance(data, Mapping):
            return {self.message(key): self._strings(value) for key, value in data.items()}
        return data
