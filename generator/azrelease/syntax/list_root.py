"""Files that are a list of steps, jobs or stages, without the key above it that the service requires.

The service answers *A sequence was not expected* (github.com/microsoft/azure-pipelines-yaml/issues/201).
"""

import re
from collections.abc import Iterator

from yaml import MappingNode, Node, ScalarNode, SequenceNode

_STEPS = frozenset(
    ("task", "script", "bash", "pwsh", "powershell", "checkout", "download", "downloadBuild", "getPackage", "publish",
     "reviewApp", "template")
)  # fmt: skip
_KEYS = {**dict.fromkeys(_STEPS, "steps"), "job": "jobs", "deployment": "jobs", "stage": "stages"}
_SURE_STEPS = frozenset(("bash", "pwsh", "powershell", "checkout"))
"""Steps that no other tool has; the key `script` is one of GitLab and Ansible too."""

_SURE_BESIDE = {
    "steps": frozenset(("displayName",)),
    "jobs": frozenset(("displayName", "steps", "pool", "dependsOn", "strategy")),
    "stages": frozenset(("displayName", "jobs", "dependsOn")),
}
_VERSIONED = re.compile(r"[\w.-]+@\d+")


def missing_key(root: Node) -> str | None:
    """The key that a list lacks above it: `steps`, `jobs` or `stages`; None for a list of something else."""
    items = list(_items(root))
    starts = [next((key for key in item if key in _KEYS), None) for item in items]
    keys = {_KEYS[start] if start else None for start in starts}
    # A reference to a template is in lists of steps, jobs and stages.
    others = {_KEYS[start] if start else None for start in starts if start != "template"} or keys
    key = others.pop() if len(others) == 1 else None
    if key is None or None in keys:
        return None
    return key if any(_is_sure(item, key) for item in items) else None


def _items(node: Node) -> Iterator[dict[str, Node]]:
    """The items of a list, by their keys; those under directives as well."""
    for item in node.value if isinstance(node, SequenceNode) else ():
        pairs = item.value if isinstance(item, MappingNode) else ()
        entries = {key.value: value for key, value in pairs if isinstance(key, ScalarNode)}
        if len(entries) == 1 and next(iter(entries)).startswith("${{"):
            yield from _items(next(iter(entries.values())))
        else:
            yield entries


def _is_sure(item: dict[str, Node], key: str) -> bool:
    task = item.get("task")
    return (
        (isinstance(task, ScalarNode) and _VERSIONED.fullmatch(task.value) is not None)
        or not _SURE_STEPS.isdisjoint(item)
        or not _SURE_BESIDE[key].isdisjoint(item)
    )
