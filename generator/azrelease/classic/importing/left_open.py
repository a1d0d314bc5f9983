"""What an export leaves open, and the service or a person in the portal fills in: it says nothing new."""

from typing import Any

Json = dict[str, Any]


def with_what_was_left_open(definition: Json, exported: Json) -> Json:
    """A definition without what an export of the same release left open and is filled in here.

    Args:
        definition: the definition as it is now.
        exported: the same release, exported afresh.
    """
    found: Json = _opened(definition, exported, "")
    return found


def _opened(value: Any, fresh: Any, key: str) -> Any:  # noqa: ANN401  (any JSON)
    if isinstance(value, dict) and isinstance(fresh, dict):
        if key == "approver" and not fresh.get("id") and _is_same_person(value, fresh):
            return fresh
        if key == "project" and not fresh.get("name"):
            return fresh
        return {name: _opened(item, fresh.get(name), name) for name, item in value.items()}
    if isinstance(value, list) and isinstance(fresh, list):
        pairs = zip(value, [*fresh, *[None] * len(value)], strict=False)
        return [_opened(item, other, key) for item, other in pairs]
    # The id of a queue is chosen in the portal where the export did not know it.
    return fresh if key == "queueId" and fresh == 0 else value


def _is_same_person(value: Json, fresh: Json) -> bool:
    """Whether an approver is the one of the export, with more known of it."""
    name = str(fresh.get("displayName", "")).casefold()
    return name in (str(value.get("displayName", "")).casefold(), str(value.get("uniqueName", "")).casefold())
