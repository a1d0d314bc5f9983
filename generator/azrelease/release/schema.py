"""The JSON Schema of release.yml, generated from the model."""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from azrelease.release.layering import EXTENDS
from azrelease.release.release import Release
from azrelease.release.tasks.registry import ANY, built_in_task, task_class, task_names

_EXTENDS = {
    "type": "string",
    "minLength": 1,
    "description": "A file with fields that this release has unless it says otherwise, `base.yml`. Mappings are joined "
    "field by field, stages by name; anything else in this file replaces what that file has.",
}
_OURS = ("flag", "argument")
"""Extra keys of fields that only azrelease reads."""


def schema_text() -> str:
    """The schema as the text of a file.

    Raises:
        PluginError: a package declares a task that cannot be used.
    """
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def json_schema() -> dict[str, Any]:
    """The schema, with one definition for each task; editors complete and check release.yml by it."""
    schema = Release.model_json_schema()
    definitions = schema.pop("$defs")
    tasks = [*filter(None, map(task_class, task_names())), built_in_task(ANY)]
    for task in tasks:
        own = task.model_json_schema()
        definitions |= own.pop("$defs", {})
        name = task.__name__
        if name != ANY:
            own["properties"]["task"] = {"const": name, "default": name, "type": "string"}
        # In Python the class says which task it is; in a file `task` does.
        definitions[f"{task.__name__}Task"] = {**own, "required": sorted({"task", *own.get("required", ())})}
    definitions["AnyTask"] = {"oneOf": [{"$ref": f"#/$defs/{task.__name__}Task"} for task in tasks]}
    for option in definitions["Stage"]["properties"]["tasks"]["anyOf"]:
        if option["type"] == "array":
            option["items"] = {"$ref": "#/$defs/AnyTask"}
    schema["properties"] = {EXTENDS: _EXTENDS, **schema["properties"]}
    # What a release extends, and the defaults of its repository, may say the rest.
    schema["required"] = ["name"]
    schema["anyOf"] = [{"required": [EXTENDS]}, {"required": ["stages"]}]
    for name in ("Approval", "ApprovalAfter", "ArtifactSource", "Workspace"):
        definitions[name].pop("required")
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **_trim({**schema, "title": "azrelease release"}),
        "$defs": {name: _trim(definition) for name, definition in sorted(definitions.items())},
    }


def _trim(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition without keys that are for pydantic or azrelease only."""
    fields = {
        name: {key: value for key, value in field.items() if key not in ("title", *_OURS)}
        for name, field in definition.get("properties", {}).items()
    }
    return {**definition, "properties": fields} if fields else definition
