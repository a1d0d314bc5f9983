"""The fact tables behind typed look-ups. Each table is read once, when it is first asked.

Tasks are looked up here; `azure_ml_cli` is a module of its own, since most runs never ask it.
"""

from azrelease.catalog.tasks import InputDefinition, TaskDefinition, majors, task

__all__ = ["InputDefinition", "TaskDefinition", "majors", "task"]
