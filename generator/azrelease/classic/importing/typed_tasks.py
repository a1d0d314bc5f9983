"""Finds the typed task that does the same as a generic one."""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from azrelease.classic.conditions import DEFAULT_CONDITION
from azrelease.classic.importing.azure_ml_tasks import command_tasks, release_path
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.generic_task import GenericTask, TaskInputs
from azrelease.classic.importing.scripts import read_script
from azrelease.classic.importing.step_commands import command_text
from azrelease.classic.json_node import JsonObject
from azrelease.classic.macro_translation import YAML_FOLDER
from azrelease.pipeline import TaskStep
from azrelease.release.tasks import StageDefaults, TaskContext, make_task, task_class


class TypedTask(NamedTuple):
    """A typed task as the data of a release file; `from_script` where it replaces a script that looks different."""

    data: JsonObject
    from_script: bool = False


_Candidate = tuple[str, JsonObject, bool]
"""The name of a typed task, its fields, and `from_script`."""


def typed_task(generic: GenericTask, context: ImportContext, defaults: StageDefaults) -> TypedTask | None:
    """The typed task that does the same as a generic one; None where there is none.

    The step that a candidate becomes has to have the same inputs, or, for a script, the same commands with the same
    arguments in the same folder.
    """
    for name, fields, from_script in _candidates(generic, context, defaults):
        kind = task_class(name)
        assert kind is not None
        condition = kind.model_fields["condition"].default or DEFAULT_CONDITION
        common = {key: value for key, value in generic.common.items() if (key, value) != ("condition", condition)}
        if from_script and "env" in common:
            env = {key: value for key, value in common.pop("env").items() if not key.startswith("ARG_")}
            common |= {"env": env} if env else {}
        step = _step(name, {**common, **fields}, context, defaults)
        if step is not None and _does_the_same(generic, step, from_script=from_script):
            return TypedTask({"task": name, **common, **fields}, from_script)
    return None


def _step(name: str, fields: JsonObject, context: ImportContext, defaults: StageDefaults) -> TaskStep | None:
    """The step that a typed task becomes; None where its fields are not valid."""
    try:
        task = make_task(name, **fields)
    except ValidationError:
        return None
    if any(task.problems(defaults)):
        return None
    steps = task.completed(defaults).steps(
        TaskContext(context.root, defaults.workspace, context.templates, defaults.target)
    )
    return steps[0] if len(steps) == 1 and isinstance(steps[0], TaskStep) else None


def _does_the_same(generic: GenericTask, step: TaskStep, *, from_script: bool) -> bool:
    given = {
        name: ("true" if value else "false") if isinstance(value, bool) else str(value) for name, value in step.inputs
    }
    ours, theirs = generic.effective(given), generic.effective()
    if from_script:
        ours.pop("inlineScript", "")
        rendered = read_script(command_text(step))
        written = read_script(theirs.pop("inlineScript", ""), generic.common.get("env", {}))
        if rendered is None or written is None or rendered._replace(loose=written.loose) != written:
            return False
        # The typed task may set a folder for a script that runs in any folder.
        own, folder = ours.pop("cwd", ""), theirs.pop("cwd", "")
        if own and own != folder:
            return False
    return step.task == generic.reference and ours == theirs


def _candidates(generic: GenericTask, context: ImportContext, defaults: StageDefaults) -> Iterator[_Candidate]:
    inputs = generic.effective()
    match generic.reference:
        case "AzureCLI@2":
            yield from _azure_cli(inputs, generic, context, defaults)
        case "Bash@3":
            fields = _script_fields(inputs, context, "script", "filePath", "targetType")
            file = fields["file"]
            if file and posixpath.basename(file) == "install_requirements.sh":
                yield "InstallRequirements", _given({"script": file, "arguments": fields["arguments"]}), False
            yield "Bash", _given(fields | _on("fail_on_stderr", inputs, "failOnStderr")), False
        case "UsePythonVersion@0":
            architecture = inputs.get("architecture")
            fields = {
                "version": inputs.get("versionSpec"),
                "architecture": None if architecture == "x64" else architecture,
                "add_to_path": False if inputs.get("addToPath") == "false" else None,
            }
            yield "UsePythonVersion", _given(fields), False
        case "PowerShell@2":
            fields = _script_fields(inputs, context, "script", "filePath", "targetType")
            action = inputs.get("errorActionPreference")
            fields |= {
                "pwsh": inputs.get("pwsh") == "true",
                "error_action": None if action == "stop" else action,
            }
            yield "PowerShell", _given(fields | _on("fail_on_stderr", inputs, "failOnStderr")), False
        case "PythonScript@0":
            fields = _script_fields(inputs, context, "script", "scriptPath", "scriptSource")
            fields["interpreter"] = inputs.get("pythonInterpreter")
            yield "Python", _given(fields | _on("fail_on_stderr", inputs, "failOnStderr")), False
        case "PublishTestResults@2":
            yield "PublishTestResults", _publish_test_results(inputs, context), False
        case "PublishCodeCoverageResults@2":
            fields = {
                "summary": release_path(inputs.get("summaryFileLocation", ""), context),
                "sources": release_path(inputs.get("pathToSources", ""), context),
            }
            yield "PublishCodeCoverage", _given(fields | _on("fail_on_empty", inputs, "failIfCoverageEmpty")), False


def _given(fields: Mapping[str, Any]) -> JsonObject:
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _on(field: str, inputs: TaskInputs, name: str) -> JsonObject:
    return {field: True} if inputs.get(name) == "true" else {}


def _script_fields(inputs: TaskInputs, context: ImportContext, inline: str, file: str, source: str) -> JsonObject:
    """The fields of a task that runs a script: inline, or a file."""
    is_inline = inputs.get(source, "").casefold() in ("inline", "inlinescript")
    return {
        "script": inputs.get(inline) if is_inline else None,
        "file": None if is_inline else release_path(inputs.get(file, ""), context),
        "arguments": inputs.get("scriptArguments") or inputs.get("arguments"),
        "working_directory": _folder(inputs.get("cwd") or inputs.get("workingDirectory") or YAML_FOLDER, context),
    }


def _folder(path: str, context: ImportContext) -> str | None:
    """A working directory; None for the default one of a release file."""
    folder = release_path(path, context)
    return None if folder == "." else folder


def _publish_test_results(inputs: TaskInputs, context: ImportContext) -> JsonObject:
    fields = {
        "files": inputs.get("testResultsFiles"),
        "format": inputs.get("testRunner") if inputs.get("testRunner") != "JUnit" else None,
        "search_folder": _folder(inputs.get("searchFolder", ""), context),
        "title": inputs.get("testRunTitle"),
        **_on("merge", inputs, "mergeTestResults"),
        **_on("fail_on_failed_tests", inputs, "failTaskOnFailedTests"),
        **_on("fail_on_missing_results", inputs, "failTaskOnMissingResultsFile"),
    }
    return _given(fields)


def _azure_cli(
    inputs: TaskInputs, generic: GenericTask, context: ImportContext, defaults: StageDefaults
) -> Iterator[_Candidate]:
    connection, workspace = inputs.get("connectedServiceNameARM"), defaults.workspace
    own = {} if workspace and workspace.service_connection == connection else {"service_connection": connection}
    is_inline = inputs.get("scriptType") == "bash" and inputs.get("scriptLocation") == "inlineScript"
    if is_inline and not inputs.get("scriptArguments"):
        command = read_script(inputs.get("inlineScript", ""), generic.common.get("env", {}))
        if command is not None:
            for name, fields in command_tasks(command, inputs.get("cwd", ""), context, defaults):
                yield name, own | fields, True
    fields = {
        "shell": None if inputs.get("scriptType") == "bash" else inputs.get("scriptType"),
        **own,
        **_script_fields(inputs, context, "inlineScript", "scriptPath", "scriptLocation"),
        **_on("add_service_principal", inputs, "addSpnToEnvironment"),
        **_on("fail_on_standard_error", inputs, "failOnStandardError"),
    }
    yield "AzureCLI", _given(fields), False
