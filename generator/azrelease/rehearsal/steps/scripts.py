"""Scripts: Bash, CmdLine, AzureCLI, PowerShell and PythonScript.

Sources: the task definitions in microsoft/azure-pipelines-tasks (BashV3, CmdLineV2, AzureCLIV2, PowerShellV2,
PythonScriptV0) for inputs and their defaults.
"""

import shlex
import shutil
from pathlib import Path

from azrelease.rehearsal.outcome import Remark, Result
from azrelease.rehearsal.steps.step_run import Performed, StepRun


def bash(run: StepRun) -> Performed:
    """Bash@3."""
    if run.input("targettype", default="filePath").casefold() == "inline":
        return _bash(run, run.script_file(run.input("script"), ".sh"), fails_on_errors=run.flag("failonstderr"))
    return _bash(run, run.path(run.input("filepath")), fails_on_errors=run.flag("failonstderr"))


def command_line(run: StepRun) -> Performed:
    """CmdLine@2: on Linux and macOS, bash."""
    return _bash(run, run.script_file(run.input("script"), ".sh"), fails_on_errors=run.flag("failonstderr"))


def azure_cli(run: StepRun) -> Performed:
    """AzureCLI@2, whose `az` is the stand-in."""
    kind = run.input("scripttype").casefold()
    inline = run.input("scriptlocation", default="scriptPath").casefold() == "inlinescript"
    text, given = run.input("inlinescript"), run.path(run.input("scriptpath"))
    if not run.input("azuresubscription", "connectedservicenamearm"):
        return run.wrong("`azureSubscription` is missing: the service connection that `az` signs in with")
    on_errors = run.flag("failonstandarderror")
    if kind in ("pscore", "ps"):
        return _powershell(run, text if inline else given, fails_on_errors=on_errors, prefix="powershell")
    return _bash(run, run.script_file(text, ".sh") if inline else given, fails_on_errors=on_errors)


def powershell(run: StepRun) -> Performed:
    """PowerShell@2."""
    inline = run.input("targettype", default="filePath").casefold() == "inline"
    script = run.input("script") if inline else run.path(run.input("filepath"))
    return _powershell(run, script, fails_on_errors=run.flag("failonstderr"))


def python_script(run: StepRun) -> Performed:
    """PythonScript@0."""
    inline = run.input("scriptsource", default="filePath").casefold() == "inline"
    script = run.script_file(run.input("script"), ".py") if inline else run.path(run.input("scriptpath"))
    if not script.is_file():
        return run.wrong(f"the script {run.shown(script)} is not there")
    program = run.input("pythoninterpreter", default="python")
    found = shutil.which(program, path=run.environment["PATH"]) or run.python
    return run.run([found, str(script), *_arguments(run)], fails_on_errors=run.flag("failonstderr"))


def _bash(run: StepRun, script: Path, *, fails_on_errors: bool) -> Performed:
    if not script.is_file():
        return run.wrong(f"the script {run.shown(script)} is not there")
    program = shutil.which("bash", path=run.environment["PATH"])
    if program is None:
        return run.wrong("bash is not installed")
    command = [program, "--noprofile", "--norc", str(script), *_arguments(run)]
    return run.run(command, fails_on_errors=fails_on_errors)


def _powershell(run: StepRun, script: str | Path, *, fails_on_errors: bool, prefix: str = "") -> Performed:
    """A script of PowerShell, a text or a file: it ends at the first error, and with the code of its last program.

    Args:
        run: the step.
        script: the text, or the file.
        fails_on_errors: whether the step fails when something comes from standard error.
        prefix: what stands in front of the names of the inputs that say how it ends.
    """
    program = shutil.which("pwsh", path=run.environment["PATH"])
    if program is None:
        text = "PowerShell (pwsh) is not installed here: the step was left out"
        run.say(text)
        return Performed(Result.LEFT_OUT, (Remark("warning", text, run.step.title),))
    if isinstance(script, Path):
        if not script.is_file():
            return run.wrong(f"the script {run.shown(script)} is not there")
        quoted = str(script).replace("'", "''")
        script = f". '{quoted}' {run.input('arguments', 'scriptarguments')}"
    lines = [f"$ErrorActionPreference = '{run.input(f'{prefix}erroractionpreference', default='stop')}'", script]
    if not run.flag(f"{prefix}ignorelastexitcode"):
        lines.append("if (Test-Path variable:LASTEXITCODE) { exit $LASTEXITCODE }")
    wrapper = run.script_file("\n".join(lines) + "\n", ".ps1")
    command = [program, "-NoLogo", "-NoProfile", "-NonInteractive", "-File", str(wrapper)]
    return run.run(command, fails_on_errors=fails_on_errors)


def _arguments(run: StepRun) -> list[str]:
    try:
        return shlex.split(run.input("arguments", "scriptarguments"))
    except ValueError:
        return [run.input("arguments", "scriptarguments")]
