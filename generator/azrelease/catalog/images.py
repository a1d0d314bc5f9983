"""The images of the Microsoft-hosted pool.

Source: `schemas/images.json`, made from actions/runner-images and the announcements in its issues. Labels compare
without regard to case; a label that the table lacks may be newer than it.
"""

import re
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from azrelease.data_files import read_table

_LABEL = re.compile(
    r"(?P<system>ubuntu|windows|macos)-(?P<version>latest|\d{1,4}(?:\.\d{1,2})?)(?P<variant>(?:-[a-z0-9]+)+)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\w+)-(\d+(?:\.\d+)?)")


class ImageStatus(StrEnum):
    """Whether an image can be used."""

    AVAILABLE = "available"
    DEPRECATED = "deprecated"
    RETIRED = "retired"
    NEVER = "never"
    UNCONFIRMED = "unconfirmed"


class Image(NamedTuple):
    """An image.

    Attributes:
        label: as `vmImage` writes it.
        system: linux, windows or macos.
        replacement: the nearest available label; None where none is needed.
        removed: the day of its removal, of a month its first one; None while none is announced.
        removal: the same as announced, for messages: `on 2024-07-29`, `in 2024-07`; empty while none is announced.
        python: the Python versions of its tool cache, such as `3.12`; empty where they are unknown.
        resolves_to: the label that a `latest` one means today; None for others.
        lacks: programs that it does not have, and earlier images had.
    """

    label: str
    system: str
    listed: ImageStatus
    replacement: str | None
    deprecated: date | None
    removed: date | None
    removal: str
    python: tuple[str, ...]
    resolves_to: str | None = None
    lacks: tuple[str, ...] = ()

    def status(self, today: date) -> ImageStatus:
        """The status on a day."""
        if self.listed is ImageStatus.NEVER or self.listed is ImageStatus.UNCONFIRMED:
            return self.listed
        if self.removed is None:
            return self.listed
        if today >= self.removed:
            return ImageStatus.RETIRED
        is_deprecated = self.deprecated is None or today >= self.deprecated
        return ImageStatus.DEPRECATED if is_deprecated else ImageStatus.AVAILABLE


def image(label: str) -> Image | None:
    """The image of that label; None where the table lacks it."""
    return _images().get(label.casefold())


def may_be_image(label: str) -> bool:
    """Whether a label that the table lacks may belong to an image newer than the table.

    Either it is a variant of a system and version (`macOS-15-arm64`), or its version is newer than all versions of its
    system in the table.
    """
    match = _LABEL.fullmatch(label.strip())
    if match is None:
        return False
    folded = [known.casefold() for known in _images()]
    system, version = match["system"].casefold(), match["version"].casefold()
    if match["variant"] is not None:
        return True
    if version == "latest":
        return False
    versions = [known[2] for text in folded if (known := _NUMBERED.fullmatch(text)) and known[1] == system]
    newest = max(versions, key=_numbers)
    is_written_alike = [len(part) for part in version.split(".")] == [len(part) for part in newest.split(".")]
    return is_written_alike and _numbers(version) > _numbers(newest)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def labels() -> tuple[str, ...]:
    """All labels of the table."""
    return tuple(image.label for image in _images().values())


@cache
def _images() -> dict[str, Image]:
    return {label.casefold(): _image(label, entry) for label, entry in read_table("images.json").items()}


def _image(label: str, raw: dict[str, Any]) -> Image:
    return Image(
        label=label,
        system=raw["os"],
        listed=ImageStatus(raw["status"]),
        replacement=raw.get("replacement"),
        deprecated=_day(raw.get("deprecated")),
        removed=_day(raw.get("removed")),
        removal=_announced(raw.get("removed")),
        python=tuple(raw.get("python", ())),
        resolves_to=raw.get("resolves_to"),
        lacks=tuple(raw.get("lacks", ())),
    )


def _announced(text: str | None) -> str:
    return "" if text is None else f"on {text}" if text.count("-") == 2 else f"in {text}"  # noqa: PLR2004  (y-m-d)


def _day(text: str | None) -> date | None:
    """A day; of a month, its first day."""
    return date.fromisoformat(text if text.count("-") == 2 else f"{text}-01") if text else None  # noqa: PLR2004  (y-m-d)
