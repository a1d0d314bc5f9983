"""As much of the agent as is needed to run the bash steps of a rendered stage: macros, folders, conditions, environment,
variables set by a script, and the lifecycle hooks of a deployment, each as a job of its own."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from azrelease.rehearsal.azure import CommandAnswer, SimulatedAzureCLI, cli_program
from support.process import PATIENT

Answerer = Callable[[list[str], Path], CommandAnswer]
CONDITIONS = {None: lambda failed: not failed, "succeededOrFailed()": lambda _: True}
SET_VARIABLE = re.compile(r"^##vso\[task\.setvariable variable=([^\];]+)\](.*)$", re.MULTILINE)
PYTHON = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
# Without the plugins that no release asks for, whose import takes most of the time.
PYTEST = (
    "#!/bin/sh\nexport PYTEST_DISABLE_PLUGIN_AUTOLOAD=1\n"
    f'exec "{sys.executable}" -m pytest -p pytest_cov.plugin -p no:cacheprovider "$@"\n'
)


@dataclass(frozen=True)
class StageRun:
    """What a stage did: the display names of the steps that ran, the first that failed, and what was printed."""

    steps: list[str]
    failed: str | None
    log: str


@dataclass
class Agent:
    """An agent with a stand-in `az` on its path, in a folder of its own. `sleep` takes no time; `attempt` counts stage runs."""

    bash: str
    folder: Path
    az: SimulatedAzureCLI
    pytest: str = PYTEST
    attempt: int = 0
    stage: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    answer: Answerer | None = None

    def listen(self, answer: Answerer) -> None:
        """Let something else answer the calls from now on."""
        self.answer = answer

    def start(self, client: str) -> None:
        programs = self.folder / "bin"
        programs.mkdir(parents=True)
        for name, text in {
            "az": f"#!{self.bash}\n{client}",
            "pytest": self.pytest,
            "python3": PYTHON,
            "sleep": "#!/bin/sh\n",
        }.items():
            program = programs / name
            program.write_text(text, encoding="utf-8", newline="\n")
            program.chmod(program.stat().st_mode | stat.S_IEXEC)
        temporary = self.folder / "temp"
        temporary.mkdir()
        self.environment = {
            "AGENT_TEMPDIRECTORY": str(temporary),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONDONTWRITEBYTECODE": "1",
            "BUILD_BUILDID": "1234",
        }

    @property
    def workspace(self) -> Path:
        """`Pipeline.Workspace`."""
        return self.folder / "work"

    def run_stage(self, pipeline: Mapping[str, Any], name: str, *, lost: bool = False, **environment: str) -> StageRun:
        """Run the deployment job of a stage; a download puts nothing anywhere, the artifact is there already.

        `lost`: the agent is lost with the step that fails, and the hook for failures with it.
        """
        self.attempt += 1
        self.stage = name
        stage = next(stage for stage in pipeline["stages"] if stage["stage"] == name)
        known = {"Pipeline.Workspace": str(self.workspace)}
        for owner in (pipeline, stage):
            known |= variables_of(owner)
        strategy = stage["jobs"][-1]["strategy"]["runOnce"]
        hooks = strategy.get("on", {})
        run = self.run_job(strategy["deploy"]["steps"], known, environment)
        follows = hooks.get("failure" if run.failed else "success", {}).get("steps", ())
        if lost and run.failed:
            return run
        last = self.run_job(follows, known, environment)
        return StageRun([*run.steps, *last.steps], run.failed or last.failed, run.log + last.log)

    def run_job(
        self, steps: Sequence[Mapping[str, Any]], known: Mapping[str, str], more: Mapping[str, str]
    ) -> StageRun:
        """Run the steps of a job, on an agent that has no extension yet and no variable that another job has set."""
        self.az.extensions.clear()
        variables = dict(known)
        log, ran, failed = "", list[str](), None
        for step in steps:
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
                env={
                    **self.environment,
                    "SYSTEM_STAGEATTEMPT": str(self.attempt),
                    "SYSTEM_STAGENAME": self.stage,
                    **env,
                    **more,
                },
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                check=False,
                timeout=PATIENT,
            )
            text = done.stdout.decode()
            log += text
            variables |= dict(SET_VARIABLE.findall(text))
            if done.returncode and failed is None:
                failed = step["displayName"]
        return StageRun(ran, failed, log)

    def _command(self, step: Mapping[str, Any], variables: Mapping[str, str]) -> list[str] | None:
        """What a step runs, if it is one of bash; scripts get their macros expanded as text, as the agent does it."""
        inputs = step.get("inputs", {})
        if inputs.get("targetType") == "filePath":
            return [self.bash, expand(inputs["filePath"], variables)]
        if inputs.get("scriptType") == "bash" or inputs.get("targetType") == "inline":
            script = self.folder / "script.sh"
            text = inputs.get("inlineScript") or inputs["script"]
            script.write_text(expand(text, variables), encoding="utf-8", newline="\n")
            return [self.bash, "--noprofile", "--norc", str(script)]
        return None


@contextmanager
def new_agent(
    bash: str, folder: Path, artifact: Mapping[str, str], az: SimulatedAzureCLI | None = None, **more: Any
) -> Iterator[Agent]:
    """An agent whose `Pipeline.Workspace` has these files, by path and content."""
    agent = Agent(bash, folder, az or SimulatedAzureCLI(), **more)

    def answer(words: list[str], where: Path) -> CommandAnswer:
        return (agent.answer or agent.az)(words, where)

    with cli_program(answer) as client:
        agent.start(client)
        for name, text in artifact.items():
            path = agent.workspace / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        yield agent


def variables_of(owner: Mapping[str, Any]) -> dict[str, str]:
    """The variables of a pipeline or a stage, which are a mapping or a list."""
    given = owner.get("variables", {})
    if isinstance(given, Mapping):
        return dict(given)
    return {entry["name"]: entry["value"] for entry in given if "name" in entry}


def expand(text: str, variables: Mapping[str, str], depth: int = 5) -> str:
    """Macros of known variables by their values, and those in the values too; others stay."""
    for _ in range(depth):
        text = re.sub(r"\$\(([^()]+)\)", lambda found: variables.get(found[1], found[0]), text)
    return text
