"""Steps that a rehearsal does in its own way: downloads, people who agree, and what it cannot do at all."""

from azrelease.rehearsal.outcome import Remark, Result
from azrelease.rehearsal.steps.step_run import Performed, StepRun


def download(run: StepRun) -> Performed:
    """A download: the artifact was laid out when the rehearsal began."""
    where = ", ".join(run.shown(folder) for folder in run.sources) or "nothing"
    run.say(f"laid out: {where}")
    return Performed(Result.SUCCEEDED)


def checkout(run: StepRun) -> Performed:
    """A checkout: releases have none; `none` says so."""
    if run.input("checkout").casefold() != "none":
        text = "the repository is not checked out in a rehearsal"
        return Performed(Result.LEFT_OUT, (Remark("warning", text, run.step.title),))
    return Performed(Result.SUCCEEDED)


def manual_validation(run: StepRun) -> Performed:
    """ManualValidation: somebody has to agree."""
    people = ", ".join(run.input("approvers", "notifyusers").split("\n")).strip(", ") or "somebody"
    if run.confirm(f"{people} has to agree", run.input("instructions")):
        run.say("agreed to")
        return Performed(Result.SUCCEEDED)
    return run.wrong("nobody agreed; `--approve` agrees to everything")


def left_out(run: StepRun) -> Performed:
    """A task that cannot run here."""
    text = f"`{run.step.task}` is not rehearsed: it was left out"
    run.say(text)
    return Performed(Result.LEFT_OUT, (Remark("warning", text, run.step.title),))
