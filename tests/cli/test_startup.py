"""What the command line does to start fast must not change what it does."""

import subprocess
import sys
from pathlib import Path

CODE = """
import sys
from azrelease.cli import _NoPlugins
sys.modules[_NoPlugins.REPLACES] = _NoPlugins(_NoPlugins.REPLACES)
from pydantic import BaseModel
class Model(BaseModel):
    x: int
assert Model(x=1).x == 1
assert "importlib.metadata" not in sys.modules
from pydantic.plugin._loader import PYDANTIC_ENTRY_POINT_GROUP
assert PYDANTIC_ENTRY_POINT_GROUP == "pydantic"
assert "importlib.metadata" in sys.modules
print("fine")
"""


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": ":".join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, env=environment
    )


def test_pydantic_works_without_its_search_for_plugins_and_finds_the_real_module_when_it_asks_for_more() -> None:
    done = python(CODE)
    assert (done.stdout, done.stderr) == ("fine\n", "")


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
