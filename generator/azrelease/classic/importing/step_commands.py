"""The command line that the script of a step template runs, for comparing it with a script that somebody wrote."""

import re
import shlex
from collections.abc import Iterator, Mapping

from azrelease.pipeline import TaskStep
from azrelease.templating.scripts import is_expanded


def command_text(step: TaskStep) -> str:
    """The command of a step with its values, as a script of one line; empty for a step that runs several."""
    if step.call is None:
        return ""
    env = dict(step.env)
    match step.call.template.name:
        case "install-azure-cli-extension":
            words = ["az", "extension", "add", "--name", env["ARG_EXTENSION"]]
            words += ["--version", env["ARG_VERSION"]] if "ARG_VERSION" in env else []
            words += ["--upgrade"] if "ARG_UPGRADE" in env else []
            return _line(words)
        case "model-deploy":
            words = ["az", "ml", "model", "deploy", *_workspace(env), "--name", env["ARG_SERVICE"]]
            return _line((*words, *_options(env.get("ARG_OPTIONS", ""))))
        case "service-test":
            return _test(env)
    return ""


def _test(env: Mapping[str, str]) -> str:
    service = (*_workspace(env), "--name", env["ARG_SERVICE"], "--output", "tsv", "--query")
    words = [
        "pytest",
        env["ARG_TEST"],
        *env.get("ARG_ARGUMENTS", "").split("\n")[:-1],
        f"--junitxml={env['ARG_JUNIT']}",
    ]
    text = f'{_line(words)} --scoreurl "$({_line(("az", "ml", "service", "show", *service, "scoringUri"))})"'
    if env.get("ARG_AUTH") == "key":
        text += f' --scorekey "$({_line(("az", "ml", "service", "get-keys", *service, "primaryKey"))})"'
    return text


def _workspace(env: Mapping[str, str]) -> tuple[str, ...]:
    return ("--resource-group", env["ARG_RESOURCE_GROUP"], "--workspace-name", env["ARG_WORKSPACE"])


def _options(lines: str) -> Iterator[str]:
    for line in lines.split("\n")[:-1]:
        flag, blank, value = line.partition(" ")
        yield f"{flag}={value}" if blank else flag


def _line(words: "tuple[str, ...] | list[str]") -> str:
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    """A word for a shell, whose macros stand in double quotes: in single ones they are no words of their own."""
    if not is_expanded(word):
        return shlex.quote(word)
    return '"' + re.sub(r'(["\\`]|\$(?!\())', r"\\\1", word) + '"'
