"""UsePythonVersion@0: a Python of this machine, in a virtual environment."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from azrelease.rehearsal.outcome import Remark, Result
from azrelease.rehearsal.steps.step_run import StepResult, StepRun

_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")


def use_python_version(run: StepRun) -> StepResult:
    """Use the Python of the requested version, or another one with a remark.

    Its virtual environment is in the sandbox: the pipeline must not install into the environment of the machine.
    """
    requested = run.input("versionspec", default="3.x")
    program, version = _python(requested, run.environment["PATH"])
    remarks: tuple[Remark, ...] = ()
    if version is None:
        program, version = sys.executable, f"{sys.version_info.major}.{sys.version_info.minor}"
        text = f"Python {requested} is not installed: the rehearsal uses Python {version}"
        remarks = (run.remark("info", text),)
        run.log(text)
    folder = run.sandbox.tools / f"python-{version}"
    if not folder.exists():
        venv = subprocess.run(  # noqa: S603  (the Python that was found)
            [program, "-m", "venv", str(folder)], capture_output=True, text=True, check=False, env=dict(run.environment)
        )
        if venv.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            return run.fail(f"cannot create an environment for Python {version}: {venv.stderr.strip()}")
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    run.log(f"Python {version}: {programs}")
    return StepResult(Result.SUCCEEDED, remarks, variables={"pythonLocation": str(folder)}, path=(str(programs),))


def _python(requested: str, path: str) -> tuple[str, str | None]:
    """A Python that fits `3.12`, `3.x` or `>=3.10`, and its version; no version without one."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    parts = _VERSION.search(requested)
    version = f"{parts[1]}.{parts[2]}" if parts is not None and parts[2] is not None else own
    if version == own or requested.lstrip().startswith((">", "<", "!")):
        return sys.executable, own
    program = shutil.which(f"python{version}", path=path) or _of_pyenv(version)
    return (program, version) if program and _runs(program) else ("", None)


def _of_pyenv(version: str) -> str | None:
    programs = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    return str(programs[-1]) if programs else None


def _runs(program: str) -> bool:
    """Whether a Python runs: the shim of a version manager may name one that is not installed."""
    process = subprocess.run([program, "-c", "import venv"], capture_output=True, check=False)  # noqa: S603  (found above)
    return process.returncode == 0
