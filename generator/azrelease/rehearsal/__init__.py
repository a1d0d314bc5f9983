"""Rehearsals: stages of a pipeline run on this machine, with the model served on a loopback port."""

from azrelease.rehearsal.machine import Watcher
from azrelease.rehearsal.outcome import (
    EndpointRequest,
    JobOutcome,
    Outcome,
    Remark,
    Result,
    StageOutcome,
    StepOutcome,
    TestCase,
)
from azrelease.rehearsal.pipeline import RehearsedPipeline
from azrelease.rehearsal.pipeline_reader import read_pipeline
from azrelease.rehearsal.predefined_variables import before_run
from azrelease.rehearsal.rehearse import rehearse
from azrelease.rehearsal.request import USUAL_PATIENCE, RehearsalRequest

__all__ = [
    "USUAL_PATIENCE",
    "EndpointRequest",
    "JobOutcome",
    "Outcome",
    "RehearsalRequest",
    "RehearsedPipeline",
    "Remark",
    "Result",
    "StageOutcome",
    "StepOutcome",
    "TestCase",
    "Watcher",
    "before_run",
    "read_pipeline",
    "rehearse",
]
