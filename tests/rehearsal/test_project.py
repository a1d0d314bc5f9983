"""What `init` writes is rehearsed as its check of pull requests does it; nothing is touched outside of the sandbox."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.process import CliHere
from support.rehearsals import JOIN, RELEASE, SAMPLE
from support.thorough import THOROUGH
from support.yaml_text import safe_load


@pytest.mark.skipif(not THOROUGH, reason="installs packages: AZRELEASE_THOROUGH runs it")
def test_the_check_of_pull_requests_rehearses_staging(cli: CliHere, server_python: str, bash: str) -> None:
    assert cli("init", "--yes", "--quiet").code == 0
    pipeline = safe_load((cli.folder / "azure-pipelines.check.yml").read_text(encoding="utf-8"))
    gather = next(step for step in pipeline["steps"] if step.get("displayName") == "Train, and gather the artifact")
    lines = [line for line in gather["bash"].splitlines() if "pip install" not in line]
    script = "\n".join(lines).replace("python training", f"{server_python} training")
    subprocess.run(
        [bash, "-c", script],
        cwd=cli.folder,
        check=True,
        env={"PATH": "/usr/bin:/bin", "ARTIFACT": str(cli.folder / "out")},
    )
    rehearse = next(step for step in pipeline["steps"] if step.get("displayName") == "Rehearse staging")["bash"]
    words = rehearse.replace('"$ARTIFACT"', "out").split()[1:]
    done = cli(*words, "--python", server_python)
    assert (done.code, done.err) == (0, ""), done.out
    assert "tests: 10 passed" in done.out


LISTENING = """\
import glob, os
mark = ("AZRELEASE_REHEARSAL=" + os.environ["AZRELEASE_REHEARSAL"]).encode()
inodes = set()
for place in glob.glob("/proc/[0-9]*"):
    try:
        if mark in open(place + "/environ", "rb").read().split(bytes(1)) or int(place[6:]) == PARENT:
            inodes |= {os.readlink(link)[8:-1] for link in glob.glob(place + "/fd/*") if "socket:" in os.readlink(link)}
    except OSError:
        pass
for line in [*open("/proc/net/tcp"), *open("/proc/net/tcp6")]:
    words = line.split()
    if words[3] == "0A" and words[9] in inodes:
        print("listens", words[1])
"""


def test_nothing_listens_to_the_network_and_nothing_is_written_elsewhere(
    cli: CliHere, server_python: str, insurance_model: Path
) -> None:
    shutil.copytree(SAMPLE, cli.folder / "artifact")
    (cli.folder / "artifact" / "deployment" / "production.yml").rename(
        cli.folder / "artifact" / "deployment" / "deployment.yml"
    )
    look = LISTENING.replace("PARENT", str(os.getpid()))
    cli.write("artifact/look.py", look)
    step = "      - task: Python\n        file: look.py\n"
    cli.write("release.yml", RELEASE.replace(JOIN, f"{step}{JOIN}"))
    before = {path: path.stat().st_mtime_ns for path in cli.folder.rglob("*")}
    arguments = ("--artifact", "artifact", "--model", str(insurance_model), "--python", server_python)
    done = cli("rehearse", "release.yml", *arguments, "--format", "json")
    told = json.loads(done.out)
    assert done.code == 0, told["remarks"]
    log = [line for stage in told["stages"] for job in stage["jobs"] for step in job["steps"] for line in step["log"]]
    listening = [line for line in log if line.startswith("listens ")]
    # The stand-in for az, what stands before the endpoint, and the server of the model.
    assert len(listening) >= 3
    assert {line.split()[1].partition(":")[0] for line in listening} == {"0100007F"}
    after = {path: path.stat().st_mtime_ns for path in cli.folder.rglob("*")}
    changed = {path for path in after if after[path] != before.get(path)}
    assert {path.relative_to(cli.folder).parts[0] for path in changed} <= {"tmp"}
