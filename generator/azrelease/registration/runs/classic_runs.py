"""Classic releases of a release definition."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from azrelease.errors import UserError
from azrelease.registration import rest_api
from azrelease.registration.failures import NotFoundError
from azrelease.registration.project import Project, Raw, join_folder, pipeline_path
from azrelease.registration.runs.approvals import decide_once
from azrelease.registration.runs.classic_status import as_ended, is_active, release_approvals, release_status
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
from azrelease.registration.runs.run_request import RunRequest, variables_body
from azrelease.registration.runs.status import ApprovalStatus, Decision, RunStatus
from azrelease.registration.runs.test_results import PublishedTestRun, release_tests
from azrelease.release import Release

_MANUAL = ("manual", "none")
_IDLE_READS = 4
"""After so many reads without an active stage, a stage that could start waits for something else."""


class ClassicRuns:
    """Classic releases of the release definition of a release: the classic form of `Runs`."""

    kind = "release"

    def __init__(self, project: Project, release: Release) -> None:
        self._project = project
        self._release = release

    def definition(self) -> RunDefinition:
        """The release definition."""
        listing, hint = self._project.release_definitions, "Run `azrelease apply --classic` to create it."
        return find_definition(self._project, listing, self._release, "release definition", hint, "_release")

    def start(self, request: RunRequest) -> Run:
        """Start a classic release, once. A lost one is the newest that the same user started by hand.

        Skipped stages become manual in this release, so that its page can still start them.
        """
        connection, definition = self._project.connection, self.definition()
        body: dict[str, Any] = {"definitionId": int(definition.id), "reason": "manual", "isDraft": False}
        if request.variables:
            body["variables"] = variables_body(request.variables)
        if request.skip:
            body["manualEnvironments"] = list(request.skip)
        if request.artifact_version is not None:
            body["artifacts"] = [self._artifact(definition, request.artifact_version)]
        newest = max((int(each["id"]) for each in self._newest_releases(definition, 1)), default=0)

        def start() -> Raw:
            answer: Raw = connection.send("POST", rest_api.RELEASES, self._project.route, body)
            return answer

        def look_up() -> Sequence[Raw]:
            return [
                each
                for each in self._newest_releases(definition, 50)
                if int(each["id"]) > newest
                and str(each.get("reason") or "manual") in _MANUAL
                and is_identity(each.get("createdBy"), self._project.caller)
            ]

        raw, recovered = start_once(connection, start, look_up, self.kind, definition.link)
        return self._run(raw, int(raw["id"]), recovered=recovered)

    def find(self, identifier: int) -> Run:
        """A classic release of the definition that was started before."""
        return self._run(self._checked(identifier), identifier)

    def status_reader(self, identifier: int) -> Callable[[], RunStatus]:
        """A function that reads the current status of a classic release."""
        idle = 0

        def read() -> RunStatus:
            nonlocal idle
            raw = self._read(identifier)
            status = release_status(raw, self._link(raw, identifier))
            idle = idle + 1 if not is_active(raw) else 0
            return status if status.ended or idle < _IDLE_READS else as_ended(status, raw)

        return read

    def approvals(self, identifier: int) -> RunApprovals:
        """The approvals of a classic release."""
        raw = self._checked(identifier)
        link = self._link(raw, identifier)
        return RunApprovals(release_approvals(raw), release_status(raw, link).waits, link)

    def for_caller(self, approvals: Sequence[ApprovalStatus]) -> Sequence[ApprovalStatus]:
        """Those that ask the owner of the token; all where none does, since a group may be asked."""
        if len(approvals) < 2:  # noqa: PLR2004  (no choice)
            return approvals
        caller = self._project.caller.casefold()
        return [each for each in approvals if any(who.id.casefold() == caller for who in each.approvers)] or approvals

    def decide(self, identifier: int, approval: ApprovalStatus, status: str, comment: str) -> Decision:
        """Approve or reject, once."""
        route = {**self._project.route, "approvalId": approval.id}
        body = {"status": status, "comments": comment}

        def send() -> None:
            self._project.connection.send("PATCH", rest_api.RELEASE_APPROVAL, route, body)

        def current() -> ApprovalStatus:
            found = release_approvals(self._read(identifier))
            return next((each for each in found if each.id == approval.id), approval)

        return decide_once(self._project.connection, approval, send, current, lambda now: now.status == status)

    def test_results(self, identifier: int) -> tuple[PublishedTestRun, ...]:
        """The test runs that a classic release has published in the last week."""
        return release_tests(self._project, identifier)

    def _run(self, raw: Raw, identifier: int, *, recovered: bool = False) -> Run:
        return Run(identifier, str(raw.get("name") or identifier), self._link(raw, identifier), recovered)

    def _read(self, identifier: int) -> Raw:
        route = {**self._project.route, "releaseId": str(identifier)}
        raw: Raw = self._project.connection.get(rest_api.RELEASES, route)
        return raw

    def _checked(self, identifier: int) -> Raw:
        """A classic release of this definition.

        Raises:
            UserError: it does not exist, or belongs to another definition.
        """
        try:
            raw = self._read(identifier)
        except NotFoundError:
            text = f"{self._project.address} has no classic release {identifier}, or the token may not see it"
            raise UserError(text) from None
        path = join_folder(self._release.folder or "", self._release.name)
        definition = raw.get("releaseDefinition") or {}
        # Not every response holds the folder of the definition.
        found = pipeline_path(definition) if definition.get("path") else join_folder("", str(definition.get("name")))
        desired = path if definition.get("path") else join_folder("", self._release.name)
        if found.casefold() != desired.casefold():
            raise UserError(f"release {identifier} belongs to {found}, not to {path}; pass the release file of {found}")
        return raw

    def _newest_releases(self, definition: RunDefinition, top: int) -> Sequence[Raw]:
        query = {"definitionId": definition.id, "$top": str(top), "queryOrder": "descending"}
        answer = self._project.connection.get(rest_api.RELEASES, self._project.route, query) or {}
        return [each for each in answer.get("value", ()) if isinstance(each, Mapping)]

    def _artifact(self, definition: RunDefinition, version: str) -> dict[str, Any]:
        """The run of the artifact's pipeline, which a classic release names by its id.

        Raises:
            UserError: the definition has no such artifact, or its pipeline no such run.
        """
        artifact = self._release.artifact
        alias = str(artifact.alias if artifact else "")
        artifacts = self._project.release_definition(definition.id).get("artifacts") or ()
        found = next((each for each in artifacts if str(each.get("alias")).casefold() == alias.casefold()), None)
        if found is None:
            raise UserError(f"{definition.path} has no artifact {alias}; run `azrelease apply --classic` to update it")
        source = found.get("definitionReference") or {}
        owner = str((source.get("project") or {}).get("id") or self._project.name)
        query = {
            "definitions": str((source.get("definition") or {}).get("id")),
            "buildNumber": version,
            "$top": "1",
            "queryOrder": "queueTimeDescending",
        }
        answer = self._project.connection.get(rest_api.BUILDS, {"project": owner}, query) or {}
        build = next(iter(answer.get("value", ())), None)
        if build is None:
            raise UserError(f"--artifact-version {version}: {artifact and artifact.pipeline} has no such run")
        instance = {"id": str(build["id"]), "name": str(build.get("buildNumber") or version)}
        return {"alias": str(found["alias"]), "instanceReference": instance}

    def _link(self, raw: Raw, identifier: int) -> str:
        page = f"_releaseProgress?releaseId={identifier}&_a=release-pipeline-progress"
        return web_link(raw) or f"{web_address(self._project)}/{page}"
