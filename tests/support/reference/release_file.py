"""The page of the fields of release.yml, from its JSON Schema."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from azrelease.release.schema import json_schema
from support.reference.markdown import page, prose
from support.reference.schema_types import FILE, fields

ABOUT = """\
Every field of a release file. `azrelease schema` prints the same as a JSON Schema for editors. A field that is not
**required** may be left out; where the text names a default, that is computed. [Tasks](tasks.md) have a page of their own.

- **Paths** are inside the artifact, below `artifact.path`. A path that leads elsewhere is an error, unless it begins with a macro
  (`$(Pipeline.Workspace)/tools/x.sh`).
- **Lengths of time** have a unit: `30 minutes`, `2 hours`, `3 days`.
- **Versions** need quotes: YAML reads `3.10` as the number 3.1.
- **Stages** wait for the stage above unless they have `depends_on`; any graph without a cycle is possible. With a `target` and
  without `tasks`, a stage gets the standard tasks. A stage that needs more than one agent lists `jobs`, which run one after the other.
- **`target`** is where the model serves: `managed`, `{type: kubernetes, compute: …}` or `batch`. Stages of CLI v1, which Microsoft no
  longer supports, have a `service` and the target `aci` or `{type: aks, cluster: …}`.
- **Triggers** are new artifacts and schedules; no push and no pull request starts a release."""


def release_file_page() -> str:
    """The page."""
    schema = json_schema()
    parts = [["## Release", "", *fields(schema, FILE)]]
    for name in models(schema):
        definition = schema["$defs"][name]
        about = [prose(definition["description"]), ""] if "description" in definition else []
        parts.append([f"## {name}", "", *about, *fields(definition, FILE)])
    return page("Release file", ABOUT, *parts)


def models(schema: Mapping[str, Any]) -> list[str]:
    """The models that are no tasks, in the order in which a reader meets them."""
    definitions = schema["$defs"]
    found: dict[str, None] = {}
    waiting = list(_references(schema["properties"]))
    while waiting:
        name = waiting.pop(0)
        if name in found or name not in definitions:
            continue
        if not name.endswith("Task"):
            found[name] = None
        waiting = [*_references(definitions[name]), *waiting] if name != "AnyTask" else waiting
    tasks = [name for name in definitions if name.endswith("Task")]
    for task in tasks:
        found |= dict.fromkeys(each for each in _below(task, definitions) if not each.endswith("Task"))
    return list(found)


def _below(name: str, definitions: Mapping[str, Any]) -> Iterator[str]:
    for each in _references(definitions[name]):
        if each != name and not each.endswith("Task"):
            yield each
            yield from _below(each, definitions)


def _references(value: object) -> list[str]:
    """The definitions that a part of the schema refers to, in their order."""
    return list(dict.fromkeys(re.findall(r"#/\$defs/(\w+)", str(value))))
