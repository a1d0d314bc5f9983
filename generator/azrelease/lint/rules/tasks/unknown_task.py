"""AZR401: tasks that releases do not have. Loading a release finds these."""

from azrelease.diagnostics import UNKNOWN_TASK
from azrelease.lint.rule import Rule

_RELEASE = """\
name: churn
artifact: {{pipeline: churn-training, name: model}}
stages:
- name: staging
  tasks:
  - {{task: {}, script: echo one}}
"""

RULE = Rule(
    code=UNKNOWN_TASK,
    summary="a task that a release does not have",
    why="A release has its own tasks, and any task of Azure Pipelines as `name@major`.",
    wrong=_RELEASE.format("Bsah"),
    right=_RELEASE.format("Bash"),
    file="release.yml",
)
