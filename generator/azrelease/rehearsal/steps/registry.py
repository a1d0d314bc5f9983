"""The functions that perform tasks, by task; those of short tasks are here."""

from collections.abc import Mapping

from azrelease.rehearsal.outcome import Result
from azrelease.rehearsal.steps import downloads, python_version, scripts, test_results
from azrelease.rehearsal.steps.step_run import PerformStep, StepResult, StepRun


def perform_step(run: StepRun) -> StepResult:
    """Perform a step; leave it out when its task is unknown."""
    return _TASKS.get(run.step.task.partition("@")[0].casefold(), _left_out)(run)


def _checkout(run: StepRun) -> StepResult:
    if run.input("repository").casefold() == "none":
        return StepResult(Result.SUCCEEDED)
    return StepResult(Result.LEFT_OUT, (run.remark("warning", "a rehearsal does not check out the repository"),))


def _manual_validation(run: StepRun) -> StepResult:
    approvers = ", ".join(run.input("approvers", "notifyusers").split("\n")).strip(", ") or "a user"
    if run.machine.ask(f"{approvers} must approve", run.input("instructions")):
        run.log("approved")
        return StepResult(Result.SUCCEEDED)
    return run.fail("not approved; pass --approve to approve everything")


def _left_out(run: StepRun) -> StepResult:
    text = f"`{run.step.task}` cannot be rehearsed: it was left out"
    run.log(text)
    return StepResult(Result.LEFT_OUT, (run.remark("warning", text),))


_TASKS: Mapping[str, PerformStep] = {
    "azurecli": scripts.azure_cli,
    "bash": scripts.bash,
    "checkout": _checkout,
    "cmdline": scripts.command_line,
    "download": downloads.download,
    "downloadpipelineartifact": downloads.download,
    "downloadbuildartifacts": downloads.download,
    "manualvalidation": _manual_validation,
    "powershell": scripts.powershell,
    "publishtestresults": test_results.publish_test_results,
    "pythonscript": scripts.python_script,
    "usepythonversion": python_version.use_python_version,
}
