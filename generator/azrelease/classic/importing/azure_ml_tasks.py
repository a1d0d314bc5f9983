"""Typed tasks for the commands of a release: `az ml model deploy`, `az extension add`, and pytest with an endpoint."""

import posixpath
import re
from collections.abc import Iterator

from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.scripts import CommandOptions, ScriptCommand
from azrelease.classic.json_node import JsonObject
from azrelease.release import Workspace
from azrelease.release.fields import is_rooted
from azrelease.release.tasks import StageDefaults
from azrelease.release.tasks.model_deploy import ModelDeploy

_SINGLE_WORDS = ("--resource-group", "--workspace-name", "--name", "--compute-target")
"""Arguments whose values cannot contain a blank."""


def command_tasks(
    command: ScriptCommand, folder: str, context: ImportContext, defaults: StageDefaults
) -> Iterator[tuple[str, JsonObject]]:
    """Typed tasks that may run a command, by name, with their fields.

    Args:
        command: the command.
        folder: the working directory.
        context: the definition.
        defaults: the fields that the stage has for its tasks.
    """
    if not _macros_are_words(command, context):
        return
    folder = release_path(folder, context)
    options = command.options
    if command.name == "extension add":
        version = "".join(options.get("--version", ()))
        yield (
            "InstallAzureCLIExtension",
            {
                "extension": options["--name"][0],
                **({"version": version} if version else {}),
                **({"upgrade": True} if "--upgrade" in options else {}),
            },
        )
    elif command.name == "ml model deploy" and _is_in_workspace(options, defaults):
        yield "ModelDeploy", _model_deploy(options, folder, defaults)
    elif command.name == "pytest" and all(_is_in_workspace(each, defaults) for each in command.calls.values()):
        fields = _endpoint_test(command, folder, defaults)
        if fields:
            yield "EndpointTest", fields


def command_workspace(command: ScriptCommand, connection: str) -> tuple[Workspace | None, str | None]:
    """The workspace and the service that a command uses."""
    options = command.calls.get("URL", command.options)
    group, name = "".join(options.get("--resource-group", ())), "".join(options.get("--workspace-name", ()))
    service = "".join(options.get("--name", ())) or None
    if command.name not in ("ml model deploy", "pytest") or not group or not name or not connection:
        return None, None
    return Workspace(resource_group=group, name=name, service_connection=connection), service


def release_path(path: str, context: ImportContext) -> str:
    """A path on the agent as a path of the release."""
    if path == context.root:
        return "."
    inner = path.removeprefix(f"{context.root}/")
    return inner if inner != path and posixpath.normpath(inner) == inner and not is_rooted(inner) else path


def _macros_are_words(command: ScriptCommand, context: ImportContext) -> bool:
    """Whether each macro without quotes is one word, as in the script of a typed task, which quotes them."""
    options = (command.options, *command.calls.values())
    single = {value for each in options for name in _SINGLE_WORDS for value in each.get(name, ())}
    values = (context.variables.get(macro[2:-1].casefold()) for macro in command.loose - single)
    return all(value is not None and re.fullmatch(r"[\w./:=@%+,-]+", value) for value in values)


def _is_in_workspace(options: CommandOptions, defaults: StageDefaults) -> bool:
    workspace = defaults.workspace
    names = options.get("--resource-group"), options.get("--workspace-name")
    return workspace is not None and names == ((workspace.resource_group,), (workspace.name,))


def _service(options: CommandOptions, defaults: StageDefaults) -> JsonObject:
    name = "".join(options.get("--name", ()))
    return {} if name == defaults.service else {"service": name}


def _model_deploy(options: CommandOptions, folder: str, defaults: StageDefaults) -> JsonObject:
    def path(text: str) -> str:
        if is_rooted(text) or is_rooted(folder) or "$" in text:
            return text
        return posixpath.normpath(posixpath.join(folder, text))

    data = _service(options, defaults)
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
    default = posixpath.dirname(str(data.get("inference_config") or "")) or "."
    return data | ({} if folder == default else {"working_directory": folder})


def _endpoint_test(command: ScriptCommand, folder: str, defaults: StageDefaults) -> JsonObject | None:
    """The fields of an EndpointTest; None for another call of pytest."""
    options = command.calls["URL"]
    if any(other != options for other in command.calls.values()):
        return None
    words = [word for word in command.words if word not in ("--scoreurl=URL", "--scorekey=KEY")]
    tests = [word for word in words if re.fullmatch(r"[\w./-]+\.py(?:::\w+)*", word)]
    junit = [word.partition("=")[2] for word in words if word.startswith("--junitxml=")]
    if any(word.startswith(("--scoreurl", "--scorekey")) for word in words):
        return None
    if len(tests) != 1 or "/" in tests[0] or "::" in tests[0] or len(junit) != 1 or not junit[0]:
        return None
    arguments = [word for word in words if word != tests[0] and not word.startswith("--junitxml=")]
    return {
        "script": tests[0] if folder == "." else f"{folder}/{tests[0]}",
        **_service(options, defaults),
        **({} if junit[0] == "junit/test-results.xml" else {"junit": junit[0]}),
        **({} if arguments == ["--doctest-modules"] else {"arguments": arguments}),
        **({"auth": "key"} if "KEY" in command.calls else {}),
    }
