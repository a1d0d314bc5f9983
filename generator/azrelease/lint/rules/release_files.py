"""What only release files can have wrong. Loading them finds these; `azrelease migrate` finds the last ones."""

from azrelease import diagnostics as codes
from azrelease.lint.rule import Rule

_RELEASE = """\
name: churn
artifact: {pipeline: churn-training, name: model}
stages:
- name: staging
  tasks:
"""

UNQUOTED_NUMBER = Rule(
    codes.UNQUOTED_NUMBER,
    "a version without quotes",
    "YAML reads 3.10 as the number 3.1.",
    _RELEASE + "  - {task: UsePythonVersion, version: 3.10}\n",
    _RELEASE + '  - {task: UsePythonVersion, version: "3.10"}\n',
    file="release.yml",
)

UNKNOWN_TASK = Rule(
    codes.UNKNOWN_TASK,
    "a task that a release does not have",
    "A release has its own tasks, and any task of Azure Pipelines as `name@major`.",
    _RELEASE + "  - {task: Bsah, script: echo one}\n",
    _RELEASE + "  - {task: Bash, script: echo one}\n",
    file="release.yml",
)

SDK_V1 = Rule(
    codes.SDK_V1,
    "a scoring script uses the SDK v1",
    "The images of Azure ML v2 do not have it, and it has been out of support since 2026-06-30 "
    "(learn.microsoft.com/azure/machine-learning/how-to-migrate-from-v1). `azrelease migrate` names each use.",
    "",
    "",
)

NO_COUNTERPART = Rule(
    codes.NO_COUNTERPART,
    "something of Azure ML v1 that v2 does not have",
    "`azrelease migrate` leaves it out and says so; what it did has to be done another way.",
    "",
    "",
)

CHANGED = Rule(
    codes.CHANGED,
    "something of Azure ML v1 that is done another way in v2",
    "`azrelease migrate` writes what does the same, or nearly; the message says what is different.",
    "",
    "",
)

RULES = (UNQUOTED_NUMBER, UNKNOWN_TASK, SDK_V1, NO_COUNTERPART, CHANGED)
