"""UsePythonVersion@0: a Python of this machine, in an environment of its own."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from azrelease.rehearsal.outcome import Remark, Result
from azrelease.rehearsal.steps.step_run import Performed, StepRun

_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")


def use_python_version(run: StepRun) -> Performed:
    """Take the Python of the version that is asked for, or else say which one was taken.

    It gets an environment in the sandbox: what the pipeline installs must not end up in that of the machine.
    """
    wanted = run.input("versionspec", default="3.x")
    found, version = _python(wanted, run.environment["PATH"])
    remarks: tuple[Remark, ...] = ()
    if version is None:
        found, version = sys.executable, f"{sys.version_info.major}.{sys.version_info.minor}"
        text = f"Python {wanted} is not installed here: the rehearsal takes Python {version}"
        remarks = (Remark("info", text, run.step.title),)
        run.say(text)
    place = run.sandbox.tools / f"python-{version}"
    if not place.exists():
        made = subprocess.run(  # noqa: S603  (the Python that was found)
            [found, "-m", "venv", str(place)], capture_output=True, text=True, check=False, env=dict(run.environment)
        )
        if made.returncode:
            shutil.rmtree(place, ignore_errors=True)
            return run.wrong(f"no environment for Python {version} could be made: {made.stderr.strip()}")
    programs = place / ("Scripts" if sys.platform == "win32" else "bin")
    run.say(f"Python {version}: {programs}")
    return Performed(Result.SUCCEEDED, remarks, variables={"pythonLocation": str(place)}, path=(str(programs),))


def _python(wanted: str, path: str) -> tuple[str, str | None]:
    """A Python that fits, and its version: `3.12`, `3.x`, `>=3.10`."""
    parts = _VERSION.search(wanted)
    exact = parts is not None and parts[2] is not None and not wanted.lstrip().startswith((">", "<", "!"))
    mine = f"{sys.version_info.major}.{sys.version_info.minor}"
    if not exact or (parts is not None and f"{parts[1]}.{parts[2]}" == mine):
        return sys.executable, mine
    assert parts is not None
    name = f"python{parts[1]}.{parts[2]}"
    found = shutil.which(name, path=path) or _of_pyenv(f"{parts[1]}.{parts[2]}")
    return (found, f"{parts[1]}.{parts[2]}") if found and _works(found) else ("", None)


def _of_pyenv(version: str) -> str | None:
    found = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    return str(found[-1]) if found else None


def _works(program: str) -> bool:
    """Whether a Python runs: a shim of a version manager may name one that is not installed."""
    done = subprocess.run([program, "-c", "import venv"], capture_output=True, check=False)  # noqa: S603  (found above)
    return done.returncode == 0
