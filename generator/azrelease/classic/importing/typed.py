"""The typed task that a plain one is, where there is one that does the same."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from azrelease.catalog.tasks import TaskDefinition
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.scripts import Options, ScriptCommand, read_script
from azrelease.classic.macro_translation import CLASSIC_FOLDER, YAML_FOLDER
from azrelease.pipeline import TaskStep
from azrelease.release import Workspace
from azrelease.release.fields import is_rooted
from azrelease.release.tasks import StageDefaults, TaskContext, make_task, task_class
from azrelease.release.tasks.model_deploy import ModelDeploy
from azrelease.templating import Templates

Data = dict[str, Any]
Inputs = Mapping[str, str]

USUAL = "succeeded()"


class Typing(NamedTuple):
    """What a typed task needs of its stage: the workspace and service that it may leave to it."""

    defaults: StageDefaults
    templates: Templates


class Typed(NamedTuple):
    """A typed task as the data of a release file; `from_script` where it stands for a script written otherwise."""

    data: Data
    from_script: bool = False


class PlainTask(NamedTuple):
    """A task by `name@major`, with its inputs by canonical name and what every task has."""

    reference: str
    definition: TaskDefinition | None
    inputs: Inputs
    common: Data

    def data(self) -> Data:
        """The data of the release file, with the inputs by the names of YAML and without defaults."""
        inputs: dict[str, str] = {}
        for name, value in self.inputs.items():
            known = self.definition.input(name) if self.definition else None
            if known and known.default is not None and _same(known.default, value) and not _moves(value):
                continue
            inputs[known.yaml_name if known else name] = value
        common = {key: value for key, value in self.common.items() if (key, value) != ("condition", USUAL)}
        return {"task": self.reference, **common, **({"inputs": inputs} if inputs else {})}

    def effective(self, inputs: Inputs | None = None) -> dict[str, str]:
        """What inputs come to, by canonical name: defaults filled in, without those that have no effect."""
        given = self.inputs if inputs is None else inputs
        if self.definition is None:
            return dict(given)
        by_name = {(d.name if (d := self.definition.input(k)) else k): v for k, v in given.items()}
        found = {d.name: by_name.get(d.name, d.default or "") for d in self.definition.inputs} | by_name
        hidden = {d.name for d in self.definition.inputs if self.definition.without_effect(d, found)}
        booleans = {d.name for d in self.definition.inputs if d.type == "boolean"}
        return {
            name: value.casefold() if name in booleans else value
            for name, value in found.items()
            if name not in hidden and value
        }


def _same(default: str, value: str) -> bool:
    return default == value or {default.casefold(), value.casefold()} in ({"true"}, {"false"})


def _moves(value: str) -> bool:
    """Whether a value means another place in a pipeline."""
    return CLASSIC_FOLDER.casefold() in value.casefold()


def typed_task(plain: PlainTask, context: ImportContext, typing: Typing) -> Typed | None:
    """The typed task that does what a plain one does; None where there is none.

    Each candidate is lowered again, and taken only if the same comes out: the same inputs, or for a script the same
    commands with the same arguments in the same folder.
    """
    for name, fields, from_script in _candidates(plain, context, typing):
        kind = task_class(name)
        assert kind is not None
        usual = kind.model_fields["condition"].default or USUAL
        common = {key: value for key, value in plain.common.items() if (key, value) != ("condition", usual)}
        if from_script and "env" in common:
            env = {key: value for key, value in common["env"].items() if not key.startswith("ARG_")}
            common = {**common, "env": env} if env else {k: v for k, v in common.items() if k != "env"}
        step = _lowered(name, {**common, **fields}, context, typing)
        if step is not None and _does_the_same(plain, step, from_script=from_script):
            return Typed({"task": name, **common, **fields}, from_script)
    return None


def _lowered(name: str, fields: Data, context: ImportContext, typing: Typing) -> TaskStep | None:
    try:
        task = make_task(name, **fields)
    except ValidationError:
        return None
    if any(task.problems(typing.defaults)):
        return None
    where = TaskContext(context.root, typing.defaults.workspace, typing.templates, typing.defaults.target)
    steps = task.completed(typing.defaults).steps(where)
    return steps[0] if len(steps) == 1 and isinstance(steps[0], TaskStep) else None


def _does_the_same(plain: PlainTask, step: TaskStep, *, from_script: bool) -> bool:
    given = {name: _text(value) for name, value in step.inputs}
    ours, theirs = plain.effective(given), plain.effective()
    if from_script:
        env = plain.common.get("env", {})
        rendered = read_script(ours.pop("inlineScript", ""), dict(step.env), rendered=True)
        written = read_script(theirs.pop("inlineScript", ""), env)
        if rendered is None or written is None or rendered._replace(loose=written.loose) != written:
            return False
        # A script that does not care where it runs may have been given a folder.
        own, folder = ours.pop("cwd", ""), theirs.pop("cwd", "")
        if own and own != folder:
            return False
    return step.task == plain.reference and ours == theirs


def _text(value: str | bool | int) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


Candidate = tuple[str, Data, bool]


def _candidates(plain: PlainTask, context: ImportContext, typing: Typing) -> Iterator[Candidate]:
    inputs = plain.effective()
    match plain.reference:
        case "AzureCLI@2":
            yield from _of_azure_cli(inputs, plain, context, typing)
        case "Bash@3":
            yield from _of_bash(inputs, context)
        case "UsePythonVersion@0":
            fields = {"version": inputs.get("versionSpec"), "architecture": inputs.get("architecture")}
            if fields["architecture"] == "x64":
                del fields["architecture"]
            yield "UsePythonVersion", _given(fields) | _off("add_to_path", inputs.get("addToPath")), False
        case "PowerShell@2":
            fields = _script_fields(inputs, context, "script", "filePath", "targetType")
            action = inputs.get("errorActionPreference")
            pwsh = inputs.get("pwsh") == "true"
            more = {"pwsh": pwsh, "error_action": None if action == "stop" else action}
            yield "PowerShell", _given(fields | more) | _on("fail_on_stderr", inputs.get("failOnStderr")), False
        case "PythonScript@0":
            fields = _script_fields(inputs, context, "script", "scriptPath", "scriptSource")
            more = {"interpreter": inputs.get("pythonInterpreter")}
            yield "Python", _given(fields | more) | _on("fail_on_stderr", inputs.get("failOnStderr")), False
        case "PublishTestResults@2":
            yield "PublishTestResults", _publish(inputs, context), False
        case "PublishCodeCoverageResults@2":
            fields = {
                "summary": _relative(inputs.get("summaryFileLocation", ""), context),
                "sources": _relative(inputs.get("pathToSources", ""), context),
            }
            more = _on("fail_on_empty", inputs.get("failIfCoverageEmpty"))
            yield "PublishCodeCoverage", _given(fields) | more, False


def _given(fields: Mapping[str, Any]) -> Data:
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _on(name: str, value: str | None) -> Data:
    return {name: True} if value == "true" else {}


def _off(name: str, value: str | None) -> Data:
    return {name: False} if value == "false" else {}


def _relative(path: str, context: ImportContext) -> str:
    """A path on the agent as a path of the release."""
    if path == context.root:
        return "."
    inner = path.removeprefix(f"{context.root}/")
    return inner if inner != path and posixpath.normpath(inner) == inner and not is_rooted(inner) else path


def _script_fields(inputs: Inputs, context: ImportContext, inline: str, file: str, source: str) -> Data:
    """The fields of a task that runs a script: inline, or a file."""
    is_inline = inputs.get(source, "").casefold() in ("inline", "inlinescript")
    return {
        "script": inputs.get(inline) if is_inline else None,
        "file": None if is_inline else _relative(inputs.get(file, ""), context),
        "arguments": inputs.get("scriptArguments") or inputs.get("arguments"),
        "working_directory": _folder(inputs.get("cwd") or inputs.get("workingDirectory") or YAML_FOLDER, context),
    }


def _folder(path: str, context: ImportContext) -> str | None:
    """A folder to run in; None for the one that is usual in a release file."""
    found = _relative(path, context)
    return None if found == "." else found


def _publish(inputs: Inputs, context: ImportContext) -> Data:
    fields = {
        "files": inputs.get("testResultsFiles"),
        "format": inputs.get("testRunner") if inputs.get("testRunner") != "JUnit" else None,
        "search_folder": _folder(inputs.get("searchFolder", ""), context),
        "title": inputs.get("testRunTitle"),
    }
    switches = {
        "merge": "mergeTestResults",
        "fail_on_failed_tests": "failTaskOnFailedTests",
        "fail_on_missing_results": "failTaskOnMissingResultsFile",
    }
    on = {name: True for name, key in switches.items() if inputs.get(key) == "true"}
    return _given(fields) | on


def _of_bash(inputs: Inputs, context: ImportContext) -> Iterator[Candidate]:
    fields = _script_fields(inputs, context, "script", "filePath", "targetType")
    file = fields["file"]
    if file and posixpath.basename(file) == "install_requirements.sh":
        yield "InstallRequirements", _given({"script": file, "arguments": fields["arguments"]}), False
    yield "Bash", _given(fields) | _on("fail_on_stderr", inputs.get("failOnStderr")), False


def _of_azure_cli(inputs: Inputs, plain: PlainTask, context: ImportContext, typing: Typing) -> Iterator[Candidate]:
    connection = inputs.get("connectedServiceNameARM")
    workspace = typing.defaults.workspace
    own = {} if workspace and workspace.service_connection == connection else {"service_connection": connection}
    script = inputs.get("inlineScript", "")
    if inputs.get("scriptType") == "bash" and inputs.get("scriptLocation") == "inlineScript":
        command = read_script(script, plain.common.get("env", {}))
        if command is not None and not inputs.get("scriptArguments") and _are_words(command, context):
            yield from ((name, own | fields, True) for name, fields in _commands(command, inputs, context, typing))
    fields = _script_fields(inputs, context, "inlineScript", "scriptPath", "scriptLocation")
    shell = inputs.get("scriptType")
    more = {"shell": None if shell == "bash" else shell, **own}
    switches = _on("add_service_principal", inputs.get("addSpnToEnvironment")) | _on(
        "fail_on_standard_error", inputs.get("failOnStandardError")
    )
    yield "AzureCLI", _given(more | fields) | switches, False


_NAMES = ("--resource-group", "--workspace-name", "--name", "--compute-target")
"""Arguments whose values cannot hold a blank."""


def _are_words(command: ScriptCommand, context: ImportContext) -> bool:
    """Whether each macro without quotes stands for one word, as in the script of a typed task, which quotes them."""
    options = (command.options, *command.calls.values())
    named = {value for each in options for name in _NAMES for value in each.get(name, ())}
    for macro in command.loose - named:
        value = context.variables.get(macro[2:-1].casefold())
        if value is None or re.fullmatch(r"[\w./:=@%+,-]+", value) is None:
            return False
    return True


def _commands(
    command: ScriptCommand, inputs: Inputs, context: ImportContext, typing: Typing
) -> Iterator[tuple[str, Data]]:
    folder = _relative(inputs.get("cwd", ""), context)
    if command.name == "extension add":
        options = command.options
        fields = {"extension": options["--name"][0], "version": "".join(options.get("--version", ()))}
        yield "InstallAzureCLIExtension", _given(fields) | ({"upgrade": True} if "--upgrade" in options else {})
    elif command.name == "ml model deploy" and _in_workspace(command.options, typing):
        yield "ModelDeploy", _model_deploy(command.options, folder, typing)
    elif command.name == "pytest" and all(_in_workspace(options, typing) for options in command.calls.values()):
        test = _endpoint_test(command, folder, typing)
        if test:
            yield "EndpointTest", test


def _in_workspace(options: Options, typing: Typing) -> bool:
    workspace = typing.defaults.workspace
    return workspace is not None and (
        options.get("--resource-group"), options.get("--workspace-name")
    ) == ((workspace.resource_group,), (workspace.name,))  # fmt: skip


def _service(options: Options, typing: Typing) -> Data:
    name = "".join(options.get("--name", ()))
    return {} if name == typing.defaults.service else {"service": name}


def _model_deploy(options: Options, folder: str, typing: Typing) -> Data:
    def path(text: str) -> str:
        if is_rooted(text) or is_rooted(folder) or "$" in text:
            return text
        return posixpath.normpath(posixpath.join(folder, text))

    data: Data = _service(options, typing)
    by_flag = {
        str(field.json_schema_extra["flag"]): (name, field.json_schema_extra.get("argument") == "path")
        for name, field in ModelDeploy.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and "flag" in field.json_schema_extra
    }
    for flag, values in options.items():
        value = values[0] if values else ""
        if flag == "--model-metadata-file":
            data["model_metadata"] = [path(item) for item in values] if len(values) > 1 else path(value)
        elif flag == "--model":
            data["model"] = list(values) if len(values) > 1 else value
        elif flag == "--compute-type":
            data["compute"] = value.lower()
        elif flag in ("--tag", "--property"):
            pairs = (item.partition("=") for item in values)
            data["tags" if flag == "--tag" else "properties"] = {key: text for key, _, text in pairs}
        elif flag in by_flag:
            name, is_path = by_flag[flag]
            data[name] = path(value) if is_path else value
    data |= {"no_wait": True} if "--no-wait" in options else {}
    data |= {"verbose": True} if "-v" in options or "--verbose" in options else {}
    data |= {} if "--overwrite" in options else {"overwrite": False}
    usual = posixpath.dirname(str(data.get("inference_config") or "")) or "."
    return data | ({} if folder == usual else {"working_directory": folder})


def _endpoint_test(command: ScriptCommand, folder: str, typing: Typing) -> Data | None:
    """The fields of an EndpointTest; None where pytest is called in a way that the task does not."""
    options = command.calls["URL"]
    if any(other != options for other in command.calls.values()):
        return None
    tests = [word for word in command.words if re.fullmatch(r"[\w./-]+\.py(?:::\w+)*", word)]
    rest = _without(command.words, ("scoreurl", "URL"), ("scorekey", "KEY"))
    if len(tests) != 1 or rest is None or "/" in tests[0] or "::" in tests[0]:
        return None
    junit = [word.partition("=")[2] for word in rest if word.startswith("--junitxml=")]
    arguments = [word for word in rest if word != tests[0] and not word.startswith("--junitxml=")]
    if len(junit) != 1 or not junit[0]:
        return None
    data: Data = {"script": tests[0] if folder == "." else f"{folder}/{tests[0]}", **_service(options, typing)}
    data |= {} if junit[0] == "junit/test-results.xml" else {"junit": junit[0]}
    data |= {} if arguments == ["--doctest-modules"] else {"arguments": arguments}
    return data | ({"auth": "key"} if "KEY" in command.calls else {})


def _without(words: Sequence[str], *pairs: tuple[str, str]) -> list[str] | None:
    """Words without some options and their values; None where an option has another value."""
    told = [f"--{flag}={value}" for flag, value in pairs]
    rest = [word for word in words if word not in told]
    return None if any(word.startswith(("--scoreurl", "--scorekey")) for word in rest) else rest


def workspace_of(command: ScriptCommand, connection: str) -> tuple[Workspace | None, str | None]:
    """The workspace and the service that a command works on."""
    options = command.calls.get("URL", command.options)
    group, name = "".join(options.get("--resource-group", ())), "".join(options.get("--workspace-name", ()))
    service = "".join(options.get("--name", ())) or None
    if command.name not in ("ml model deploy", "pytest") or not group or not name or not connection:
        return None, None
    return Workspace(resource_group=group, name=name, service_connection=connection), service
