"""A rehearsal: a stage of a pipeline runs on this machine, with the model served on a loopback port."""

from azrelease.rehearsal.agent import Watcher
from azrelease.rehearsal.outcome import Asked, JobOutcome, Outcome, Remark, Result, StageOutcome, StepOutcome, TestCase
from azrelease.rehearsal.pipeline import Pipeline, read_pipeline
from azrelease.rehearsal.rehearse import USUAL_PATIENCE, Wanted, rehearse

__all__ = [
    "USUAL_PATIENCE",
    "Asked",
    "JobOutcome",
    "Outcome",
    "Pipeline",
    "Remark",
    "Result",
    "StageOutcome",
    "StepOutcome",
    "TestCase",
    "Wanted",
    "Watcher",
    "read_pipeline",
    "rehearse",
]
