"""The built-in tasks of Azure Pipelines and their inputs.

Source: `schemas/tasks.json`, made from the task definitions in microsoft/azure-pipelines-tasks. Names of tasks and
inputs and values of pick lists compare without regard to case, as the service does. An organization can hold more
tasks, and newer versions, than this table: unknown is not wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple

from azrelease.catalog.visibility import compared, hidden, named, visible
from azrelease.data_files import read_table

_MOST_RULES = 8  # rules of rules; deeper than any task goes


class InputDefinition(NamedTuple):
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
        """Its name in YAML."""
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
    """A task of one major version.

    Attributes:
        reference: its `name@major`.
        deprecated: whether its publisher advises against it.
        replaced_by: the tasks, as `name@major`, that its publisher names instead.
        handlers: what runs it, such as Node20_1; empty where that is unknown.
        removed: the day on which its publisher removes it; None where none is known.
    """

    reference: str
    id: str
    runs_on: tuple[str, ...]
    inputs: tuple[InputDefinition, ...]
    deprecated: bool = False
    replaced_by: tuple[str, ...] = ()
    handlers: tuple[str, ...] = ()
    removed: date | None = None

    @property
    def runs_on_agent(self) -> bool:
        """Whether a job on an agent or on machines can run it; the default of a task."""
        return not self.runs_on or any(not place.startswith("Server") for place in self.runs_on)

    def runs_in(self, place: Literal["agent", "server", "machines"]) -> bool:
        """Whether a job on an agent, without one, or on the machines of an environment can run it."""
        if place == "server":
            return any(kind.startswith("Server") for kind in self.runs_on)
        return self.runs_on_agent

    def input(self, name: str) -> InputDefinition | None:
        """The input of that name or alias, in any case."""
        return self._by_name.get(name.casefold())

    def missing(self, values: Mapping[str, str]) -> Iterator[InputDefinition]:
        """Required inputs without a value that are certainly visible.

        Args:
            values: the given values, by canonical name; macros and expressions leave rules undecided.
        """
        for definition in self.inputs:
            is_missing = definition.required and not definition.has_default and not values.get(definition.name)
            if is_missing and self._is_visible(definition, values, 0):
                yield definition

    def without_effect(self, definition: InputDefinition, values: Mapping[str, str]) -> bool:
        """Whether an input is certainly hidden, and so has no effect; the values are by canonical name.

        A rule about an input whose value is not one of its options decides nothing: only the editor applies the rules,
        the task takes its inputs as they are.
        """
        names = {name for rule in definition.visible_when for name in named(rule)}
        known = {d.name.casefold(): d.default or "" for d in self.inputs if d.name.casefold() in names}
        for name, value in values.items():
            if name.casefold() in names:
                known[name.casefold()] = value
                if not self.is_listed(name, value):
                    del known[name.casefold()]
        return any(hidden(rule, known) for rule in definition.visible_when)

    def is_listed(self, name: str, value: str) -> bool:
        """Whether a value is among the options of an input or in a rule about it; True without options."""
        definition = self.input(name)
        if definition is None or not definition.options or "$(" in value:
            return True
        options = {option.casefold() for option in definition.options}
        parts = value.split(",") if definition.multiple and value else [value]
        options |= {value for name, value in self._values_in_rules if name == definition.name.casefold() and value}
        return all(part.strip().casefold() in options for part in parts)

    def decides(self, definition: InputDefinition) -> tuple[InputDefinition, ...]:
        """The inputs whose rules are about an input."""
        key = definition.name.casefold()
        return tuple(other for other in self.inputs if any(key in named(rule) for rule in other.visible_when))

    def _is_visible(self, definition: InputDefinition, values: Mapping[str, str], depth: int) -> bool:
        """Whether an input is certainly visible. A hidden input decides nothing about others."""
        if depth > _MOST_RULES:
            return False
        known: dict[str, str] = {}
        for name in (name for rule in definition.visible_when for name in named(rule)):
            other = self._by_name.get(name)
            if other is None:
                continue
            if other.name in values:
                known[name] = values[other.name]
            elif not other.visible_when or self._is_visible(other, values, depth + 1):
                known[name] = other.default or ""
        return all(visible(rule, known) for rule in definition.visible_when)

    @cached_property
    def _values_in_rules(self) -> frozenset[tuple[str, str]]:
        """The values in rules, by input: those of old definitions are not always among the options."""
        return frozenset(pair for other in self.inputs for rule in other.visible_when for pair in compared(rule))

    @cached_property
    def _by_name(self) -> dict[str, InputDefinition]:
        return {name.casefold(): definition for definition in self.inputs for name in definition.names}


class Tasks:
    """Tasks by name and major version: the built-in ones, and those of an organization where they are known."""

    def __init__(self, more: Mapping[str, dict[str, Any]] | None = None) -> None:
        """Add the organization's tasks, in the form of `schemas/tasks.json`; they override built-in ones."""
        self._more = {reference.casefold(): (reference, entry) for reference, entry in (more or {}).items()}
        self._definitions: dict[str, TaskDefinition | None] = {}
        self.knows_organization = more is not None
        """Whether the tasks of the organization are known, so that every other task is not installed."""

    def task(self, reference: str) -> TaskDefinition | None:
        """The task `name@major`, in any case; None for an unknown one."""
        key = reference.casefold()
        if key not in self._definitions:
            entry = self._more.get(key) or _table().get(key)
            self._definitions[key] = None if entry is None else _definition(*entry)
        return self._definitions[key]

    def is_of_organization(self, reference: str) -> bool:
        """Whether the organization's version of a task is known, so that it has no other inputs."""
        return reference.casefold() in self._more

    def majors(self, name: str) -> tuple[int, ...]:
        """The known major versions of a task, ascending; empty for an unknown task."""
        key = name.casefold()
        more = (other.rpartition("@") for other in self._more)
        majors = {int(major) for other, _, major in more if other == key and major.isdecimal()}
        return tuple(sorted(majors.union(_majors().get(key, ()))))

    def reference(self, identifier: str, major: int) -> str | None:
        """The `name@major` of a task by its id, also for an unknown major version; None for an unknown id.

        The name comes from the nearest known version, since a few tasks have changed theirs.
        """
        table = (*self._more.values(), *_table().values())
        references = [known for known, entry in table if entry.get("id", "").casefold() == identifier.casefold()]
        if not references:
            return None
        name = min(references, key=lambda known: abs(int(known.rpartition("@")[2]) - major)).rpartition("@")[0]
        return f"{name}@{major}"

    def names(self) -> Iterator[str]:
        """The names of all tasks, without their versions."""
        table = (*self._more.values(), *_table().values())
        return iter({reference.partition("@")[0] for reference, _ in table})


BUILT_IN = Tasks()


@cache
def _table() -> dict[str, tuple[str, dict[str, Any]]]:
    return {reference.casefold(): (reference, entry) for reference, entry in read_table("tasks.json").items()}


@cache
def _majors() -> dict[str, set[int]]:
    majors: dict[str, set[int]] = {}
    for key in _table():
        name, _, major = key.partition("@")
        majors.setdefault(name, set()).add(int(major))
    return majors


def _definition(reference: str, entry: dict[str, Any]) -> TaskDefinition:
    return TaskDefinition(
        reference,
        entry.get("id", ""),
        tuple(entry.get("runs_on", ())),
        tuple(_input(name, raw) for name, raw in entry.get("inputs", {}).items()),
        entry.get("deprecated", False),
        tuple(entry.get("replaced_by", ())),
        tuple(entry.get("handlers", ())),
        date.fromisoformat(entry["removed"]) if "removed" in entry else None,
    )


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
