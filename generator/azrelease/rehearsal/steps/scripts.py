"""Scripts: Bash, CmdLine, AzureCLI, PowerShell and PythonScript.

Sources: the task definitions in microsoft/azure-pipelines-tasks (BashV3, CmdLineV2, AzureCLIV2, PowerShellV2,
PythonScriptV0) for inputs and their defaults.
"""

import shlex
import shutil
from pathlib import Path

from azrelease.rehearsal.outcome import Result
from azrelease.rehearsal.steps.step_run import StepResult, StepRun


def bash(run: StepRun) -> StepResult:
    """Bash@3."""
    if run.input("targettype", default="filePath").casefold() == "inline":
        return _bash(run, run.script_file(run.input("script"), ".sh"), fails_on_errors=run.flag("failonstderr"))
    return _bash(run, run.path(run.input("filepath")), fails_on_errors=run.flag("failonstderr"))


def command_line(run: StepRun) -> StepResult:
    """CmdLine@2: on Linux and macOS, bash."""
    return _bash(run, run.script_file(run.input("script"), ".sh"), fails_on_errors=run.flag("failonstderr"))


def azure_cli(run: StepRun) -> StepResult:
    """AzureCLI@2, whose `az` is simulated."""
    kind = run.input("scripttype").casefold()
    inline = run.input("scriptlocation", default="scriptPath").casefold() == "inlinescript"
    text, file = run.input("inlinescript"), run.path(run.input("scriptpath"))
    if not run.input("azuresubscription", "connectedservicenamearm"):
        return run.fail("`azureSubscription` is missing: name the service connection that `az` signs in with")
    on_errors = run.flag("failonstandarderror")
    if kind in ("pscore", "ps"):
        return _powershell(run, text if inline else file, fails_on_errors=on_errors, prefix="powershell")
    return _bash(run, run.script_file(text, ".sh") if inline else file, fails_on_errors=on_errors)


def powershell(run: StepRun) -> StepResult:
    """PowerShell@2."""
    inline = run.input("targettype", default="filePath").casefold() == "inline"
    script = run.input("script") if inline else run.path(run.input("filepath"))
    return _powershell(run, script, fails_on_errors=run.flag("failonstderr"))


def python_script(run: StepRun) -> StepResult:
    """PythonScript@0."""
    inline = run.input("scriptsource", default="filePath").casefold() == "inline"
    script = run.script_file(run.input("script"), ".py") if inline else run.path(run.input("scriptpath"))
    if not script.is_file():
        return _missing(run, script)
    program = run.input("pythoninterpreter", default="python")
    found = shutil.which(program, path=run.environment["PATH"]) or run.machine.python
    return run.run([found, str(script), *_arguments(run)], fails_on_errors=run.flag("failonstderr"))


def _bash(run: StepRun, script: Path, *, fails_on_errors: bool) -> StepResult:
    if not script.is_file():
        return _missing(run, script)
    program = shutil.which("bash", path=run.environment["PATH"])
    if program is None:
        return run.fail("bash is not installed")
    command = [program, "--noprofile", "--norc", str(script), *_arguments(run)]
    return run.run(command, fails_on_errors=fails_on_errors)


def _powershell(run: StepRun, script: str | Path, *, fails_on_errors: bool, prefix: str = "") -> StepResult:
    """Run a script of PowerShell: it ends at the first error, and with the code of its last program.

    The inputs that control how it ends have a prefix in other tasks.
    """
    program = shutil.which("pwsh", path=run.environment["PATH"])
    if program is None:
        text = "PowerShell (pwsh) is not installed: the step was left out"
        run.log(text)
        return StepResult(Result.LEFT_OUT, (run.remark("warning", text),))
    if isinstance(script, Path):
        if not script.is_file():
            return _missing(run, script)
        quoted = str(script).replace("'", "''")
        script = f". '{quoted}' {run.input('arguments', 'scriptarguments')}"
    lines = [f"$ErrorActionPreference = '{run.input(f'{prefix}erroractionpreference', default='stop')}'", script]
    if not run.flag(f"{prefix}ignorelastexitcode"):
        lines.append("if (Test-Path variable:LASTEXITCODE) { exit $LASTEXITCODE }")
    wrapper = run.script_file("\n".join(lines) + "\n", ".ps1")
    command = [program, "-NoLogo", "-NoProfile", "-NonInteractive", "-File", str(wrapper)]
    return run.run(command, fails_on_errors=fails_on_errors)


def _missing(run: StepRun, script: Path) -> StepResult:
    return run.fail(f"the script {run.display_path(script)} does not exist")


def _arguments(run: StepRun) -> list[str]:
    try:
        return shlex.split(run.input("arguments", "scriptarguments"))
    except ValueError:
        return [run.input("arguments", "scriptarguments")]
