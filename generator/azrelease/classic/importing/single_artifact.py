"""Finds out whether a release uses only one of the artifacts that its build publishes."""

import re
from collections.abc import Iterator, Mapping

from azrelease.catalog.task_folders import is_working_directory
from azrelease.classic.importing import input_paths
from azrelease.classic.importing.artifacts import ImportedSource
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.json_node import JsonNode
from azrelease.classic.macro_translation import ANY_FOLDER, CLASSIC_FOLDER

_MACRO_FOLDER = r"\$\((?:System\.DefaultWorkingDirectory|System\.ArtifactsDirectory|Agent\.ReleaseDirectory)\)"
_PUBLISH_TEST_RESULTS = "0b0f01ed-7dde-43ff-9cbb-e48954daf9b1"
_ALL_FILES = re.compile(r"\*|(?:^|\s)\.(?:\s|$)|-recurse\b|\b(?:find|ls|dir|gci|get-childitem)\b", re.IGNORECASE)
"""Parts of a script that reach any file below the folder where it starts."""


def single_artifact(definition: JsonNode, build: ImportedSource | None, context: ImportContext) -> str | None:
    """The one artifact of a build that all paths of a definition lead to; None where there may be others."""
    if build is None:
        return None
    alias = re.escape(build.node["alias"].text())
    inside = re.compile(rf"{_MACRO_FOLDER}/{alias}/([^\\/\"'<>|?*:$\s]+)(?=[/\"'\s]|$)", re.IGNORECASE)
    other = re.compile(rf"{ANY_FOLDER.pattern}|(?<![\w.-]){alias}(?![\w.-])", re.IGNORECASE)
    artifacts: set[str] = set()
    for text in map(context.macros.with_primary, _texts(definition, context)):
        artifacts.update(match[1] for match in inside.finditer(text))
        if other.search(inside.sub("", text)):
            return None
    return artifacts.pop() if len(artifacts) == 1 and not artifacts & {".", ".."} else None


def _texts(definition: JsonNode, context: ImportContext) -> Iterator[str]:
    """All texts that can contain a path; the folder of all artifacts for a task that can read any of them."""
    yield from _leaf_texts(definition["variables"])
    of_release = context.of_scope(definition["variables"])
    for stage in definition["environments"].items():
        of_stage = of_release.of_scope(stage["variables"])
        yield from _leaf_texts(stage["variables"])
        yield from _leaf_texts(stage["processParameters"])
        for phase in stage["deployPhases"].items():
            for task in phase["workflowTasks"].items():
                yield from _task_texts(task, of_stage)
        for task in stage["deployStep"]["tasks"].items():
            yield from _task_texts(task, of_stage)


def _leaf_texts(node: JsonNode) -> Iterator[str]:
    return (leaf.text() for leaf in node.leaves())


def _task_texts(task: JsonNode, context: ImportContext) -> Iterator[str]:
    """The texts of a task that can contain a path, with relative paths written in full."""
    group = context.task_group(task)
    if group is not None:
        yield from _leaf_texts(JsonNode(group))
    yield from _leaf_texts(task["environment"])
    yield task["condition"].text()
    inputs = {key: context.macros.with_primary(value.text()) for key, value in task["inputs"].entries()}
    if _reads_any_file(inputs):
        yield CLASSIC_FOLDER
    version = task["version"].text().partition(".")[0]
    reference = re.fullmatch(r"\d{1,9}", version) and context.tasks.reference(task["taskId"].text(), int(version))
    definition = context.tasks.task(reference) if reference else None
    if definition is None:
        yield from inputs.values()
        if input_paths.unknown_inputs(inputs, context.macros.aliases):
            yield CLASSIC_FOLDER
        return
    by_name = {(known.name if (known := definition.input(key)) else key): text for key, text in inputs.items()}
    defaults = input_paths.defaults(definition, by_name)
    if task["taskId"].text().casefold() == _PUBLISH_TEST_RESULTS:
        # Tests write their results into their own folder, and the task searches there.
        by_name.pop("searchFolder", None)
        defaults.pop("searchFolder", None)
    for name, text in by_name.items():
        known = definition.input(name)
        yield input_paths.resolved(definition, known, text, context.variables).text if known else text
    for name, text in defaults.items():
        known = definition.input(name)
        if known is not None and not is_working_directory(known):
            yield text


def _reads_any_file(inputs: Mapping[str, str]) -> bool:
    """Whether a script starts in the folder of all artifacts, and can read any of them."""
    by_key = {key.casefold(): text for key, text in inputs.items()}
    folder = by_key.get("cwd") or by_key.get("workingdirectory")
    scripts = (by_key.get(key, "") for key in ("inlinescript", "script", "inline"))
    return not folder and any(_ALL_FILES.search(text) for text in scripts)
