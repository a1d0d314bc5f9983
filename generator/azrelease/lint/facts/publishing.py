"""Steps and commands that change something outside of the run: registries, feeds, clusters, clouds, repositories."""

import re
from collections.abc import Iterator

from azrelease.lint.facts.script_patterns import matches
from azrelease.lint.facts.scripts import Script
from azrelease.syntax import StepOutline
from azrelease.syntax.embedded import is_computed

_TASKS = {
    "docker": ("command", ("push", "buildandpush", "push an image", "push images"), "buildandpush"),
    "nugetcommand": ("command", ("push",), "restore"),
    "npm": ("command", ("publish",), "install"),
    "dotnetcorecli": ("command", ("push",), ""),
    "universalpackages": ("command", ("publish",), "download"),
    "githubrelease": ("action", ("create", "edit", "delete"), "create"),
}
"""The tasks that publish: the input that says so, the values with which they do, and its default."""

_COMMANDS = re.compile(
    r"(?:^|[;&|({]|\b(?:sudo|then|do|else)[ \t])[ \t]*(?P<command>"
    r"(?:docker|podman|buildah)[ \t]+(?:image[ \t]+)?push|docker[ \t]+buildx[ \t]+build\b(?=[^\n;|&]*[ \t]--push\b)"
    r"|(?:npm|pnpm|yarn(?:[ \t]+npm)?|cargo)[ \t]+publish|gem[ \t]+push|(?:python3?[ \t]+-m[ \t]+)?twine[ \t]+upload"
    r"|dotnet[ \t]+nuget[ \t]+push|nuget(?:\.exe)?[ \t]+push|gh[ \t]+release[ \t]+create|git[ \t]+push"
    r"|kubectl[ \t]+(?:apply|replace|set[ \t]+image)|helm[ \t]+(?:upgrade|push)"
    r"|terraform[ \t]+(?:apply|destroy)|pulumi[ \t]+up"
    r"|az[ \t]+(?:deployment[ \t]+(?:group|sub|mg|tenant)[ \t]+create|containerapp[ \t]+(?:up|update)|acr[ \t]+build"
    r"|(?:webapp|functionapp)[ \t]+deploy(?:ment[ \t]+source[ \t]+config-zip)?"
    r"|ml[ \t]+(?:model[ \t]+deploy|online-deployment[ \t]+(?:create|update))))(?![\w-])(?P<rest>(?:\\\n|[^\n;|&])*)",
    re.MULTILINE,
)
_HARMLESS = re.compile(r"--dry-?run|localhost|127\.0\.0\.1|--no-push|--client|--help|-whatif", re.IGNORECASE)
_TRIES_OUT = re.compile(
    r"\b(?:minikube|k3d|k3s|microk8s|verdaccio|localstack)\b|\bkind[ \t]+create\b|localhost:(?:4873|5000)"
)
_ASKS = re.compile(r"BUILD_REASON|Build\.Reason|SOURCEBRANCH|SourceBranch|PULLREQUEST|PullRequest|\bif\b|\bcase\b")
"""A script with such a word may decide by itself when it publishes."""


def publishing_task(step: StepOutline) -> str | None:
    """What a step with a known task publishes with, in words of a message; None for others."""
    if step.task_name not in _TASKS:
        return None
    name, publishing, default = _TASKS[step.task_name]
    given = step.input(name) or (default if step.task_name != "docker" or step.task.endswith("@2") else "")
    return None if is_computed(given) or given.casefold() not in publishing else f"{step.task} ({given})"


def publishing_commands(script: Script) -> Iterator[tuple[str, int, int]]:
    """The commands of a script that publish or deploy, with their places; none where the script decides that itself."""
    text = script.text
    if script.language == "python" or _ASKS.search(text) or _TRIES_OUT.search(text):
        return
    for match in matches(script, _COMMANDS):
        if not _HARMLESS.search(match["rest"]):
            yield " ".join(match["command"].split()), match.start("command"), match.end("command")


def tries_out(text: str) -> bool:
    """Whether a file uses a cluster or registry on the agent itself, which takes what it publishes."""
    return _TRIES_OUT.search(text) is not None
