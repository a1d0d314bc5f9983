"""A task by `name@major`, which becomes a typed task where one does the same."""

from collections.abc import Mapping
from typing import NamedTuple

from azrelease.catalog.tasks import TaskDefinition
from azrelease.classic.conditions import DEFAULT_CONDITION
from azrelease.classic.json_node import JsonObject
from azrelease.classic.macro_translation import CLASSIC_FOLDER

TaskInputs = Mapping[str, str]


class GenericTask(NamedTuple):
    """A task by `name@major`.

    Attributes:
        reference: its `name@major`.
        definition: its definition; None for an unknown task.
        inputs: its inputs by canonical name.
        common: the fields that all tasks have.
    """

    reference: str
    definition: TaskDefinition | None
    inputs: TaskInputs
    common: JsonObject

    def data(self) -> JsonObject:
        """The data of the release file: inputs by their names in YAML, without defaults."""
        inputs: dict[str, str] = {}
        for name, value in self.inputs.items():
            known = self.definition.input(name) if self.definition else None
            if known and known.default is not None and _is_default(value, known.default):
                continue
            inputs[known.yaml_name if known else name] = value
        common = {key: value for key, value in self.common.items() if (key, value) != ("condition", DEFAULT_CONDITION)}
        return {"task": self.reference, **common, **({"inputs": inputs} if inputs else {})}

    def effective(self, inputs: TaskInputs | None = None) -> dict[str, str]:
        """Inputs as the task sees them, by canonical name: with defaults, without those that have no effect."""
        given = self.inputs if inputs is None else inputs
        if self.definition is None:
            return dict(given)
        by_name = {(d.name if (d := self.definition.input(k)) else k): v for k, v in given.items()}
        values = {d.name: by_name.get(d.name, d.default or "") for d in self.definition.inputs} | by_name
        hidden = {d.name for d in self.definition.inputs if self.definition.without_effect(d, values)}
        booleans = {d.name for d in self.definition.inputs if d.type == "boolean"}
        return {
            name: value.casefold() if name in booleans else value
            for name, value in values.items()
            if name not in hidden and value
        }


def _is_default(value: str, default: str) -> bool:
    """Whether a value is the default; a path in the folder of the artifacts means another one in a pipeline."""
    if CLASSIC_FOLDER.casefold() in value.casefold():
        return False
    return default == value or {default.casefold(), value.casefold()} in ({"true"}, {"false"})
