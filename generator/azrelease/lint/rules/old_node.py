"""AZR707: tasks that run on a Node.js that is out of support."""

from collections.abc import Iterator

from azrelease.diagnostics import OLD_NODE, Diagnostic
from azrelease.lint.rule import Rule
from azrelease.lint.subject import Subject

_OLD = frozenset(("Node", "Node10", "Node16"))


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Tasks without a handler for Node 20 or newer. Those of the marketplace are known from `azrelease catalog sync`."""
    for found in subject.known_tasks:
        handlers = [handler for handler in found.definition.handlers if handler.startswith("Node")]
        if handlers and len(handlers) == len(found.definition.handlers) and set(handlers) <= _OLD:
            newest = max(handlers, key=lambda handler: int(handler.removeprefix("Node") or 6))
            version = newest.removeprefix("Node") or "6"
            message = f"{found.definition.reference} runs on Node {version}, which is out of support"
            hint = "Look for a newer version of the task; agents without that runner fail it."
            yield subject.file.finding(OLD_NODE, message, found.node, hint)


RULE = Rule(
    OLD_NODE,
    "a task runs on a Node.js that is out of support",
    "Agents are shipped without the runners of Node 6, 10 and 16 in time; a task that has no other fails on them "
    "(learn.microsoft.com/azure/devops/pipelines/agents/v3-agent).",
    "steps:\n- task: NuGetAuthenticate@0\n",
    "steps:\n- task: NuGetAuthenticate@1\n",
    check,
)
