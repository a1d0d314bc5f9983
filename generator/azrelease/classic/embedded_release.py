"""The release that an exported definition carries in its properties.

An import restores from it what a definition cannot express.
"""

import json
from typing import Any

from pydantic import ValidationError

from azrelease.classic.json_node import JsonNode
from azrelease.release import Release, dump

_PROPERTY = "azrelease.release"
_LONGEST_PROPERTY = 2000
"""Characters; the service keeps properties for short texts, so the release takes several."""


def release_properties(release: Release) -> dict[str, Any]:
    """The properties that carry a release, as compact JSON in numbered pieces."""
    text = json.dumps(json.loads(dump(release, form="json", brief=True)), ensure_ascii=False, separators=(",", ":"))
    pieces = [text[start : start + _LONGEST_PROPERTY] for start in range(0, len(text), _LONGEST_PROPERTY)]
    return {
        f"{_PROPERTY}.{number}": {"$type": "System.String", "$value": piece} for number, piece in enumerate(pieces, 1)
    }


def embedded_release(definition: JsonNode) -> Release | None:
    """The release that a definition carries; None where it carries none, or one that is not valid."""
    pieces: list[str] = []
    while piece := definition["properties"][f"{_PROPERTY}.{len(pieces) + 1}"]:
        pieces.append(piece["$value"].text() if isinstance(piece.value, dict) else piece.text())
    try:
        return Release.model_validate_json("".join(pieces)) if pieces else None
    except ValidationError:
        return None
