"""A rehearsal: a stage of a pipeline runs on this machine, with the model served on a loopback port."""

from azrelease.rehearsal.agent import Watcher
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
from azrelease.rehearsal.pipeline import RehearsedPipeline, read_pipeline
from azrelease.rehearsal.rehearse import USUAL_PATIENCE, RehearsalRequest, rehearse

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
    "read_pipeline",
    "rehearse",
]
