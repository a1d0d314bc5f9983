"""The built-in tasks of Azure Pipelines and their inputs.

Source: `schemas/tasks.json`, made from the task definitions in microsoft/azure-pipelines-tasks. Names of tasks and
inputs and values of pick lists compare without regard to case, as the service does. An organization can hold more
tasks, and newer versions, than this table: unknown is not wrong.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple

from azrelease import data_files
from azrelease.catalog.visibility import compared, hidden, named, visible

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
    """A task of one major version.

    Attributes:
        reference: its `name@major`.
        deprecated: whether it is out of use.
        replaced_by: the tasks, as `name@major`, that its publisher names instead.
        handlers: what runs it, such as Node20_1; empty when that is not known.
        removed: the day that its publisher removes it on, or has removed it; None while none is known.
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
        """Whether a job on an agent or on machines can run it; a task that says nothing is for agents."""
        return not self.runs_on or any(not place.startswith("Server") for place in self.runs_on)

    def runs_in(self, place: Literal["agent", "server", "machines"]) -> bool:
        """Whether a job of that kind can run it: on an agent, without one, on the machines of an environment."""
        if place == "server":
            return any(kind.startswith("Server") for kind in self.runs_on)
        return self.runs_on_agent

    def input(self, name: str) -> InputDefinition | None:
        """The input of that name or alias, in any case."""
        return self._by_name.get(name.casefold())

    def missing(self, values: Mapping[str, str]) -> Iterator[InputDefinition]:
        """Required inputs that are left out and certain to be asked for.

        Args:
            values: what is given, by canonical name; text with macros or expressions leaves rules undecided.
        """
        for definition in self.inputs:
            asked_for = definition.required and not definition.has_default and not values.get(definition.name)
            if asked_for and self._counts(definition, values, 0):
                yield definition

    def without_effect(self, definition: InputDefinition, values: Mapping[str, str]) -> bool:
        """Whether an input certainly does not count; the values are by canonical name.

        A rule that asks for an input whose value is none of its options decides nothing: a task takes its inputs as
        they are, and only the editor goes by the rules.
        """
        asked_for = {name for rule in definition.visible_when for name in named(rule)}
        defaults = ((other.name.casefold(), other.default or "") for other in self.inputs)
        known = {name: default for name, default in defaults if name in asked_for}
        for name, value in values.items():
            if name.casefold() not in asked_for:
                continue
            known[name.casefold()] = value
            if not self.is_listed(name, value):
                del known[name.casefold()]
        return any(hidden(rule, known) for rule in definition.visible_when)

    def is_listed(self, name: str, value: str) -> bool:
        """Whether a value is among the options of an input, or a rule asks for it; True where there are no options."""
        definition = self.input(name)
        if definition is None or not definition.options or "$(" in value:
            return True
        options = {option.casefold() for option in definition.options}
        parts = value.split(",") if definition.multiple and value else [value]
        asked_for = {value for name, value in self._asked_for if name == definition.name.casefold() and value}
        return all(part.strip().casefold() in options | asked_for for part in parts)

    def decides(self, definition: InputDefinition) -> tuple[InputDefinition, ...]:
        """The inputs whose rules ask for an input."""
        key = definition.name.casefold()
        return tuple(other for other in self.inputs if any(key in named(rule) for rule in other.visible_when))

    def _counts(self, definition: InputDefinition, values: Mapping[str, str], depth: int) -> bool:
        """Whether an input certainly counts. One that a rule hides decides nothing about others."""
        if depth > _MOST_RULES:
            return False
        known: dict[str, str] = {}
        for name in (name for rule in definition.visible_when for name in named(rule)):
            other = self._by_name.get(name)
            if other is None:
                continue
            if other.name in values:
                known[name] = values[other.name]
            elif not other.visible_when or self._counts(other, values, depth + 1):
                known[name] = other.default or ""
        return all(visible(rule, known) for rule in definition.visible_when)

    @cached_property
    def _asked_for(self) -> frozenset[tuple[str, str]]:
        """What rules compare inputs to: values that old definitions have are not always among the options."""
        return frozenset(pair for other in self.inputs for rule in other.visible_when for pair in compared(rule))

    @cached_property
    def _by_name(self) -> dict[str, InputDefinition]:
        return {name.casefold(): definition for definition in self.inputs for name in definition.names}


class Tasks:
    """Tasks by name and major version: the built-in ones, and those of an organization where they are known."""

    def __init__(self, more: Mapping[str, dict[str, Any]] | None = None) -> None:
        """Take the organization's tasks in the form of `schemas/tasks.json`; they go before built-in ones."""
        self._more = {reference.casefold(): (reference, entry) for reference, entry in (more or {}).items()}
        self._made: dict[str, TaskDefinition | None] = {}
        self.knows_organization = more is not None
        """Whether the tasks of the organization are known, so that a task that is not there is not installed."""

    def task(self, reference: str) -> TaskDefinition | None:
        """The task written as `name@major`, in any case; None when it is not known."""
        key = reference.casefold()
        if key not in self._made:
            found = self._more.get(key) or _table().get(key)
            self._made[key] = None if found is None else _definition(*found)
        return self._made[key]

    def is_of_organization(self, reference: str) -> bool:
        """Whether a task is known as the organization has it, so that an input which it lacks is not there."""
        return reference.casefold() in self._more

    def majors(self, name: str) -> tuple[int, ...]:
        """The major versions of a task that are known, ascending; empty for an unknown task."""
        key = name.casefold()
        more = (other.rpartition("@") for other in self._more)
        found = {int(major) for other, _, major in more if other == key and major.isdecimal()}
        return tuple(sorted(found.union(_majors().get(key, ()))))

    def reference(self, identifier: str, major: int) -> str | None:
        """The `name@major` of a task by its id; the major need not be known. None when the id is not.

        A few ids have changed their name with a major version, so the nearest known one is taken.
        """
        table = (*self._more.values(), *_table().values())
        found = [known for known, entry in table if entry.get("id", "").casefold() == identifier.casefold()]
        if not found:
            return None
        name = min(found, key=lambda known: abs(int(known.rpartition("@")[2]) - major)).rpartition("@")[0]
        return f"{name}@{major}"

    def names(self) -> Iterator[str]:
        """The names of all tasks, without their versions."""
        table = (*self._more.values(), *_table().values())
        return iter({reference.partition("@")[0] for reference, _ in table})


BUILT_IN = Tasks()


def task(reference: str) -> TaskDefinition | None:
    """The built-in task written as `name@major`, in any case; None when the table does not have it."""
    return BUILT_IN.task(reference)


def majors(name: str) -> tuple[int, ...]:
    """The major versions of a built-in task, ascending; empty for a task that the table does not have."""
    return BUILT_IN.majors(name)


@cache
def _table() -> dict[str, tuple[str, dict[str, Any]]]:
    raw = json.loads((data_files.SCHEMAS / "tasks.json").read_bytes())
    return {reference.casefold(): (reference, entry) for reference, entry in raw.items()}


@cache
def _majors() -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for key in _table():
        name, _, major = key.partition("@")
        found.setdefault(name, set()).add(int(major))
    return found


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
