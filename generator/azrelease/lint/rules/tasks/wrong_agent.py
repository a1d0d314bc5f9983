"""AZR406: tasks in jobs that cannot run them."""

from azrelease.diagnostics import WRONG_AGENT
from azrelease.lint.facts.pools import is_server
from azrelease.lint.rule import Findings, LintedFile, Rule
from azrelease.syntax import SCRIPT_ACTIONS


def check(file: LintedFile) -> Findings:
    """Server tasks in jobs with an agent, agent tasks and scripts in jobs without one."""
    root = file.root
    for task in file.known_tasks:
        on_server = is_server(task.step, root)
        if on_server is None or not task.definition.runs_on:
            continue
        if on_server and "Server" not in task.definition.runs_on:
            message = f"{task.definition.reference} needs an agent, but this job runs on the server"
            yield file.finding(RULE.code, message, task.node, "Move it to a job with another `pool`.")
        elif not on_server and not task.definition.runs_on_agent:
            message = f"{task.definition.reference} runs on the server only, but this job has an agent"
            yield file.finding(RULE.code, message, task.node, "Move it to a job with `pool: server`.")
    for step in file.outline.steps:
        if step.action in SCRIPT_ACTIONS and is_server(step, root):
            yield file.finding(RULE.code, "a script needs an agent, but this job runs on the server", step.head)


RULE = Rule(
    code=WRONG_AGENT,
    summary="a task in a job that cannot run it",
    why="A job with `pool: server` runs only server tasks, and these run only there.",
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
