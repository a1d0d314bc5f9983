"""The files of the repository that a checked file is in, where one is at hand."""

from pathlib import Path

from azrelease.lint.facts.templates import TemplateLibrary
from azrelease.open_texts import is_file, open_text

_LARGEST = 1_000_000


def has_file(library: TemplateLibrary, pipeline: str, path: str) -> bool | None:
    """Whether the repository of a pipeline has a file or folder; None where no repository is at hand.

    Args:
        library: knows the repository.
        pipeline: the path of the pipeline.
        path: a path from the top of the repository.
    """
    place = _place(library, pipeline, path)
    try:
        return None if place is None else is_file(place) or place.exists()
    except (OSError, ValueError):
        return None


def read_text(library: TemplateLibrary, pipeline: str, path: str) -> str | None:
    """The text of a file of the repository; None where it is not at hand, or no text."""
    place = _place(library, pipeline, path)
    try:
        text = None if place is None else open_text(place)
        if text is not None:
            return text.decode("utf-8-sig", errors="replace")
        if place is None or not place.is_file() or place.stat().st_size > _LARGEST:
            return None
        return place.read_text(encoding="utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return None


def _place(library: TemplateLibrary, pipeline: str, path: str) -> Path | None:
    root = library.repository(Path(pipeline).absolute().parent)
    if root is None or "$" in path or "\0" in path:
        return None
    found = root / path.replace("\\", "/").lstrip("/")
    return None if ".." in found.parts else found
