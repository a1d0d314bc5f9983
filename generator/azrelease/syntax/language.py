"""The keys of the Azure Pipelines YAML language and the kinds of their values.

Source: `schemas/pipeline_yaml.json`, made from the reference in MicrosoftDocs/azure-devops-yaml-schema and the schema
that the service publishes; where the two differ, what either allows is allowed.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from azrelease import data_files

BOOLEANS = frozenset(("true", "y", "yes", "on", "false", "n", "no", "off"))


class KeyForm:
    """One way to write a mapping.

    Attributes:
        name: its name in the table, such as `jobs.deployment`.
        by: the key that tells this form from others of the same place; None for the only one.
        required: keys that have to be there, beside `by`.
        keys: the kind of each key's value.
        open: whether the service ignores other keys instead of refusing them.
        foreign: keys that mean nothing to the service, but to templates that pools are handed to.
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
    """What may stand in one place: text, a list, a mapping, or several of these.

    Attributes:
        name: what it is called in the table.
        scalar: `string`, `int` or `bool`; None where no text may stand.
        values: the only texts allowed, in lower case; empty for any.
        items: the kind of the items of a list; None where no list may stand.
        free: the kind of the values of a mapping with keys of the user's choice.
        forms: the ways to write a mapping with fixed keys.
        by: the forms by the key that selects them.
        takes_any_text: whether every text may stand there.
        least: the least number that is documented; None for no limit.
        most: the greatest one.
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
        """The form that no key has to select."""
        return next((form for form in self.forms if form.by is None), None)


@cache
def kind(text: str) -> ValueKind:
    """The kind that a text of the table names: `string`, `enum a|b`, `list pool`, `map string`, or a definition."""
    word, _, rest = text.partition(" ")
    made = ValueKind(text)
    match word:
        case "any":
            made.any = True
        case "string" | "bool":
            made.scalar = word
        case "int":
            made.scalar = word
            limits = [int(limit) for limit in rest.split()]
            made.least, made.most = (*limits, None, None)[:2]
        case "enum":
            made.scalar, made.values = "string", tuple(rest.split("|"))
        case "names":
            made.scalar, made.items = "string", kind("string")
        case "list":
            made.items = _union(rest.split(" "))
        case "map":
            made.free = kind(rest)
        case "steps":
            return _union([name for name in _table() if name.startswith("steps.")], "steps")
        case _:
            _define(made, _table()[text], text)
    made.takes_any_text = made.any or (made.scalar == "string" and not made.values)
    return made


@cache
def file_kind() -> ValueKind:
    """The kind of a whole file, pipeline or template."""
    return kind("file")


def _union(names: Sequence[str], name: str | None = None) -> ValueKind:
    if len(names) == 1:
        return kind(names[0])
    made = ValueKind(name or " ".join(names))
    made.forms = tuple(form for name in names for form in kind(name).forms)
    made.by = {form.by: form for form in made.forms if form.by}
    return made


def _define(made: ValueKind, raw: Mapping[str, Any], name: str) -> None:
    scalar = raw.get("scalar")
    if scalar:
        plain = kind(scalar)
        made.scalar, made.values = plain.scalar, plain.values
    if "list" in raw:
        made.items = _union(raw["list"])
    if "map" in raw:
        made.free = kind(raw["map"])
    made.forms = tuple(KeyForm(name, form) for form in raw.get("forms", ()))
    made.by = {form.by: form for form in made.forms if form.by}


@cache
def _table() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads((data_files.SCHEMAS / "pipeline_yaml.json").read_bytes())
    return raw
