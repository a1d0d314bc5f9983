"""Steps of a job."""

from typing import NamedTuple

from azrelease.pipeline.step_templates import ParameterValue, StepCall


class TaskStep(NamedTuple):
    """A task by `name@major` with its inputs; timeouts in minutes.

    `call` is how a step template says the same; `turn`, how a loop says it for several texts at once.
    """

    task: str
    inputs: tuple[tuple[str, str | bool | int], ...] = ()
    display_name: str | None = None
    name: str | None = None
    condition: str | None = None
    continue_on_error: bool = False
    enabled: bool = True
    env: tuple[tuple[str, str], ...] = ()
    timeout_in_minutes: int | None = None
    retry_count_on_task_failure: int | None = None
    call: StepCall | None = None
    turn: "RepeatedStep | None" = None


class RepeatedStep(NamedTuple):
    """A step that is made for each of some texts.

    Attributes:
        item: the name of the loop variable: `${{ <item> }}` in the pattern.
        each: the texts.
        number: which of them the step is for, from 0.
        pattern: the step as it is said for all of them.
    """

    item: str
    each: tuple[str, ...]
    number: int
    pattern: TaskStep


class DownloadStep(NamedTuple):
    """Downloads artifacts of a pipeline resource to `$(Pipeline.Workspace)/<alias>/<artifact>`; `none` for nothing.

    Without an artifact, all of them. `keyword` is `downloadBuild` for a build resource.
    """

    download: str
    artifact: str | None = None
    display_name: str | None = None
    patterns: tuple[str, ...] = ()
    keyword: str = "download"


class CheckoutStep(NamedTuple):
    """Checks out a repository resource to `$(Pipeline.Workspace)/<path>`; `none` for nothing."""

    checkout: str
    path: str | None = None
    fetch_depth: int | None = None
    submodules: str | None = None
    lfs: bool = False


class TemplateStep(NamedTuple):
    """A call of a step template, which the service expands before a run.

    `template` is its path as seen from the file of the pipeline, or `<path>@<alias of a repository>`.
    """

    template: str
    parameters: tuple[tuple[str, ParameterValue], ...] = ()


class EachStep(NamedTuple):
    """Calls that are made for each of some texts, `${{ <item> }}` in them."""

    item: str
    each: tuple[str, ...]
    steps: tuple[TemplateStep, ...]


Step = TaskStep | DownloadStep | CheckoutStep | TemplateStep | EachStep
