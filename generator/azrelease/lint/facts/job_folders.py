"""The folders of a job: what its checkouts and downloads put where, and what it publishes.

Sources: learn.microsoft.com/azure/devops/pipelines/repos/multi-repo-checkout (checkout path),
pipelines/process/deployment-jobs (the hook `deploy` downloads by itself, no hook checks out by itself),
pipelines/artifacts/pipeline-artifacts and pipelines/tasks/reference for the folders of the tasks.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.syntax import JobOutline, PipelineFile, StepOutline
from azrelease.syntax.embedded import is_computed

WORKSPACE = "$(pipeline.workspace)"
SOURCES = "$(build.sourcesdirectory)"
STAGING = "$(build.artifactstagingdirectory)"

_SAME = {
    "$(agent.builddirectory)": WORKSPACE,
    "$(system.defaultworkingdirectory)": SOURCES,
    "$(build.repository.localpath)": SOURCES,
    "$(build.stagingdirectory)": STAGING,
    "$(system.artifactsdirectory)": STAGING,
    f"{WORKSPACE}/s": SOURCES,
    f"{WORKSPACE}/a": STAGING,
}
"""Folders by another name (learn.microsoft.com/azure/devops/pipelines/build/variables)."""

_AUTOMATIC_HOOK = "deploy"
_SLASHES = re.compile(r"[\\/]+")


class RepositoryCheckout(NamedTuple):
    """A `checkout` step.

    Attributes:
        repository: `self`, `none`, or the alias of another repository, in lower case.
        path: its `path`; None without one.
        depth: its `fetchDepth`; None without one.
    """

    step: StepOutline
    node: ScalarNode
    repository: str
    path: ScalarNode | None
    depth: str | None


class PlacedArtifact(NamedTuple):
    """Artifacts that a step puts on the agent.

    Attributes:
        step: the step.
        node: the artifact, or the head of the step.
        source: `current`, or the alias of a pipeline resource, in lower case; empty for another run.
        artifact: its name; None for all artifacts of the run.
        folder: the folder with the content of the artifact, normalized; None where that is not known.
    """

    step: StepOutline
    node: ScalarNode
    source: str
    artifact: str | None
    folder: str | None


class Publication(NamedTuple):
    """An artifact that a step publishes.

    Attributes:
        step: the step.
        node: the artifact, or the head of the step.
        artifact: its name; None where that is not known.
        path: what is published; None where that is not known.
        is_pipeline_artifact: whether it is a pipeline artifact, of which a name may be used once.
    """

    step: StepOutline
    node: ScalarNode
    artifact: str | None
    path: ScalarNode | None
    is_pipeline_artifact: bool


class WorkUnit(NamedTuple):
    """Steps that share an agent and its folders: those of a job, or of one hook of a deployment job.

    Attributes:
        job: the job.
        hook: the hook; empty for a job of another kind.
        steps: the steps, in order.
        checkouts: its checkouts, without the one that a job has by itself.
    """

    job: JobOutline
    hook: str
    steps: tuple[StepOutline, ...]
    checkouts: tuple[RepositoryCheckout, ...]

    @property
    def has_sources(self) -> bool:
        """Whether the repository of the pipeline is checked out, by a step or by itself."""
        if not self.checkouts:
            return not self.job.is_deployment
        return any(each.repository == "self" or is_computed(each.repository) for each in self.checkouts)

    @property
    def checked_out(self) -> tuple[RepositoryCheckout, ...]:
        """Its checkouts without `none`."""
        return tuple(each for each in self.checkouts if each.repository != "none")

    def before(self, step: StepOutline) -> tuple[StepOutline, ...]:
        """The steps before one of them."""
        index = next((i for i, other in enumerate(self.steps) if other is step), len(self.steps))
        return self.steps[:index]


def unit_texts(unit: WorkUnit) -> Iterator[tuple[StepOutline, ScalarNode]]:
    """The texts of the steps of a job or hook in which files are used: not what downloads, checks out or publishes."""
    for step in unit.steps:
        if step.action in ("download", "checkout", "publish") or step.task_name.startswith(("download", "publish")):
            continue
        for entry in step.block.entries:
            if isinstance(entry.value, ScalarNode) and entry.name not in ("condition", "displayName", "name"):
                yield step, entry.value
        for key in ("inputs", "env"):
            for block, _ in step.block.blocks(key):
                yield from ((step, entry.value) for entry in block.entries if isinstance(entry.value, ScalarNode))


def work_units(file: PipelineFile) -> tuple[WorkUnit, ...]:
    """The jobs and hooks of a file, in the order of the text."""
    found: list[WorkUnit] = []
    for job in file.outline.jobs:
        for hook in dict.fromkeys(step.hook for step in job.steps):
            steps = tuple(step for step in job.steps if step.hook == hook)
            found.append(WorkUnit(job, hook, steps, tuple(_checkouts(steps))))
    return tuple(found)


def normalized(path: str) -> str:
    """A path with one spelling of its folders: in lower case, with `/`, and one name for each folder of the agent."""
    text = _SLASHES.sub("/", path.strip().strip("\"'")).rstrip("/").casefold()
    for name, same in _SAME.items():
        if text == name or text.startswith(f"{name}/"):
            return normalized(same + text[len(name) :])
    return text


def root_of(path: str) -> str | None:
    """The folder of the agent that a normalized path begins with; None for another path."""
    return next((root for root in (WORKSPACE, SOURCES, STAGING) if path == root or path.startswith(f"{root}/")), None)


def downloads(unit: WorkUnit) -> Iterator[PlacedArtifact]:
    """The downloads of the steps, in order; those that a hook does by itself are not among them."""
    for step in unit.steps:
        if step.action == "download":
            found = _shorthand(step)
        elif step.task_name == "downloadpipelineartifact":
            found = _pipeline_artifact(step)
        elif step.task_name == "downloadbuildartifacts":
            found = _build_artifact(step)
        else:
            continue
        if found is not None:
            yield found


def downloads_by_itself(unit: WorkUnit) -> bool:
    """Whether a hook downloads all artifacts of the run, and of the pipelines that are resources, before its steps."""
    return unit.hook == _AUTOMATIC_HOOK and not any(step.action == "download" for step in unit.steps)


def publications(steps: Sequence[StepOutline]) -> Iterator[Publication]:
    """The artifacts that steps publish."""
    for step in steps:
        if step.action == "publish":
            path, node = step.block.scalar("publish"), step.block.scalar("artifact")
            yield Publication(step, node or step.head, _plain(node), path, True)
        elif step.task_name in ("publishpipelineartifact", "publishbuildartifacts"):
            is_pipeline = step.task_name == "publishpipelineartifact"
            node = step.inputs.get("artifactname") or step.inputs.get("artifact")
            name = _plain(node) if node is not None or is_pipeline else "drop"
            path = step.inputs.get("targetpath" if is_pipeline else "pathtopublish") or step.inputs.get("path")
            yield Publication(step, node or step.head, name, path, is_pipeline)


def _plain(node: ScalarNode | None) -> str | None:
    return None if node is None or is_computed(node.value) or not node.value else str(node.value)


def _checkouts(steps: Sequence[StepOutline]) -> Iterator[RepositoryCheckout]:
    for step in steps:
        node = step.block.scalar("checkout") if step.action == "checkout" else None
        if node is not None:
            name = node.value.strip().casefold()
            yield RepositoryCheckout(step, node, name, step.block.scalar("path"), step.block.text("fetchDepth"))


def _shorthand(step: StepOutline) -> PlacedArtifact | None:
    node = step.block.scalar("download")
    source = (node.value if node is not None else "").strip().casefold()
    if node is None or source == "none" or is_computed(source):
        return None
    artifact = step.block.scalar("artifact")
    name = _plain(artifact)
    if artifact is not None and name is None:
        return None
    above = WORKSPACE if source == "current" else f"{WORKSPACE}/{source}"
    folder = f"{above}/{name.casefold()}" if name else None
    return PlacedArtifact(step, artifact or step.head, source, name, folder)


def _pipeline_artifact(step: StepOutline) -> PlacedArtifact | None:
    """DownloadPipelineArtifact: the content of one artifact goes into the folder itself."""
    node = step.inputs.get("artifact") or step.inputs.get("artifactname")
    kind = (step.input("buildType", "source") or "current").casefold()
    name = _plain(node)
    if (node is not None and name is None) or is_computed(kind) or step.task.endswith(("@0", "@1")):
        return None
    path = step.input("path", "targetPath", "downloadPath") or WORKSPACE
    folder = normalized(path) if name else None
    source = "current" if kind == "current" else ""
    return PlacedArtifact(step, node or step.head, source, name, folder)


def _build_artifact(step: StepOutline) -> PlacedArtifact | None:
    """DownloadBuildArtifacts: each artifact gets a folder of its name."""
    node = step.inputs.get("artifactname")
    kind = (step.input("buildType") or "current").casefold()
    name = _plain(node)
    if (node is not None and name is None) or is_computed(kind):
        return None
    path = normalized(step.input("downloadPath") or STAGING)
    folder = f"{path}/{name.casefold()}" if name else None
    return PlacedArtifact(step, node or step.head, "current" if kind == "current" else "", name, folder)
