"""The images of the hosted pool that can be used."""

from collections.abc import Iterator
from datetime import date

from azrelease.catalog.images import ImageStatus, image, labels
from azrelease.editor.completion.items import ItemKind, Suggestion


def image_items(today: date) -> Iterator[Suggestion]:
    """The labels of images that are there on a day, with what they have."""
    for label in labels():
        known = image(label)
        if known is None or known.status(today) not in (ImageStatus.AVAILABLE, ImageStatus.DEPRECATED):
            continue
        is_old = known.status(today) is ImageStatus.DEPRECATED
        now = f"today `{known.resolves_to}`. " if known.resolves_to else ""
        python = f"Python {', '.join(known.python)}." if known.python else ""
        removal = f"removed {known.removal}" if known.removal else known.system
        yield Suggestion(known.label, ItemKind.VALUE, None, removal, f"{now}{python}", 7 if is_old else 3, is_old)
