"""As much of the agent as is needed to run the bash steps of a rendered stage: macros, folders, conditions, environment."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONDITIONS = {None: lambda failed: not failed, "succeededOrFailed()": lambda _: True}


@dataclass(frozen=True)
class StageRun:
    """What a stage did: the display names of the steps that ran, whether one failed, and what was printed."""

    steps: list[str]
    failed: str | None
    log: str


@dataclass
class Agent:
    """An agent with a stand-in `az` on its path, in a folder of its own."""

    bash: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        programs = self.folder / "bin"
        programs.mkdir()
        for name, command in (("az", "-m support.azure_cli"), ("pytest", "-m pytest -p no:cacheprovider")):
            program = programs / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {command} "$@"\n', encoding="utf-8", newline="\n")
            program.chmod(program.stat().st_mode | stat.S_IEXEC)
        self.environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AZ_STATE": str(self.folder / "state.json"),
            "AZ_LOG": str(self.folder / "calls.log"),
        }

    @property
    def workspace(self) -> Path:
        """`Pipeline.Workspace`."""
        return self.folder / "work"

    def run_stage(self, pipeline: Mapping[str, Any], name: str, **environment: str) -> StageRun:
        """Run the deployment job of a stage; a download puts nothing anywhere, the artifact is there already."""
        stage = next(stage for stage in pipeline["stages"] if stage["stage"] == name)
        variables = {"Pipeline.Workspace": str(self.workspace)}
        for owner in (pipeline, stage):
            variables |= {entry["name"]: entry["value"] for entry in owner.get("variables", ()) if "name" in entry}
        log, ran, failed = "", list[str](), None
        for step in stage["jobs"][-1]["strategy"]["runOnce"]["deploy"]["steps"]:
            if not CONDITIONS[step.get("condition")](failed):
                continue
            ran.append(step["displayName"])
            command = self._command(step, variables)
            if command is None:
                continue
            inputs = step["inputs"]
            env = {key: expand(value, variables) for key, value in step.get("env", {}).items()}
            done = subprocess.run(
                command,
                cwd=expand(inputs.get("workingDirectory", "$(Pipeline.Workspace)"), variables),
                env={**self.environment, **env, **environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=60,
            )
            log += done.stdout.decode()
            if done.returncode and failed is None:
                failed = step["displayName"]
        return StageRun(ran, failed, log)

    def _command(self, step: Mapping[str, Any], variables: Mapping[str, str]) -> list[str] | None:
        """What a step runs, if it is one of bash; scripts get their macros expanded as text, as the agent does it."""
        inputs = step.get("inputs", {})
        if inputs.get("targetType") == "filePath":
            return [self.bash, expand(inputs["filePath"], variables)]
        if inputs.get("scriptType") == "bash":
            script = self.folder / "script.sh"
            script.write_text(expand(inputs["inlineScript"], variables), encoding="utf-8", newline="\n")
            return [self.bash, "--noprofile", "--norc", str(script)]
        return None


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Macros of known variables by their values; others stay."""
    return re.sub(r"\$\(([^()]+)\)", lambda found: variables.get(found[1], found[0]), text)
