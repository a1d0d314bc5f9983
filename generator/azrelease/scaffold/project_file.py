"""A file of a project that is written."""

from typing import NamedTuple


class ProjectFile(NamedTuple):
    """A file, by its path in the project with `/` between folders.

    Attributes:
        path: where it belongs.
        content: what is in it.
        executable: whether it is a program.
        used_by: paths of the files that it is for; empty where it is for itself.
    """

    path: str
    content: bytes
    executable: bool = False
    used_by: tuple[str, ...] = ()
