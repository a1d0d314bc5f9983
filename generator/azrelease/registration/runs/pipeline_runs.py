"""Runs of the YAML pipeline of a release."""

from collections.abc import Callable, Mapping, Sequence

from azrelease.errors import UserError
from azrelease.registration import rest_api
from azrelease.registration.failures import NotFoundError, RefusedError
from azrelease.registration.project import Project, Raw, join_folder, pipeline_path
from azrelease.registration.runs.approvals import approval_limits, decide_approval, run_approvals
from azrelease.registration.runs.idempotency import start_once
from azrelease.registration.runs.protocol import (
    Run,
    RunApprovals,
    RunDefinition,
    find_definition,
    is_identity,
    web_address,
    web_link,
)
from azrelease.registration.runs.run_request import RunRequest, run_body
from azrelease.registration.runs.status import ApprovalStatus, Decision, RunStatus
from azrelease.registration.runs.test_results import PublishedTestRun, run_tests
from azrelease.registration.runs.timeline import Timeline, approval_stages, run_status
from azrelease.release import Release

_MANUAL = ("manual", "userCreated")
"""Reasons of a run that a user started."""


class PipelineRuns:
    """Runs of the pipeline of a release: the YAML form of `Runs`."""

    kind = "run"

    def __init__(self, project: Project, release: Release) -> None:
        self._project = project
        self._release = release

    def definition(self) -> RunDefinition:
        """The pipeline."""
        hint = "Run `azrelease apply` to create it."
        return find_definition(self._project, self._project.pipelines, self._release, "pipeline", hint, "_build")

    def preview(self, request: RunRequest) -> str:
        """The YAML that would run, with all templates and expressions expanded by the service. Starts nothing.

        Raises:
            UserError: the project has no such pipeline.
            RefusedError: the service would not run it; the message says why.
            ServiceError: the service does not answer.
        """
        route = {**self._project.route, "pipelineId": self.definition().id}
        body = run_body(request, self._release) | {"previewRun": True}
        answer = self._project.connection.query(rest_api.PREVIEW, route, {}, body) or {}
        return str(answer.get("finalYaml") or "")

    def start(self, request: RunRequest) -> Run:
        """Start a run, once. A lost one is the newest run of this pipeline that the same user started by hand."""
        connection, pipeline = self._project.connection, self.definition()
        newest = max((int(each["id"]) for each in self._newest_runs(pipeline, 1)), default=0)
        route = {**self._project.route, "pipelineId": pipeline.id}
        body = run_body(request, self._release)

        def start() -> Raw:
            answer: Raw = connection.send("POST", rest_api.RUNS, route, body)
            return answer

        def look_up() -> Sequence[Raw]:
            caller = self._project.caller
            return [
                each
                for each in self._newest_runs(pipeline, 50)
                if int(each["id"]) > newest
                and str(each.get("reason")) in _MANUAL
                and (is_identity(each.get("requestedFor"), caller) or is_identity(each.get("requestedBy"), caller))
                and request.branch in (None, each.get("sourceBranch"))
            ]

        raw, recovered = start_once(connection, start, look_up, self.kind, pipeline.link)
        identifier = int(raw["id"])
        name = str(raw.get("name") or raw.get("buildNumber") or identifier)
        return Run(identifier, name, self._link(raw, identifier), recovered)

    def find(self, identifier: int) -> Run:
        """A run of the pipeline that was started before."""
        raw = self._read(identifier)
        return Run(identifier, str(raw.get("buildNumber") or identifier), self._link(raw, identifier))

    def status_reader(self, identifier: int) -> Callable[[], RunStatus]:
        """A function that reads the current status of a run."""
        limits = self._limits()
        route = {**self._project.route, "buildId": str(identifier)}
        decided: dict[str, ApprovalStatus] = {}

        def read() -> RunStatus:
            # The run first: one that has ended has its last timeline.
            build: Raw = self._project.connection.get(rest_api.BUILDS, route)
            timeline = self._timeline(identifier)
            stages = approval_stages(timeline)
            try:
                # A decided approval does not change, and is read once.
                undecided = {each: stages[each] for each in stages if each not in decided}
                found = run_approvals(self._project, undecided, limits)
            except RefusedError:
                # A token that may not read approvals still shows that one is pending.
                pending = approval_stages(timeline, pending=True)
                found = tuple(ApprovalStatus(each, stage, "pending") for each, stage in pending.items())
            decided.update({each.id: each for each in found if not each.is_pending})
            known = {**{each.id: each for each in found}, **decided}
            approvals = [known[each] for each in stages if each in known]
            return run_status(build, timeline, approvals, self._link(build, identifier))

        return read

    def approvals(self, identifier: int) -> RunApprovals:
        """The approvals of a run."""
        build, timeline = self._read(identifier), self._timeline(identifier)
        approvals = run_approvals(self._project, approval_stages(timeline), self._limits())
        link = self._link(build, identifier)
        return RunApprovals(approvals, run_status(build, timeline, approvals, link).waits, link)

    def for_caller(self, approvals: Sequence[ApprovalStatus]) -> Sequence[ApprovalStatus]:
        """All: an approval of an environment asks all of its approvers."""
        return approvals

    def decide(self, identifier: int, approval: ApprovalStatus, status: str, comment: str) -> Decision:  # noqa: ARG002
        """Approve or reject, once: the id of an approval is enough to find it."""
        return decide_approval(self._project, approval, status, comment)

    def test_results(self, identifier: int) -> tuple[PublishedTestRun, ...]:
        """The test runs that a run has published."""
        return run_tests(self._project, identifier)

    def _limits(self) -> Callable[[str], int | None]:
        stages = self._release.stages
        return approval_limits(self._project, {stage.name: stage.environment or stage.name for stage in stages})

    def _read(self, identifier: int) -> Raw:
        """A run of this pipeline. Raises `UserError` if it does not exist, or belongs to another pipeline."""
        route = {**self._project.route, "buildId": str(identifier)}
        try:
            build: Raw = self._project.connection.get(rest_api.BUILDS, route)
        except NotFoundError:
            text = f"{self._project.address} has no run {identifier}, or the token may not see it"
            raise UserError(text) from None
        path = join_folder(self._release.folder or "", self._release.name)
        found = pipeline_path(build.get("definition") or {})
        if found.casefold() != path.casefold():
            raise UserError(f"run {identifier} belongs to {found}, not to {path}; pass the release file of {found}")
        return build

    def _timeline(self, identifier: int) -> Timeline:
        """The timeline of a run; empty where the run has none, as one that the service refused to run."""
        route = {**self._project.route, "buildId": str(identifier)}
        try:
            return Timeline(self._project.connection.get(rest_api.TIMELINES, route))
        except NotFoundError:
            return Timeline(None)

    def _newest_runs(self, pipeline: RunDefinition, top: int) -> Sequence[Raw]:
        query = {"definitions": pipeline.id, "$top": str(top), "queryOrder": "queueTimeDescending"}
        answer = self._project.connection.get(rest_api.BUILDS, self._project.route, query) or {}
        return [each for each in answer.get("value", ()) if isinstance(each, Mapping)]

    def _link(self, raw: Raw, identifier: int) -> str:
        return web_link(raw) or f"{web_address(self._project)}/_build/results?buildId={identifier}"
