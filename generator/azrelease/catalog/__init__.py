"""The fact tables behind typed look-ups. Each table is read once, when it is first asked.

Tasks are looked up here; `azure_ml_cli` is a module of its own, since most runs never ask it.
"""

from azrelease.catalog.tasks import BUILT_IN, InputDefinition, TaskDefinition, Tasks, majors, task

__all__ = ["BUILT_IN", "InputDefinition", "TaskDefinition", "Tasks", "majors", "task"]
