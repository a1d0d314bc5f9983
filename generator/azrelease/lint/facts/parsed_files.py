"""The files of a run, each parsed once."""

from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

from azrelease.yaml_document import YamlDocument, read_file

_MOST_KEPT = 128


class ParsedFiles:
    """Parses files, and keeps the documents that were used last: a template is parsed once for all its callers."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, YamlDocument] = OrderedDict()

    def decode(self, raw: bytes, path: str) -> YamlDocument:
        """The document of the bytes of a file; `path` is only for diagnostics.

        Raises:
            InvalidFileError: it is too large, not UTF-8, not YAML, or uses YAML that is not supported.
        """
        found = self._kept.get(raw)
        if found is None:
            found = YamlDocument.decode(raw, path)
            self._kept[raw] = found
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return found
        self._kept.move_to_end(raw)
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
