"""Recognizes releases, pipelines and templates."""

import re
from collections.abc import Mapping
from pathlib import PurePath

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from azrelease.syntax import Block, Items, PipelineFile
from azrelease.syntax.language import file_kind
from azrelease.syntax.list_root import missing_key
from azrelease.yaml_document import YamlDocument

_RELEASE_KEYS = frozenset(("name", "artifact", "stages"))
_ONLY_PIPELINES = frozenset(("steps", "jobs", "phases", "pool", "pr", "resources", "parameters", "schedules"))
_ONLY_RELEASES = frozenset(("artifact", "workspace", "agent", "sources", "registration", "settable"))
_ONLY_RELEASE_STAGES = frozenset(
    ("endpoint", "service", "target", "tasks", "approval", "approval_after", "rollout", "gates", "gates_after", "lock")
)
_STAGE = re.compile(r"^(?:\s*- (?:stage|job|deployment|script|bash|pwsh)|steps|jobs|pool|extends)[ \t]*:", re.MULTILINE)
_PIPELINE_KEY = re.compile(
    r"^(?:stages|jobs|steps|phases)[ \t]*:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*- ", re.MULTILINE
)
_OWN_KEYS = frozenset(("stages", "jobs", "steps", "trigger", "pr", "pool", "resources", "extends", "parameters"))
_ELSE = re.compile(r"^(?:on|\"on\"|'on'|apiVersion|services|kind)[ \t]*:", re.MULTILINE)
_VARIABLES_ONLY = frozenset(("variables", "parameters"))
_ITEMS = {"stages": "stages.", "jobs": "jobs.", "steps": "steps.", "phases": "phases."}


def is_release(path: str, document: YamlDocument | None = None, text: str = "") -> bool:
    """Whether a file is a release: by its content, or by its name where the content does not contradict.

    Args:
        path: the path of the file.
        document: its content; None where it is not YAML.
        text: its text, where it is not YAML.
    """
    name = PurePath(path).name.casefold()
    named = name in ("release.yml", "release.yaml") or name.endswith((".release.yml", ".release.yaml"))
    if document is None:
        return named and _STAGE.search(text) is None
    if not isinstance(document.root, MappingNode):
        return named
    entries = {key.value: value for key, value in document.root.value if isinstance(key, ScalarNode)}
    if named:
        return not (entries.keys() & _ONLY_PIPELINES or _is_pipeline(entries))
    if _is_pipeline(entries) or entries.keys() & _ONLY_PIPELINES:
        return False
    stages = entries.get("stages")
    # The rest may be in a file that the release extends, or in the defaults of its repository.
    return entries.keys() >= _RELEASE_KEYS or (
        "name" in entries
        and (_has_release_stages(stages) or ("extends" in entries and isinstance(stages, SequenceNode)))
    )


def is_base(document: YamlDocument) -> bool:
    """Whether a file is a base that releases extend: it is checked with each of them, not alone."""
    if not isinstance(document.root, MappingNode):
        return False
    entries = {key.value: value for key, value in document.root.value if isinstance(key, ScalarNode)}
    if "name" in entries or entries.keys() & _ONLY_PIPELINES or _is_pipeline(entries):
        return False
    return _has_release_stages(entries.get("stages")) or bool(entries.keys() & _ONLY_RELEASES)


def _is_pipeline(entries: Mapping[str, Node]) -> bool:
    """Whether a mapping is that of a pipeline, by its `stages`, or by an `extends` that is a mapping, not a file."""
    return isinstance(entries.get("extends"), MappingNode) or _has_pipeline_stages(entries.get("stages"))


def _has_release_stages(node: Node | None) -> bool:
    """Whether a stage has a key that only stages of releases have."""
    return any(
        isinstance(key, ScalarNode) and key.value in _ONLY_RELEASE_STAGES
        for item in (node.value if isinstance(node, SequenceNode) else ())
        for key, _ in (item.value if isinstance(item, MappingNode) else ())
    )


def _has_pipeline_stages(node: Node | None) -> bool:
    """Whether stages are those of a pipeline, with `stage` or `template`."""
    for item in node.value if isinstance(node, SequenceNode) else ():
        for key, _ in item.value if isinstance(item, MappingNode) else ():
            if isinstance(key, ScalarNode) and (key.value in ("stage", "template") or key.value.startswith("${{")):
                return True
    return False


def looks_like_pipeline(file: PipelineFile) -> bool:
    """Whether a file found in a folder is a pipeline or a template: whether it has a list of stages, jobs or steps.

    One that is such a list, which the service refuses, is meant as one.
    """
    if missing_key(file.document.root):
        return True
    names = {entry.name for entry in file.root.entries}
    if "on" in names or "apiVersion" in names:
        return False
    for entry in file.root.entries:
        if entry.name == "extends" and isinstance(entry.value, Block):
            return True
        start = _ITEMS.get(entry.name)
        if start is not None and isinstance(entry.value, Items):
            items = [item.value for item in entry.value.items]
            if any(isinstance(value, Block) and value.kind.startswith(start) for value in items):
                return True
            if (entry.value.open or file.unused) and not any(isinstance(value, Block) for value in items):
                return True
    return bool(names) and names <= _VARIABLES_ONLY and "variables" in names


def has_keys_of_pipeline(file: PipelineFile) -> bool:
    """Whether a file has only keys of a pipeline, and one that others do not have: it may become one."""
    names = {entry.name for entry in file.root.entries}
    form = file_kind().default_form
    return form is not None and names <= form.keys.keys() and bool(names & _OWN_KEYS)


def may_be_pipeline(text: str) -> bool:
    """Whether a text that is not YAML may be meant as a pipeline."""
    return _PIPELINE_KEY.search(text) is not None and _ELSE.search(text) is None
