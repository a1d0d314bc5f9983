"""What a rehearsal does in place of each task: one file for each kind."""

from azrelease.rehearsal.steps.others import wanted_download
from azrelease.rehearsal.steps.registry import performer
from azrelease.rehearsal.steps.step_run import Download, Limit, Performed, Performer, StepRun

__all__ = ["Download", "Limit", "Performed", "Performer", "StepRun", "performer", "wanted_download"]
