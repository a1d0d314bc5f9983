"""The images of the Microsoft-hosted pool.

Source: `schemas/images.json`, made from actions/runner-images and the announcements in its issues. Labels compare
without regard to case; a label that the table lacks may be newer than it.
"""

import json
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from azrelease import data_files


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
        replacement: the nearest label that is available; None when none is needed.
        removed: the day from which it is gone; None while no day is announced.
        python: the Python versions of its tool cache, `3.12`; empty when they are not known.
    """

    label: str
    system: str
    listed: ImageStatus
    replacement: str | None
    deprecated: date | None
    removed: date | None
    python: tuple[str, ...]

    def status(self, today: date) -> ImageStatus:
        """What can be said of it on a day."""
        if self.listed is ImageStatus.NEVER or self.listed is ImageStatus.UNCONFIRMED:
            return self.listed
        if self.removed is not None:
            if today >= self.removed:
                return ImageStatus.RETIRED
            return (
                ImageStatus.DEPRECATED if self.deprecated is None or today >= self.deprecated else ImageStatus.AVAILABLE
            )
        return self.listed


def image(label: str) -> Image | None:
    """The image of that label; None when the table does not have it."""
    return _images().get(label.casefold())


def labels() -> tuple[str, ...]:
    """The labels that the table has."""
    return tuple(found.label for found in _images().values())


@cache
def _images() -> dict[str, Image]:
    raw = json.loads((data_files.SCHEMAS / "images.json").read_bytes())
    return {label.casefold(): _image(label, entry) for label, entry in raw.items()}


def _image(label: str, raw: dict[str, Any]) -> Image:
    return Image(
        label=label,
        system=raw["os"],
        listed=ImageStatus(raw["status"]),
        replacement=raw.get("replacement"),
        deprecated=_day(raw.get("deprecated")),
        removed=_day(raw.get("removed")),
        python=tuple(raw.get("python", ())),
    )


def _day(text: str | None) -> date | None:
    """A day; of a month only, its first."""
    return date.fromisoformat(text if text.count("-") == 2 else f"{text}-01") if text else None  # noqa: PLR2004  (y-m-d)
