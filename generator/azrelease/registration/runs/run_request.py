"""The request for a run, checked against the release before it is sent."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from azrelease.errors import UserError
from azrelease.redaction import mask_values
from azrelease.registration.credentials import secret_variable
from azrelease.release import Release
from azrelease.suggestions import suggestion

T = TypeVar("T")

_SHORTEST_SECRET = 4
"""Characters; what is shorter stands in other texts by chance."""


class RunVariable(NamedTuple):
    """A variable and the value that it has in this run."""

    name: str
    value: str
    secret: bool = False


class RunRequest(NamedTuple):
    """The request for a run.

    Attributes:
        artifact_version: the number of the run whose artifact is released; None for the one that the release chooses.
        branch: the branch whose YAML runs, as `refs/heads/main`; None for the default branch of the pipeline.
        variables: values for this run.
        skip: the stages to skip.
    """

    artifact_version: str | None = None
    branch: str | None = None
    variables: tuple[RunVariable, ...] = ()
    skip: tuple[str, ...] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that no output may contain."""
        return tuple(variable.value for variable in self.variables if variable.secret)


def run_request(
    release: Release,
    *,
    artifact_version: str | None = None,
    branch: str | None = None,
    variables: Sequence[str] = (),
    secrets: Sequence[str] = (),
    skip: Sequence[str] = (),
    environment: Mapping[str, str] = os.environ,
) -> RunRequest:
    """The request for a run of a release.

    Args:
        release: the release, completed.
        artifact_version: the number of a run of the artifact's pipeline.
        branch: a branch, with or without `refs/heads/`.
        variables: `NAME=VALUE` each.
        secrets: names of secrets whose values the environment holds.
        skip: names of stages.
        environment: the values of secrets, by `secret_variable`.

    Raises:
        UserError: the request is invalid; the message names all problems, and contains no value.
    """
    problems: list[str] = []
    if artifact_version is not None and release.artifact is None:
        problems.append("--artifact-version: the release has no `artifact`")
    values = [
        *_plain(release, variables, problems),
        *_secret(release, secrets, environment, problems),
    ]
    twice = _repeated(variable.name for variable in values)
    problems += [f"variable {name} has two values; pass one" for name in twice]
    stages = tuple(_stages(release, skip, problems))
    if stages and len(stages) == len(release.stages):
        problems.append("--skip: all stages are skipped; leave one to run")
    if problems:
        raise UserError("\n".join(problems))
    return RunRequest(artifact_version, _full_branch(branch), tuple(values), stages)


def run_body(request: RunRequest, release: Release) -> dict[str, Any]:
    """The body of the request that starts or previews a run.

    Source: learn.microsoft.com/rest/api/azure/devops/pipelines/runs/run-pipeline (RunPipelineParameters).
    """
    resources: dict[str, Any] = {}
    if request.branch is not None:
        resources["repositories"] = {"self": {"refName": request.branch}}
    if request.artifact_version is not None and release.artifact is not None:
        resources["pipelines"] = {str(release.artifact.alias): {"version": request.artifact_version}}
    body: dict[str, Any] = {}
    if resources:
        body["resources"] = resources
    if request.variables:
        body["variables"] = variables_body(request.variables)
    if request.skip:
        body["stagesToSkip"] = list(request.skip)
    return body


def variables_body(variables: Iterable[RunVariable]) -> dict[str, Any]:
    """Variables as the service takes them."""
    return {
        variable.name: {"value": variable.value, "isSecret": True} if variable.secret else {"value": variable.value}
        for variable in variables
    }


def without_secrets(value: T, secrets: Iterable[str]) -> T:
    """A text, or a tuple that holds texts at any depth, without any secret."""
    parts = {part for secret in secrets for part in (secret, *secret.splitlines())}
    return cast("T", _without(value, parts)) if parts else value


def _without(value: object, secrets: Collection[str]) -> object:
    if isinstance(value, str):
        return mask_values(value, secrets, shortest=_SHORTEST_SECRET)
    if isinstance(value, tuple):
        inner = [_without(each, secrets) for each in value]
        make = getattr(type(value), "_make", type(value))
        return make(inner)
    return value


def _plain(release: Release, given: Sequence[str], problems: list[str]) -> Iterable[RunVariable]:
    secret = {name.casefold() for name in release.secrets}
    for text in given:
        name, sign, value = text.partition("=")
        name = name.strip()
        known = _settable(release, name)
        if not sign or not name:
            problems.append(f"--variable {name}: pass NAME=VALUE")
        elif known is None:
            problems.append(_not_settable(release, "--variable", name))
        elif known.casefold() in secret:
            problems.append(
                f"--variable {known}: is a secret, which others can read on the command line; "
                f"set the environment variable {secret_variable(known)}, and pass --secret {known}"
            )
        else:
            yield RunVariable(known, value)


def _secret(
    release: Release, given: Sequence[str], environment: Mapping[str, str], problems: list[str]
) -> Iterable[RunVariable]:
    secret = {name.casefold() for name in release.secrets}
    for text in given:
        # A value that is passed here must not be printed.
        name = text.partition("=")[0].strip()
        known = _settable(release, name)
        if "=" in text:
            problems.append(
                f"--secret {name}: pass the name only, and set the environment variable {secret_variable(name)}"
            )
        elif known is None:
            problems.append(_not_settable(release, "--secret", name))
        elif known.casefold() not in secret:
            problems.append(f"--secret {known}: is not a secret of the release; pass --variable {known}=VALUE")
        elif not environment.get(secret_variable(known)):
            problems.append(f"--secret {known}: set its value in the environment variable {secret_variable(known)}")
        else:
            yield RunVariable(known, environment[secret_variable(known)], secret=True)


def _settable(release: Release, name: str) -> str | None:
    return next((known for known in release.settable if known.casefold() == name.casefold()), None)


def _not_settable(release: Release, option: str, name: str) -> str:
    exists = name.casefold() in {known.casefold() for known in (*release.variables, *release.secrets)}
    if exists:
        return f"{option} {name}: has a fixed value; add it to `settable` of the release"
    names = ", ".join(release.settable) or "nothing"
    hint = suggestion(name, release.settable, f"The release names in `settable`: {names}.")
    return f"{option} {name}: is not a variable of the release. {hint}"


def _stages(release: Release, skip: Sequence[str], problems: list[str]) -> Iterable[str]:
    names = {stage.name.casefold(): stage.name for stage in release.stages}
    for name in dict.fromkeys(each.casefold() for each in skip):
        if name in names:
            yield names[name]
        else:
            problems.append(unknown_stage("--skip", next(each for each in skip if each.casefold() == name), release))


def unknown_stage(option: str, name: str, release: Release) -> str:
    """The message about a stage that the release does not have."""
    names = [stage.name for stage in release.stages]
    hint = suggestion(name, names, f"It has: {', '.join(names)}.")
    return f"{option} {name}: the release has no such stage. {hint}"


def _full_branch(branch: str | None) -> str | None:
    return branch if branch is None or branch.startswith("refs/") else f"refs/heads/{branch}"


def _repeated(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    again: dict[str, None] = {}
    for name in names:
        if name.casefold() in seen:
            again[name] = None
        seen.add(name.casefold())
    return list(again)
