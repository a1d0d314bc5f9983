"""The answers: what a new project is made from. Each follows the rule of the field of the release that it becomes."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationError

from azrelease.catalog.images import ImageStatus, image
from azrelease.diagnostics import INVALID_VALUE
from azrelease.release import Approval, BatchTarget, KubernetesTarget, ManagedTarget, Release, Stage
from azrelease.release.artifact import ArtifactName
from azrelease.release.fields import FixedText, Text
from azrelease.release.model import Model
from azrelease.release.problems import failure
from azrelease.release.release import ReleaseName
from azrelease.scaffold.install_source import install_source
from azrelease.templating.printable import is_printable
from azrelease.templating.scripts import is_expanded

_LONGEST_STEM = 24
"""Characters; with `-staging` an endpoint has 32, which is the most."""


def _plain(text: str) -> str:
    if not is_printable(text):
        raise failure(INVALID_VALUE, "there is a character in it that cannot be seen", "Write it without.")
    if is_expanded(text):
        raise failure(
            INVALID_VALUE, f"Azure Pipelines would replace a part of `{text}`", "Write the name itself, not a variable."
        )
    return text


def _linux(label: str) -> str:
    found = image(label)
    if found is None:
        return label
    instead = f"Take `{found.replacement or 'ubuntu-24.04'}`."
    status = found.status(date.today())  # noqa: DTZ011  (the user's own day)
    if status is not ImageStatus.AVAILABLE:
        going = {ImageStatus.DEPRECATED: "is going to be removed", ImageStatus.RETIRED: "is gone"}
        raise failure(INVALID_VALUE, f"the image `{label}` {going.get(status, 'cannot be used')}", instead)
    if found.system != "linux":
        message = f"the image `{label}` runs {found.system}, and the scripts are those of a Linux agent"
        raise failure(INVALID_VALUE, message, "Take `ubuntu-24.04`.")
    return label


def _target(text: object) -> object:
    if not isinstance(text, str):
        return text
    kind, _, compute = (part.strip() for part in text.partition(":"))
    match kind:
        case "managed" if not compute:
            return ManagedTarget()
        case "kubernetes" if compute:
            return KubernetesTarget(compute=_plain(compute))
        case "batch":
            return BatchTarget(compute=_plain(compute)) if compute else BatchTarget()
    hint = "One of: `managed`, `kubernetes:<attached cluster>`, `batch`, `batch:<compute cluster>`."
    raise failure(INVALID_VALUE, f"nothing runs on `{text}`", hint)


def _can_approve(names: tuple[str, ...]) -> tuple[str, ...]:
    if names:
        Approval(approvers=names)
    return names


def _trusted(text: str) -> str:
    try:
        return install_source(text).text
    except ValueError as error:
        message, _, hint = str(error).partition(". ")
        raise failure(INVALID_VALUE, message, hint or None) from None


PlainText = Annotated[Text, AfterValidator(_plain)]
EndpointTarget = Annotated[ManagedTarget | KubernetesTarget | BatchTarget, BeforeValidator(_target)]


class Answers(Model):
    """What a new project is made from."""

    name: Annotated[ReleaseName, AfterValidator(_plain)]
    resource_group: PlainText
    workspace: PlainText
    service_connection: PlainText
    pipeline: Annotated[FixedText, AfterValidator(_plain)]
    artifact: Annotated[ArtifactName, AfterValidator(_plain)]
    image: Annotated[Text, AfterValidator(_plain), AfterValidator(_linux)]
    staging: EndpointTarget
    production: EndpointTarget
    approvers: Annotated[tuple[PlainText, ...], AfterValidator(_can_approve)] = ()
    install_from: Annotated[str, AfterValidator(_plain), AfterValidator(_trusted)] = ""


def problems(given: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with answers, by the field; those that are not given yet are not missed."""
    try:
        Answers.model_validate(dict(given))
    except ValidationError as error:
        found: dict[str, str] = {}
        for details in error.errors(include_url=False):
            if details["type"] != "missing":
                context = details.get("ctx", {})
                parts = (str(context.get("message", details["msg"])), str(context.get("hint") or ""))
                found.setdefault(str(details["loc"][0]), ". ".join(filter(None, parts)))
        return found
    return {}


def endpoint_stem(name: str) -> str:
    """A name as endpoints and models can have it: letters, digits and `-`, 3 to 24 of them."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(stem) < 3 or not stem[0].isalpha():  # noqa: PLR2004  (the least that an endpoint's name has)
        stem = f"model-{stem}".strip("-")
    return stem[:_LONGEST_STEM].strip("-")


_STAGES = ("staging", "production")


def answers_of_release(release: Release) -> Answers | None:
    """The answers that a release was made from; None where `init` cannot have made it."""
    stages = {stage.name: stage for stage in release.stages if stage.name in _STAGES}
    artifact, workspace = release.artifact, release.workspace
    if tuple(stages) != _STAGES or artifact is None or artifact.name is None or workspace is None:
        return None
    targets = {name: _answer(stage.target) for name, stage in stages.items()}
    stem = endpoint_stem(release.name)
    endpoints = tuple(stage.endpoint for stage in stages.values())
    deploys = all(_deploys_as_written(stage) for stage in stages.values())
    if not deploys or None in targets.values() or endpoints != (f"{stem}-staging", stem) or release.agent.pool:
        return None
    approval = stages["production"].approval
    answers = {
        "name": release.name,
        "resource_group": workspace.resource_group,
        "workspace": workspace.name,
        "service_connection": workspace.service_connection,
        "pipeline": artifact.pipeline,
        "artifact": artifact.name,
        "image": release.agent.completed().image,
        **targets,
        "approvers": approval.approvers if approval else (),
    }
    return None if problems(answers) else Answers.model_validate(answers)


def _deploys_as_written(stage: Stage) -> bool:
    """Whether a stage deploys with the file that `init` writes for its target."""
    kind = stage.target.type if stage.target else "managed"
    file = f"deployment/{'' if kind == 'managed' else f'{kind}-'}deployment.yml"
    return file in {getattr(task, "file", None) for task in stage.tasks or ()}


def _answer(target: object) -> str | None:
    match target:
        case ManagedTarget():
            return "managed"
        case KubernetesTarget(compute=compute):
            return f"kubernetes:{compute}"
        case BatchTarget(compute=compute):
            return f"batch:{compute}" if compute else "batch"
    return None
