"""The built-in tasks of Azure Pipelines and their inputs.

Source: `schemas/tasks.json`, made from the task definitions in microsoft/azure-pipelines-tasks. Names of tasks and
inputs and values of pick lists compare without regard to case, as the service does. An organization can hold more
tasks, and newer versions, than this table: unknown is not wrong.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from azrelease import data_files
from azrelease.catalog.visibility import visible


@dataclass(frozen=True)
class InputDefinition:
    """An input of a task.

    Attributes:
        name: the canonical name, which classic definitions use.
        aliases: other names; the first one is what the editor writes in YAML.
        visible_when: rules that must all hold for the input to count.
        options: the values of a pick list; empty when any text is taken.
        has_default: whether it may be left out though it is required.
    """

    name: str
    type: str
    required: bool
    aliases: tuple[str, ...]
    visible_when: tuple[str, ...]
    default: str | None
    has_default: bool
    options: tuple[str, ...]
    editable: bool
    multiple: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that the service takes."""
        return (self.name, *self.aliases)

    @property
    def yaml_name(self) -> str:
        """The name to write in YAML."""
        return self.aliases[0] if self.aliases else self.name

    def allows(self, value: str) -> bool:
        """Whether a literal value is among the options, where these are closed."""
        if not self.options or self.editable:
            return True
        options = {option.casefold() for option in self.options}
        values = value.split(",") if self.multiple else [value]
        return all(part.strip().casefold() in options for part in values)


@dataclass(frozen=True)
class TaskDefinition:
    """A task of one major version; `reference` is its `name@major`."""

    reference: str
    id: str
    runs_on: tuple[str, ...]
    inputs: tuple[InputDefinition, ...]

    @property
    def runs_on_agent(self) -> bool:
        """Whether a job on an agent can run it; a task that says nothing is for agents."""
        return not self.runs_on or "Agent" in self.runs_on

    def input(self, name: str) -> InputDefinition | None:
        """The input of that name or alias, in any case."""
        return self._by_name.get(name.casefold())

    def missing(self, values: Mapping[str, str]) -> Iterator[InputDefinition]:
        """Required inputs that are left out and certain to be asked for.

        Args:
            values: what is given, by canonical name; text with macros or expressions leaves rules undecided.
        """
        with_defaults = {
            definition.name.casefold(): values.get(definition.name, definition.default or "")
            for definition in self.inputs
        }
        for definition in self.inputs:
            if not definition.required or definition.has_default or values.get(definition.name):
                continue
            if all(visible(rule, with_defaults) for rule in definition.visible_when):
                yield definition

    @cached_property
    def _by_name(self) -> dict[str, InputDefinition]:
        return {name.casefold(): definition for definition in self.inputs for name in definition.names}


def task(reference: str) -> TaskDefinition | None:
    """The task written as `name@major`, in any case; None when the table does not have it."""
    return _definition(reference.casefold())


def majors(name: str) -> tuple[int, ...]:
    """The major versions of a task that the table has, ascending; empty for a task it does not have."""
    prefix = f"{name.casefold()}@"
    return tuple(sorted(int(key[len(prefix) :]) for key in _table() if key.startswith(prefix)))


@cache
def _table() -> dict[str, tuple[str, dict[str, Any]]]:
    raw = json.loads((data_files.SCHEMAS / "tasks.json").read_bytes())
    return {reference.casefold(): (reference, entry) for reference, entry in raw.items()}


@cache
def _definition(key: str) -> TaskDefinition | None:
    found = _table().get(key)
    if found is None:
        return None
    reference, entry = found
    inputs = tuple(_input(name, raw) for name, raw in entry["inputs"].items())
    return TaskDefinition(reference, entry["id"], tuple(entry.get("runs_on", ())), inputs)


def _input(name: str, raw: dict[str, Any]) -> InputDefinition:
    return InputDefinition(
        name=name,
        type=raw["type"],
        required=raw.get("required", False),
        aliases=tuple(raw.get("aliases", ())),
        visible_when=tuple(raw.get("visible_when", ())),
        default=raw.get("default"),
        has_default="default" in raw or raw.get("has_default", False),
        options=tuple(raw.get("options", ())),
        editable=raw.get("editable", False),
        multiple=raw.get("multiple", False),
    )
