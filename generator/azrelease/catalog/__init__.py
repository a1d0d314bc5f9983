"""The fact tables behind typed look-ups. Each table is read once, when it is first asked."""

from azrelease.catalog.tasks import InputDefinition, TaskDefinition, majors, task

__all__ = ["InputDefinition", "TaskDefinition", "majors", "task"]
