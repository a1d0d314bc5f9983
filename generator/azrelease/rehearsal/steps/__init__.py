"""What a rehearsal does in place of each task: one file for each kind."""

from azrelease.rehearsal.steps.others import wanted_download
from azrelease.rehearsal.steps.registry import performer
from azrelease.rehearsal.steps.step_run import Limit, Performed, Performer, StepDownload, StepRun

__all__ = ["Limit", "Performed", "Performer", "StepDownload", "StepRun", "performer", "wanted_download"]
