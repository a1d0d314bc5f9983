"""A rehearsal from its beginning to its end."""

import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from azrelease.rehearsal.artifacts import ArtifactDownload, Artifacts
from azrelease.rehearsal.azure import SimulatedAzureCLI, cli_program
from azrelease.rehearsal.interruption import interrupted_by_signals
from azrelease.rehearsal.machine import Machine, Watcher
from azrelease.rehearsal.outcome import Outcome, Remark, Result, StageOutcome, with_texts
from azrelease.rehearsal.pipeline import RehearsedStage
from azrelease.rehearsal.predefined_variables import of_pipeline
from azrelease.rehearsal.process_cleanup import ending_orphans
from azrelease.rehearsal.processes import end_group
from azrelease.rehearsal.request import RehearsalRequest, checked_stages
from azrelease.rehearsal.sandbox import Sandbox, make_sandbox, remove_sandbox
from azrelease.rehearsal.serving import EndpointFront, LocalHost, ModelStore, usual_model
from azrelease.rehearsal.stages import PipelineRun, run_stage
from azrelease.rehearsal.variables import JobVariable, JobVariables

_SLEEP = """\
#!/usr/bin/env bash
case "$*" in
  0|0.*|.*|1) exec {sleep} "$@" ;;
  *) echo "$*" >> "{note}"; exec {sleep} 1 ;;
esac
"""


def rehearse(
    request: RehearsalRequest,
    watcher: Watcher,
    *,
    confirm: Callable[[str, str], bool] = lambda _question, _instructions: False,
    at_failure: Callable[[Mapping[str, str], Path], None] = lambda _environment, _folder: None,
) -> Outcome:
    """Run stages of a pipeline on this machine.

    Args:
        request: what to rehearse.
        watcher: follows the rehearsal.
        confirm: asks for an approval, with a question and instructions.
        at_failure: called with the environment and the folder of a failed step.

    Raises:
        UserError: a stage does not exist, or an artifact or model is missing or cannot be copied.
    """
    started = time.monotonic()
    stages = checked_stages(request)
    kept = False
    with interrupted_by_signals() as interruption, ending_orphans():
        sandbox = make_sandbox()
        try:
            with ExitStack() as stack:
                try:
                    outcome = _Rehearsal(request, watcher, sandbox, stages, stack, confirm, at_failure).run()
                finally:
                    # No signal interrupts the cleanup.
                    interruption.enabled = False
            kept = request.keep
        finally:
            interruption.enabled = False
            remove_sandbox(sandbox, keep=kept)
    return outcome._replace(seconds=time.monotonic() - started, folder=str(sandbox.folder) if kept else None)


class _Rehearsal:
    def __init__(
        self,
        request: RehearsalRequest,
        watcher: Watcher,
        sandbox: Sandbox,
        stages: Sequence[RehearsedStage],
        stack: ExitStack,
        confirm: Callable[[str, str], bool],
        at_failure: Callable[[Mapping[str, str], Path], None],
    ) -> None:
        self._request, self._sandbox, self._stages = request, sandbox, stages
        self._artifacts = Artifacts(request.artifacts, sandbox.workspace)
        self._machine = Machine(sandbox, watcher, request.python, confirm, at_failure, self._fetch)
        stack.callback(self._end_steps)
        self._front = EndpointFront(self._machine)
        stack.enter_context(self._front.serving())
        self._models = ModelStore(sandbox.folder / "models")
        self._host = LocalHost(
            sandbox=sandbox,
            front=self._front,
            models=self._models,
            python=request.python,
            patience=request.patience,
        )
        stack.callback(self._host.stop_all)
        self._azure = SimulatedAzureCLI(answers=request.answers, refused=self._refused)
        self._azure.v1.host = self._azure.v2.host = self._host
        sandbox.add_program("az", f"#!/usr/bin/env bash\n{stack.enter_context(cli_program(self._azure))}")
        # Closed before the end waits for running commands: they must not wait for a server, or start one.
        stack.callback(self._host.close)
        self._slept = sandbox.folder / "slept"
        sleep = shutil.which("sleep")
        if sleep is not None:
            sandbox.add_program("sleep", _SLEEP.format(sleep=shlex.quote(sleep), note=self._slept))

    def run(self) -> Outcome:
        """Run the stages, first with the version in service."""
        return with_texts(self._run(), self._machine.masker.mask)

    def _run(self) -> Outcome:
        remarks = [*self._group_remarks(), *self._remarks_about_given()]
        if self._request.in_service is not None:
            stages, _ = self._run_stages(self._request.in_service, attempt=1)
            if any(stage.result is Result.FAILED for stage in stages):
                remarks.append(Remark("error", "the version in service fails itself: see its steps"))
                return Outcome(stages, tuple(self._machine.tests), remarks=tuple(remarks))
            self._machine.tests.clear()
            self._front.requests.clear()
            self._host.copies.clear()
        stages, run_remarks = self._run_stages(None, attempt=2 if self._request.in_service else 1)
        used, unused = self._artifacts.used_and_unused(self._host.copies)
        if self._slept.exists():
            remarks.append(Remark("info", "`sleep` waits for at most one second in a rehearsal"))
        return Outcome(
            stages=stages,
            tests=tuple(self._machine.tests),
            requests=tuple(self._front.requests),
            used=used,
            unused=unused,
            remarks=(*remarks, *run_remarks),
            traffic=tuple(self._traffic()),
        )

    def _run_stages(
        self, artifact: Path | None, *, attempt: int
    ) -> tuple[tuple[StageOutcome, ...], tuple[Remark, ...]]:
        """Run the stages once, with the given artifacts or with another one in their place."""
        request = self._request
        artifacts = {"": artifact} if artifact else request.artifacts
        self._artifacts = Artifacts(artifacts, self._sandbox.workspace)
        self._models.option = "--in-service-model" if artifact else "--model"
        model = request.in_service_model if artifact else request.model
        self._models.set_current(model or next(filter(None, map(usual_model, artifacts.values())), None))
        self._models.on_current_used = self._artifacts.record_served
        given = frozenset(name.casefold() for name in (*request.variables, *request.secrets))
        run = PipelineRun(request.pipeline, self._machine, self._variables(attempt), self._begin_job, given, attempt)
        return tuple([run_stage(run, stage) for stage in self._stages]), tuple(run.remarks)

    def _begin_job(self, downloads: Iterable[ArtifactDownload]) -> None:
        """Reset the machine for a job."""
        self._artifacts.record_reads()
        self._sandbox.reset()
        self._azure.extensions.clear()
        self._azure.defaults = {}
        for download in downloads:
            self._artifacts.fetch(download)

    def _fetch(self, download: ArtifactDownload) -> Path:
        return self._artifacts.fetch(download)

    def _refused(self, command: str, reason: str) -> None:
        self._machine.notice(f"az {command}: {reason}", serious=False)

    def _end_steps(self) -> None:
        """End the processes of steps, where the system does not show their marks."""
        if not sys.platform.startswith("linux"):
            for pid in self._machine.processes:
                end_group(pid)

    def _variables(self, attempt: int) -> JobVariables:
        variables = JobVariables()
        for name, value in of_pipeline(self._request.pipeline, self._sandbox, attempt).items():
            variables.set(JobVariable(name, value, readonly=True))
        for name, value in self._request.variables.items():
            variables.replace(JobVariable(name, value))
        for name, value in self._request.secrets.items():
            variables.replace(JobVariable(name, value, secret=True))
            self._machine.masker.add(value)
        return variables

    def _traffic(self) -> Iterator[tuple[str, str]]:
        for name, endpoint in self._azure.v2.endpoints.items():
            yield name, ", ".join(f"{each} {share} %" for each, share in endpoint["traffic"].items()) or "nothing"

    def _remarks_about_given(self) -> Iterator[Remark]:
        for name in self._request.variables:
            if name.casefold() in self._request.pipeline.read_before_run:
                text = f"`${{{{ }}}}` reads `{name}` as the pipeline sets it: what --variable gives is for the run only"
                yield Remark("warning", text)

    def _group_remarks(self) -> Iterator[Remark]:
        if self._request.pipeline.groups:
            names = ", ".join(f"`{name}`" for name in self._request.pipeline.groups)
            yield Remark("info", f"a rehearsal does not know the variables of {names}: pass --variable NAME=VALUE")
