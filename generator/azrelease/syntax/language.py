"""The schema of the Azure Pipelines YAML language: its keys and the kinds of their values.

Source: `schemas/pipeline_yaml.json`, generated from the reference in MicrosoftDocs/azure-devops-yaml-schema and the
schema that the service publishes; where the two differ, the schema allows both.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from azrelease import data_files

BOOLEANS = frozenset(("true", "y", "yes", "on", "false", "n", "no", "off"))


class KeyForm:
    """One way to write a mapping.

    Attributes:
        name: its name in the table, such as `jobs.deployment`.
        by: the key that selects this form among those of the same place; None for the only one.
        required: required keys, besides `by`.
        keys: the kind of each key's value.
        open: whether the service ignores other keys instead of refusing them.
        foreign: keys that the service ignores, and templates that get a pool as a parameter read.
    """

    __slots__ = ("by", "foreign", "keys", "name", "open", "required")

    def __init__(self, name: str, raw: Mapping[str, Any]) -> None:
        self.name = name
        self.by: str | None = raw.get("by")
        self.required: Sequence[str] = raw.get("required", ())
        self.open: bool = raw.get("open", False)
        self.foreign: Sequence[str] = raw.get("foreign", ())
        common = _table()["step.common"]["forms"][0]["keys"] if raw.get("common") else {}
        self.keys = {key: kind(text) for key, text in {**raw["keys"], **common}.items()}


class ValueKind:
    """The allowed values of one place: text, a list, a mapping, or several of these.

    Attributes:
        scalar: `string`, `int` or `bool`; None where text is not allowed.
        values: the allowed texts; empty for any text.
        items: the kind of the items of a list; None where a list is not allowed.
        free: the kind of the values of a mapping whose keys the user chooses.
        takes_any_text: whether every text is allowed.
        least: the documented minimum of an integer; None without one.
    """

    __slots__ = ("any", "by", "forms", "free", "items", "least", "most", "name", "scalar", "takes_any_text", "values")

    def __init__(self, name: str) -> None:
        self.name = name
        self.any = False
        self.scalar: str | None = None
        self.values: tuple[str, ...] = ()
        self.items: ValueKind | None = None
        self.free: ValueKind | None = None
        self.forms: tuple[KeyForm, ...] = ()
        self.by: dict[str, KeyForm] = {}
        self.takes_any_text = False
        self.least: int | None = None
        self.most: int | None = None

    @property
    def default_form(self) -> KeyForm | None:
        """The form that needs no selecting key."""
        return next((form for form in self.forms if form.by is None), None)


@cache
def kind(text: str) -> ValueKind:
    """The kind that a text of the table names: `string`, `enum a|b`, `list pool`, `map string`, or a definition."""
    word, _, rest = text.partition(" ")
    named = ValueKind(text)
    match word:
        case "any":
            named.any = True
        case "string" | "bool":
            named.scalar = word
        case "int":
            named.scalar = word
            limits = [int(limit) for limit in rest.split()]
            named.least, named.most = (*limits, None, None)[:2]
        case "enum":
            named.scalar, named.values = "string", tuple(rest.split("|"))
        case "names":
            named.scalar, named.items = "string", kind("string")
        case "list":
            named.items = _union(rest.split(" "))
        case "map":
            named.free = kind(rest)
        case "steps":
            return _union([name for name in _table() if name.startswith("steps.")], "steps")
        case _:
            _define(named, _table()[text], text)
    named.takes_any_text = named.any or (named.scalar == "string" and not named.values)
    return named


def file_kind() -> ValueKind:
    """The kind of a whole file, pipeline or template."""
    return kind("file")


def _union(names: Sequence[str], name: str | None = None) -> ValueKind:
    if len(names) == 1:
        return kind(names[0])
    union = ValueKind(name or " ".join(names))
    union.forms = tuple(form for name in names for form in kind(name).forms)
    union.by = {form.by: form for form in union.forms if form.by}
    return union


def _define(named: ValueKind, raw: Mapping[str, Any], name: str) -> None:
    scalar = raw.get("scalar")
    if scalar:
        plain = kind(scalar)
        named.scalar, named.values = plain.scalar, plain.values
    if "list" in raw:
        named.items = _union(raw["list"])
    if "map" in raw:
        named.free = kind(raw["map"])
    named.forms = tuple(KeyForm(name, form) for form in raw.get("forms", ()))
    named.by = {form.by: form for form in named.forms if form.by}


def _table() -> dict[str, Any]:
    return data_files.read_table("pipeline_yaml.json")
