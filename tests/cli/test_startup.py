"""What the command line does to start fast must not change what it does."""

import subprocess
import sys

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
