"""AZR611: releases that take out a control of what they extend."""

from azrelease.diagnostics import REMOVED_CONTROL
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

RULE = Rule(
    REMOVED_CONTROL,
    "a release takes out a control of what it extends",
    "What several releases share holds what they all have to keep: who approves, what is checked, what is locked. `null` in one of them takes it "
    "out of this one, which a reviewer of the shared file never sees.",
    _RELEASE.format("  approval: null\n"),
    _RELEASE.format("  approval: {minimum: 1}\n"),
    file="release.yml",
    beside=(("base.yml", _BASE),),
)
