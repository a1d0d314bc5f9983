"""What a rehearsal does for each task."""

from azrelease.rehearsal.steps.downloads import requested_download
from azrelease.rehearsal.steps.registry import perform_step
from azrelease.rehearsal.steps.step_run import StepResult, StepRun, TimeLimit

__all__ = ["StepResult", "StepRun", "TimeLimit", "perform_step", "requested_download"]
