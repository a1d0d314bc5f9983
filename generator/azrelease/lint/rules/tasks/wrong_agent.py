"""AZR406: tasks in jobs that cannot run them."""

from collections.abc import Iterator

from azrelease.diagnostics import WRONG_AGENT, Diagnostic
from azrelease.lint.facts.pools import is_server
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax import SCRIPT_ACTIONS


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Tasks of the server on an agent, and the reverse; scripts on the server."""
    root = file.root
    for found in file.known_tasks:
        on_server = is_server(found.step, root)
        if on_server is None or not found.definition.runs_on:
            continue
        if on_server and "Server" not in found.definition.runs_on:
            message = f"{found.definition.reference} needs an agent, but this job runs on the server"
            yield file.finding(RULE.code, message, found.node, "Move it to a job with another `pool`.")
        elif not on_server and not found.definition.runs_on_agent:
            message = f"{found.definition.reference} runs on the server only, but this job has an agent"
            yield file.finding(RULE.code, message, found.node, "Move it to a job with `pool: server`.")
    for step in file.outline.steps:
        if step.action in SCRIPT_ACTIONS and is_server(step, root):
            yield file.finding(RULE.code, "a script needs an agent, but this job runs on the server", step.head)


RULE = Rule(
    code=WRONG_AGENT,
    summary="a task stands in a job that cannot run it",
    why="A job with `pool: server` runs server tasks only, and these run nowhere else.",
    wrong=(
        "jobs:\n- job: wait\n  pool:\n    vmImage: ubuntu-24.04\n  steps:\n  - task: ManualValidation@1\n    inputs:\n"
        "      notifyUsers: team@example.com\n"
    ),
    right=(
        "jobs:\n- job: wait\n  pool: server\n  steps:\n  - task: ManualValidation@1\n    inputs:\n"
        "      notifyUsers: team@example.com\n"
    ),
    check=check,
)
