"""Tables of facts about Azure Pipelines and Azure ML, behind typed functions. Each table is read on first use."""

from azrelease.catalog.tasks import BUILT_IN, InputDefinition, TaskDefinition, Tasks

__all__ = ["BUILT_IN", "InputDefinition", "TaskDefinition", "Tasks"]
