"""AZR611: releases that remove a control of what they extend."""

from azrelease.lint.rule import Code, Diagnostic, Findings, LintedRelease, Rule, Severity

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


def check_release(file: LintedRelease) -> Findings:
    """Keys with `null` that remove a control from a file that the release extends."""
    for path, name, span in file.document.removed_keys:
        if name in _CONTROLS:
            message = f"this removes the `{name}` of what the release extends"
            yield Diagnostic(RULE.code, message, path, span, "Remove the line, unless the control is not needed here.")


RULE = Rule(
    code=Code("AZR611", "removed-control", Severity.WARNING),
    summary="a release removes a control of what it extends",
    why=(
        "A file that several releases extend says what all of them keep: approvals, checks, locks. `null` in a release removes such a control "
        "there, and a reviewer of the shared file does not see it."
    ),
    wrong=_RELEASE.format("  approval: null\n"),
    right=_RELEASE.format("  approval: {minimum: 1}\n"),
    file="release.yml",
    beside=(("base.yml", _BASE),),
    check_release=check_release,
)
