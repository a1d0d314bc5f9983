"""Which function performs which task."""

from collections.abc import Mapping

from azrelease.rehearsal.steps import others, python_version, scripts, test_results
from azrelease.rehearsal.steps.step_run import Performer

_PERFORMERS: Mapping[str, Performer] = {
    "azurecli": scripts.azure_cli,
    "bash": scripts.bash,
    "checkout": others.checkout,
    "cmdline": scripts.command_line,
    "download": others.download,
    "downloadpipelineartifact": others.download,
    "downloadbuildartifacts": others.download,
    "manualvalidation": others.manual_validation,
    "powershell": scripts.powershell,
    "publishtestresults": test_results.publish_test_results,
    "pythonscript": scripts.python_script,
    "usepythonversion": python_version.use_python_version,
}


def performer(task: str) -> Performer:
    """What performs a task, by `name@major`; a task that nothing here can do is left out."""
    return _PERFORMERS.get(task.partition("@")[0].casefold(), others.left_out)
