"""Whatever ends a rehearsal, no process, port or file of it is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from azrelease.rehearsal.process_cleanup import MARK
from azrelease.rehearsal.sandbox import remove_abandoned
from support.process import PATIENT

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says what processes have")

BACKGROUND = """\
steps:
  - bash: |
      (setsid sleep-for-real 300 &)
      echo started > "$TOLD"
      sleep-for-real 300
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "tmp").mkdir()
    programs = tmp_path / "programs"
    programs.mkdir()
    real = next(path for path in (Path("/bin/sleep"), Path("/usr/bin/sleep")) if path.exists())
    (programs / "sleep-for-real").symlink_to(real)
    (tmp_path / "azure-pipelines.yml").write_text(BACKGROUND, encoding="utf-8")
    return tmp_path


@pytest.fixture
def running(place: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A rehearsal in the middle of a step that has started something in the background."""
    told = place / "told"
    pipeline = BACKGROUND.replace('"$TOLD"', str(told))
    (place / "azure-pipelines.yml").write_text(pipeline, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "TMPDIR": str(place / "tmp"),
        "PATH": f"{place / 'programs'}{os.pathsep}{os.environ['PATH']}",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "azrelease", "rehearse"],
        cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + PATIENT
    while not told.exists() and time.monotonic() < until:
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
    yield process
    process.kill()
    process.communicate()
    for pid in left(place)[0]:
        os.kill(pid, signal.SIGKILL)


def left(place: Path) -> tuple[list[int], list[Path]]:
    """The processes and folders of rehearsals in a place."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            variables = (entry / "environ").read_bytes()
        except OSError:
            continue
        if f"{MARK}=".encode() in variables and str(place / "tmp").encode() in variables:
            found.append(int(entry.name))
    return found, list((place / "tmp").glob("azrelease-rehearsal-*"))


@pytest.mark.parametrize(
    "numbers",
    [[signal.SIGINT], [signal.SIGTERM], [signal.SIGHUP], [signal.SIGINT, signal.SIGINT, signal.SIGTERM]],
    ids=str,
)
def test_a_signal_ends_everything(
    running: "subprocess.Popen[bytes]", place: Path, numbers: list[signal.Signals]
) -> None:
    assert left(place)[0]
    for number in numbers:
        running.send_signal(number)
    out, _ = running.communicate(timeout=PATIENT)
    assert running.returncode == 130, out
    assert b"interrupted: every process of the rehearsal has ended" in out
    assert left(place) == ([], [])


def test_what_a_killed_rehearsal_leaves_the_next_one_clears(
    running: "subprocess.Popen[bytes]", place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.kill()
    running.wait()
    processes, folders = left(place)
    assert processes
    assert folders
    monkeypatch.setattr("tempfile.tempdir", str(place / "tmp"))
    remove_abandoned()
    assert left(place) == ([], [])


def test_one_that_goes_on_is_left_alone(
    running: "subprocess.Popen[bytes]", place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(place / "tmp"))
    remove_abandoned()
    assert running.poll() is None
    assert left(place)[1]


def test_a_step_may_leave_something_running_and_it_is_ended(place: Path) -> None:
    # Some throw away what they are known by.
    (place / "azure-pipelines.yml").write_text(
        f"""\
steps:
  - bash: (setsid sleep-for-real 300 >/dev/null 2>&1 &)
  - bash: setsid sleep-for-real 300 >/dev/null 2>&1 & echo $! > {place}/other
    env: {{{MARK}: mine}}
  - bash: |
      real=$(command -v sleep-for-real)
      (env -i setsid "$BASH" -c 'echo $$ > {place}/bare; exec "$0" 300' "$real" >/dev/null 2>&1 &)
      until test -s {place}/bare; do sleep 0.01; done
""",
        encoding="utf-8",
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "TMPDIR": str(place / "tmp"),
        "PATH": f"{place / 'programs'}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "azrelease", "rehearse", "--format", "json"],
        cwd=place, env=environment, capture_output=True, timeout=PATIENT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert left(place) == ([], [])
    for name in ("bare", "other"):
        assert not Path("/proc", (place / name).read_text(encoding="utf-8").strip()).exists()
