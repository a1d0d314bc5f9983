"""The model of an expanded pipeline, and the order of its stages and jobs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

from azrelease.errors import UserError
from azrelease.rehearsal.unknown_parts import UnknownPart, refuse
from azrelease.suggestions import suggestion


class RehearsedStep(NamedTuple):
    """A step. A script is a step of the task that runs it.

    Attributes:
        task: the task, `AzureCLI@2`; for `download`, `checkout` and others that are short for one, that word.
        inputs: its inputs by name in lower case.
        name: the name that its outputs are addressed by.
        condition: its condition; None for the default.
        continue_on_error: whether the job continues when it fails.
        timeout: in minutes; None for no limit of its own.
    """

    task: str
    inputs: Mapping[str, str]
    title: str
    name: str | None = None
    condition: str | None = None
    env: Mapping[str, str] = {}
    continue_on_error: bool = False
    enabled: bool = True
    timeout: float | None = None
    retries: int = 0


class RehearsedJob(NamedTuple):
    """A job.

    Attributes:
        depends_on: the jobs of the stage that it depends on.
        condition: its condition; None for the default.
        variables: its variables, as written.
        hooks: its steps by hook; outside of deployment jobs under an empty name.
        timeout: in minutes; None for no limit.
        continue_on_error: whether the stage continues when it fails.
        readonly: the names of its read-only variables.
        copies: the number of its copies, of which the first is rehearsed.
    """

    name: str
    title: str
    depends_on: tuple[str, ...]
    condition: str | None
    variables: Mapping[str, str]
    hooks: Mapping[str, tuple[RehearsedStep, ...]]
    is_deployment: bool = False
    environment: str | None = None
    timeout: float | None = None
    continue_on_error: bool = False
    readonly: frozenset[str] = frozenset()
    copies: int = 1


class RehearsedStage(NamedTuple):
    """A stage.

    Attributes:
        unknown: what only a run knows: the conditions around it, and parts of it that a rehearsal reads.
    """

    name: str
    title: str
    depends_on: tuple[str, ...]
    condition: str | None
    variables: Mapping[str, str]
    jobs: tuple[RehearsedJob, ...]
    readonly: frozenset[str] = frozenset()
    unknown: tuple[UnknownPart, ...] = ()


class RehearsedPipeline(NamedTuple):
    """A pipeline.

    Attributes:
        variables: its variables, as written.
        groups: its variable groups, whose values are unknown in a rehearsal.
        sources: the pipelines that it downloads from, alias and name.
        stages: its stages, each with its dependencies.
        readonly: the names of its read-only variables.
        unknown: what only a run knows outside of the stages: variables, sources.
        unseen: the places of the list of stages that may have any: templates out of reach, loops, expressions.
        before_first: those of them before the first stage.
        read_before_run: the variables that it sets and template expressions read, in lower case.
    """

    path: str
    variables: Mapping[str, str]
    groups: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    stages: tuple[RehearsedStage, ...]
    readonly: frozenset[str] = frozenset()
    unknown: tuple[UnknownPart, ...] = ()
    unseen: tuple[UnknownPart, ...] = ()
    before_first: tuple[UnknownPart, ...] = ()
    read_before_run: frozenset[str] = frozenset()

    def stage(self, name: str) -> RehearsedStage:
        """A stage by its name.

        Raises:
            UserError: it does not exist, or only a run knows whether it does.
        """
        for stage in self.stages:
            if stage.name.casefold() == name.casefold():
                return stage
        refuse(self.path, f"whether there is a stage `{name}`", self.unseen)
        names = [stage.name for stage in self.stages]
        hint = suggestion(name, names, f"Use one of: {', '.join(names)}.")
        raise UserError(f"{self.path}: no stage `{name}`. {hint}")


_StageOrJob = TypeVar("_StageOrJob", RehearsedStage, RehearsedJob)


def in_order(items: Sequence[_StageOrJob]) -> tuple[_StageOrJob, ...]:
    """Stages, or the jobs of one, each behind those of them that it depends on; the dependencies have no cycle."""
    done: list[_StageOrJob] = []
    pending = list(items)
    while pending:
        names = {item.name.casefold() for item in pending}
        ready = next(item for item in pending if not names & {name.casefold() for name in item.depends_on})
        pending.remove(ready)
        done.append(ready)
    return tuple(done)
