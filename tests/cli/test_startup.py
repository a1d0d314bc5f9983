"""What the command line does to start fast must not change what it does."""

import contextlib
import inspect
import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from azrelease.cli.commands import COMMANDS
from support.process import PATIENT


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": ":".join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, env=environment
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_of_a_command_is_that_of_its_help(name: str) -> None:
    module, summary = COMMANDS[name]
    about = inspect.getdoc(import_module(module).command) or ""
    assert " ".join(about.partition("\n\n")[0].split()) == summary


def test_the_list_of_commands_imports_none_of_them() -> None:
    done = python(
        "import sys; sys.argv = ['azrelease', '--help']; from azrelease.cli.app import run; run(); print(*sys.modules)"
    )
    assert "Print the JSON Schema of release.yml, with" in done.stdout
    names = done.stdout.splitlines()[-1].split()
    assert not {name for name, _ in COMMANDS.values()}.intersection(names)
    assert not [name for name in names if name.startswith(("rich.", "pydantic."))]


def test_output_is_written_before_the_process_leaves() -> None:
    code = (
        "import sys; sys.argv = ['azrelease', *sys.argv[1:]]; from azrelease.cli import main; print('before'); main()"
    )
    done = python(code, "--version")
    assert done.stdout.splitlines()[0] == "before"
    assert done.returncode == 0


def test_output_that_nobody_takes_is_a_failure_but_no_traceback() -> None:
    code = "import os, sys; r, w = os.pipe(); os.dup2(w, 1); os.close(r); os.close(w); sys.argv = ['azrelease', '--version']; from azrelease.cli import main; main()"
    done = python(code)
    assert done.returncode == 3
    assert done.stderr == ""


def loaded(*arguments: str) -> set[str]:
    """The modules that a command has imported by its end."""
    code = (
        "import sys; from typer.testing import CliRunner; from azrelease.cli.app import app; "
        "done = CliRunner().invoke(app, sys.argv[1:]); assert done.exit_code == 0, done.output; "
        "print(*sorted(sys.modules))"
    )
    done = python(code, *arguments)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_a_command_imports_only_what_it_needs() -> None:
    minimal = str(Path(__file__).parents[2] / "samples" / "minimal")
    rendering = loaded("render", "--check", minimal)
    checking = loaded("check", f"{minimal}/azure-pipelines.yml")
    assert "azrelease.rendering" in rendering
    assert "azrelease.lint.engine.linter" in checking
    assert not {name for name in rendering if name.startswith(("azrelease.lint", "azrelease.syntax"))}
    assert not {name for name in checking | rendering if name.startswith(("azure.", "azrelease.registration"))}


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes get signals on Unix only")
@pytest.mark.parametrize("seconds", [0.3, 0.6, 1.2])
def test_ctrl_c_ends_a_check_with_all_its_processes(tmp_path: Path, seconds: float) -> None:
    for index in range(600):
        (tmp_path / f"{index}.yml").write_text("trigger: none\nsteps:\n" + "- bash: echo $(x)\n" * 20, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "azrelease", "check", str(tmp_path)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    try:
        _, errors = process.communicate(timeout=PATIENT)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    # It may be interrupted before it begins, where Python shows its own traceback, or be done.
    assert process.returncode in (0, 1, 130, -signal.SIGINT)
    assert process.returncode != 130 or errors == b""
