"""AZR707: tasks that run on a Node.js that is out of support."""

from collections.abc import Iterator
from datetime import date

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule

_OLD = frozenset(("Node", "Node10", "Node16"))

RUNNERS_REMOVED = date(2026, 11, 24)
"""The day that the runners of Node 6, 10 and 16 left the agent (release notes of sprint 279)."""


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Tasks without a handler for Node 20 or newer. Those of the marketplace are known from `azrelease catalog sync`."""
    for found in file.known_tasks:
        handlers = [handler for handler in found.definition.handlers if handler.startswith("Node")]
        if handlers and len(handlers) == len(found.definition.handlers) and set(handlers) <= _OLD:
            newest = max(handlers, key=lambda handler: int(handler.removeprefix("Node") or 6))
            version = newest.removeprefix("Node") or "6"
            gone = file.context.today >= RUNNERS_REMOVED
            when = f"left the agent on {RUNNERS_REMOVED}" if gone else f"leaves the agent on {RUNNERS_REMOVED}"
            message = f"{found.definition.reference} runs on Node {version}, whose runner {when}"
            hint = "Look for a newer version of the task; agents without that runner fail it."
            level = Severity.WARNING if gone else Severity.INFO
            yield file.finding(RULE.code, message, found.node, hint, level=level)


RULE = Rule(
    code=Code("AZR707", "old-node", Severity.INFO),
    summary="a task runs on a Node.js that is out of support",
    why=(
        "Agents come without the runners of Node 6, 10 and 16 since 2026-11-24; a task that has no other fails on them. Agents of your own "
        "have them until they are updated "
        "(learn.microsoft.com/azure/devops/pipelines/agents/v3-agent)."
    ),
    wrong="steps:\n- task: NuGetAuthenticate@0\n",
    right="steps:\n- task: NuGetAuthenticate@1\n",
    check=check,
)
