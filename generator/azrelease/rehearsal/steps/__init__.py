"""What a rehearsal does in place of each task: one file for each kind."""

from azrelease.rehearsal.steps.registry import performer
from azrelease.rehearsal.steps.step_run import Performed, Performer, StepRun

__all__ = ["Performed", "Performer", "StepRun", "performer"]
