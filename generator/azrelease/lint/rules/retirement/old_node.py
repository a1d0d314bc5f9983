"""AZR707: tasks that run on a Node.js that is out of support."""

from datetime import date

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_OLD = frozenset(("Node", "Node10", "Node16"))

RUNNERS_REMOVED = date(2026, 11, 24)
"""The day on which the agent lost the runners of Node 6, 10 and 16 (release notes of sprint 279)."""


def check(file: LintedFile) -> Findings:
    """Tasks without a handler for Node 20 or newer; those of the marketplace after `azrelease catalog sync`."""
    for task in file.known_tasks:
        handlers = [handler for handler in task.definition.handlers if handler.startswith("Node")]
        if handlers and len(handlers) == len(task.definition.handlers) and set(handlers) <= _OLD:
            newest = max(handlers, key=lambda handler: int(handler.removeprefix("Node") or 6))
            version = newest.removeprefix("Node") or "6"
            gone = file.context.today >= RUNNERS_REMOVED
            when = f"left the agent on {RUNNERS_REMOVED}" if gone else f"leaves the agent on {RUNNERS_REMOVED}"
            message = f"{task.definition.reference} runs on Node {version}, whose runner {when}"
            hint = "Use a newer version of the task: it fails on agents without that runner."
            level = Severity.WARNING if gone else Severity.INFO
            yield file.finding(RULE.code, message, task.node, hint, level=level)


RULE = Rule(
    code=Code("AZR707", "old-node", Severity.INFO),
    summary="a task runs on a Node.js that is out of support",
    why=(
        "Since 2026-11-24 agents come without the runners of Node 6, 10 and 16; a task that needs one of these fails. Your own agents "
        "have them until their update "
        "(learn.microsoft.com/azure/devops/pipelines/agents/v3-agent)."
    ),
    wrong="steps:\n- task: NuGetAuthenticate@0\n",
    right="steps:\n- task: NuGetAuthenticate@1\n",
    check=check,
)
