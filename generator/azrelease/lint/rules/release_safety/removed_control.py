"""AZR611: releases that take out a control of what they extend."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.linted_release import LintedRelease
from azrelease.lint.rule import Rule

_BASE = """\
artifact: {pipeline: training, name: model}
workspace: {resource_group: rg, name: ws, service_connection: azure}
stages:
- name: staging
  endpoint: churn-staging
  target: managed
  lock: sequential
  approval: {approvers: [jane@example.com]}
"""

_RELEASE = """\
extends: base.yml
name: churn
stages:
- name: staging
{}"""


_CONTROLS = frozenset(
    ("approval", "approval_after", "approvers", "gates", "gates_after", "checks", "lock", "minimum", "secrets")
)


def check_release(file: LintedRelease) -> Iterator[Diagnostic]:
    """Keys with `null` that remove a control from a file that the release extends."""
    for path, name, span in file.document.removed_keys:
        if name in _CONTROLS:
            message = f"this takes out the `{name}` of what the release extends"
            yield Diagnostic(RULE.code, message, path, span, "Remove the line, unless nobody is to be asked.")


RULE = Rule(
    code=Code("AZR611", "removed-control", Severity.WARNING),
    summary="a release takes out a control of what it extends",
    why=(
        "What several releases share holds what they all have to keep: who approves, what is checked, what is locked. `null` in one of them takes it "
        "out of this one, which a reviewer of the shared file never sees."
    ),
    wrong=_RELEASE.format("  approval: null\n"),
    right=_RELEASE.format("  approval: {minimum: 1}\n"),
    file="release.yml",
    beside=(("base.yml", _BASE),),
    check_release=check_release,
)
