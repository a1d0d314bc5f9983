"""The files of a run, each parsed once."""

from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

from azrelease.yaml_document import YamlDocument, read_file

_MOST_KEPT = 64


class ParsedFiles:
    """Parses templates, and keeps those that were used last: each is parsed once for all its callers."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, YamlDocument] = OrderedDict()

    def decode(self, raw: bytes, path: str) -> YamlDocument:
        """The document of the bytes of a template; `path` is only for diagnostics.

        Raises:
            InvalidFileError: it is too large, not UTF-8, not YAML, or uses YAML that is not supported.
        """
        if raw in self._kept:
            self._kept.move_to_end(raw)
            return self.decode_once(raw, path)
        found = self._kept[raw] = YamlDocument.decode(raw, path)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return found

    def decode_once(self, raw: bytes, path: str) -> YamlDocument:
        """The document of the bytes of a file, which is not kept: of a pipeline, or of a template that is.

        Raises:
            InvalidFileError: as of `decode`.
        """
        found = self._kept.get(raw)
        if found is None:
            return YamlDocument.decode(raw, path)
        if found.path == path:
            return found
        return replace(found, path=path, problems=tuple(each._replace(file=path) for each in found.problems))

    def read(self, path: Path) -> YamlDocument:
        """Read and parse a file.

        Raises:
            UserError: the file does not exist or is not readable.
            InvalidFileError: as of `decode`.
        """
        return self.decode(read_file(str(path)), str(path))
