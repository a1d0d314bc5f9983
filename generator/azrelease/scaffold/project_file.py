"""A file of a project that is written."""

from typing import NamedTuple


class ProjectFile(NamedTuple):
    """A file, by its path in the project with `/` between folders."""

    path: str
    content: bytes
    executable: bool = False
