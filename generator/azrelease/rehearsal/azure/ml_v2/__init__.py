"""The commands of Azure Machine Learning v2, with the refusals of the service."""

from azrelease.rehearsal.azure.ml_v2 import batch, models, online
from azrelease.rehearsal.azure.ml_v2.workspace import V2Workspace, referred_files

COMMANDS = {**online.COMMANDS, **models.COMMANDS, **batch.COMMANDS}
"""The function of each command, by its name without `az`."""

__all__ = ["COMMANDS", "V2Workspace", "referred_files"]
