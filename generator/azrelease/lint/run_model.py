"""What a job has when its steps run: folders, variables with their time and origin, and the order of its steps."""

from collections.abc import Iterator
from typing import NamedTuple

from azrelease.lint.facts import dependencies
from azrelease.lint.facts.environment_names import environment_name
from azrelease.lint.facts.job_folders import (
    RepositoryCheckout,
    WorkUnit,
    downloads,
    downloads_by_itself,
    publications,
)
from azrelease.lint.facts.job_variables import ScopedVariable, VariableOrigin, VariablesOfJob
from azrelease.lint.facts.pools import image_node
from azrelease.lint.linted_file import LintedFile
from azrelease.redaction import is_secret
from azrelease.syntax import JobOutline, StepOutline

_SECRET = "(secret)"  # noqa: S105  (what stands in its place)
_LAST_COMMIT = "1"


class FolderContent(NamedTuple):
    """What a folder of a job has.

    Attributes:
        folder: the folder.
        content: what is in it.
        place: what puts it there: a line, or that the job does so by itself.
    """

    folder: str
    content: str
    place: str


class KnownVariable(NamedTuple):
    """A variable of a job.

    Attributes:
        name: how steps read it: `$(name)`.
        value: its value, as written; empty where the run makes it, and without secrets.
        origin: where it comes from.
        place: where it is written.
        since: from when on it has its value.
        environment: its name in the environment of scripts; empty for secrets, which need an entry in `env`.
    """

    name: str
    value: str
    origin: str
    place: str
    since: str
    environment: str


class ModelStep(NamedTuple):
    """A step.

    Attributes:
        number: its place in the job, from 1.
        what: its task, or that it is a script.
        place: where it is written.
        hook: its hook, in a deployment job.
        condition: when it runs.
        environment: the names that its `env` maps.
    """

    number: int
    what: str
    place: str
    hook: str
    condition: str
    environment: tuple[str, ...]


class RunModel(NamedTuple):
    """What `check` knows of a job.

    Attributes:
        stage: its stage; empty for the only one.
        job: its name; empty for the only one.
        place: where it is written.
        image: the hosted image; empty where that is not known.
        after: what has to succeed, or end, before it.
        condition: when it runs.
        folders: what is where, by hook where there are several.
        published: the artifacts that it publishes.
        variables: its variables, in the order of a run.
        groups: the variable groups, whose variables are not known here.
        is_open: whether there may be others: of groups, the portal and templates out of reach.
        steps: its steps.
    """

    stage: str
    job: str
    place: str
    image: str
    after: tuple[str, ...]
    condition: str
    folders: tuple[FolderContent, ...]
    published: tuple[FolderContent, ...]
    variables: tuple[KnownVariable, ...]
    groups: tuple[str, ...]
    is_open: bool
    steps: tuple[ModelStep, ...]


def run_models(file: LintedFile, name: str) -> list[RunModel]:
    """The models of the jobs of a name: that of a job, or `STAGE.JOB`, in any case."""
    return [run_model(file, job) for job in file.outline.jobs if name.casefold() in _names(job)]


def job_names(file: LintedFile) -> list[str]:
    """How the jobs of a file can be named, each once."""
    return [names[-1] for job in file.outline.jobs if (names := _names(job, folded=False))]


def _names(job: JobOutline, *, folded: bool = True) -> list[str]:
    """The names of a job: its own, and that with its stage. The only job is `job`, as the service calls it."""
    own = job.name or "Job"
    names = [own, *([f"{job.stage.name}.{own}"] if job.stage.name else [])]
    return [name.casefold() for name in names] if folded else names


def run_model(file: LintedFile, job: JobOutline) -> RunModel:
    """What a file shows of a run of a job."""
    units = [unit for unit in file.work_units if unit.job is job]
    variables = file.run_variables.of(job)
    node = image_node(job.steps[0], file.root) if job.steps else None
    return RunModel(
        stage=job.stage.name or "",
        job=job.name or "",
        place=file.place_of(job.name_node or job.block.entries[0].key),
        image=str(node.value) if node is not None else "",
        after=tuple(_after(file, job)),
        condition=_condition(job.block.text("condition")),
        folders=tuple(content for unit in units for content in _folders(file, unit, several=len(units) > 1)),
        published=tuple(
            FolderContent(
                each.path.value if each.path is not None else "", each.artifact or "", _place(file, each.step)
            )
            for each in publications(job.steps)
        ),
        variables=tuple(known_variables(file, job)),
        groups=variables.groups,
        is_open=variables.is_open,
        steps=tuple(_step(file, number, step) for number, step in enumerate(job.steps, 1)),
    )


def known_variables(file: LintedFile, job: JobOutline) -> Iterator[KnownVariable]:
    """The variables of a job, in the order of a run."""
    variables = file.run_variables.of(job)
    return (_variable(file, variables, each) for each in variables.variables)


def _after(file: LintedFile, job: JobOutline) -> Iterator[str]:
    stages = dependencies.stages(file.outline.stages)
    for index, member in enumerate(stages):
        if member.block is job.stage.block:
            yield from (f"stage {name}" for name in dependencies.waits_for(stages, index, in_order=True) or ())
    jobs = dependencies.jobs(job.stage)
    for index, member in enumerate(jobs):
        if member.block is job.block:
            yield from (f"job {name}" for name in dependencies.waits_for(jobs, index, in_order=False) or ())


def _condition(text: str | None) -> str:
    return "succeeded()" if text is None else " ".join(text.split())


def _folders(file: LintedFile, unit: WorkUnit, *, several: bool) -> Iterator[FolderContent]:
    hook = f", in `{unit.hook}`" if several else ""
    if not unit.checkouts and unit.has_sources:
        yield FolderContent("$(Build.SourcesDirectory)", _repository("self", None), f"the job itself{hook}")
    elif not unit.checked_out:
        yield FolderContent(
            "$(Build.SourcesDirectory)", "nothing: no repository is checked out", f"the job itself{hook}"
        )
    for each in unit.checked_out:
        yield FolderContent(
            _checkout_folder(file, unit, each), _repository(each.repository, each.depth), _place(file, each.step) + hook
        )
    if downloads_by_itself(unit):
        names = sorted({each.artifact for each in publications(file.outline.steps) if each.artifact})
        for name in names:
            yield FolderContent(
                f"$(Pipeline.Workspace)/{name}", f"artifact `{name}` of this run", f"the job itself{hook}"
            )
        for alias in file.resources("pipelines"):
            yield FolderContent(
                f"$(Pipeline.Workspace)/{alias}/…", f"artifacts of the pipeline `{alias}`", f"the job itself{hook}"
            )
    for found in downloads(unit):
        source = {"current": "this run", "": "another run"}.get(found.source, f"the pipeline `{found.source}`")
        what = f"artifact `{found.artifact}` of {source}" if found.artifact else f"all artifacts of {source}"
        yield FolderContent(
            _shown(found.folder) if found.folder else "$(Pipeline.Workspace)/…", what, _place(file, found.step) + hook
        )
    yield FolderContent("$(Build.ArtifactStagingDirectory)", "nothing when the job starts", f"the job itself{hook}")


def _repository(name: str, depth: str | None) -> str:
    what = "the repository of the pipeline" if name == "self" else f"the repository `{name}`"
    if depth is None:
        return f"{what}; how many commits depends on the settings of the pipeline"
    return (
        f"{what}, all commits"
        if depth.strip() == "0"
        else f"{what}, the last {depth} commits"
        if depth.strip() != _LAST_COMMIT
        else f"{what}, the last commit"
    )


def _checkout_folder(file: LintedFile, unit: WorkUnit, checkout: RepositoryCheckout) -> str:
    if checkout.path is not None:
        return f"$(Pipeline.Workspace)/{checkout.path.value.strip('/')}"
    if len(unit.checked_out) == 1:
        return "$(Build.SourcesDirectory)"
    resource = file.resources("repositories").get(checkout.repository)
    name = (resource.block.text("name") or "").rpartition("/")[2] if resource is not None else "REPOSITORY"
    return f"$(Build.SourcesDirectory)/{name}"


def _shown(folder: str) -> str:
    names = {
        "$(pipeline.workspace)": "$(Pipeline.Workspace)",
        "$(build.sourcesdirectory)": "$(Build.SourcesDirectory)",
        "$(build.artifactstagingdirectory)": "$(Build.ArtifactStagingDirectory)",
    }
    root, slash, rest = folder.partition("/")
    return f"{names.get(root, root)}{slash}{rest}"


def _variable(file: LintedFile, variables: VariablesOfJob, each: ScopedVariable) -> KnownVariable:
    name = f"{each.step.name}.{each.name}" if each.is_output and each.step is not None and each.step.name else each.name
    value = each.value or ""
    is_hidden = each.is_secret or is_secret(each.name, value)
    return KnownVariable(
        name=name,
        value=_SECRET if is_hidden and (value or each.is_secret) else value,
        origin=str(each.origin),
        place=file.place_of(each.node) if each.step is None else _place(file, each.step),
        since=_since(variables, each),
        environment="" if each.is_secret else environment_name(name),
    )


def _since(variables: VariablesOfJob, each: ScopedVariable) -> str:
    if each.step is not None:
        return f"after step {variables.order[id(each.step)] + 1}"
    value = each.value or ""
    if each.origin is VariableOrigin.MATRIX:
        return "the start of the job"
    if value.strip().startswith("$["):
        return "the start of the job"
    return "each step, which expands its macros" if "$(" in value else "the expansion of templates"


def _step(file: LintedFile, number: int, step: StepOutline) -> ModelStep:
    return ModelStep(
        number=number,
        what=step.task or step.action or "step",
        place=_place(file, step),
        hook=step.hook,
        condition=_condition(step.block.text("condition")),
        environment=tuple(entry.name for entry in step.environment),
    )


def _place(file: LintedFile, step: StepOutline) -> str:
    return file.place_of(step.block.entries[0].key)
