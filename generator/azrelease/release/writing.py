"""A release as the text of a release file."""

import json
from typing import Any, Literal

from pydantic import BaseModel

from azrelease.release.release import Release
from azrelease.release.trigger import ContinuousDeploymentTrigger
from azrelease.templating import yaml_text


def dump(release: Release, *, form: Literal["yaml", "json"] = "yaml", brief: bool = False) -> str:
    """The release in the form that `load` reads; fields that are empty by default are left out.

    Args:
        release: the release.
        form: what to write it as.
        brief: leave out all that was not said, too.
    """
    data = _fields(release, release.model_dump(mode="json"), brief=brief)
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n" if form == "json" else yaml_text(data)


def _fields(model: BaseModel, data: dict[str, Any], *, brief: bool) -> dict[str, Any]:
    """The fields of a model that say something, from the JSON data of the model."""
    return {
        name: _value(getattr(model, name), data[name], brief=brief)
        for name, field in type(model).model_fields.items()
        if (not brief or name in model.model_fields_set or name in _KINDS)
        and (not _is_empty(value := getattr(model, name)) or value != field.get_default(call_default_factory=True))
    }


_KINDS = ("task", "type")
"""Fields that say what a mapping is."""


def _value(value: object, data: Any, *, brief: bool) -> Any:  # noqa: ANN401  (any JSON)
    if isinstance(value, BaseModel):
        fields = _fields(value, data, brief=brief)
        # A trigger on the branch of its source; nothing at all would read as if something were missing.
        return True if not fields and isinstance(value, ContinuousDeploymentTrigger) else fields
    if isinstance(value, tuple):
        return [_value(item, item_data, brief=brief) for item, item_data in zip(value, data, strict=True)]
    return data


def _is_empty(value: object) -> bool:
    return value is None or value in ((), {}) or (isinstance(value, BaseModel) and not value.model_fields_set)
