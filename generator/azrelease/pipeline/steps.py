"""Steps of a job."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

ParameterValue = str | int | bool | Sequence["ParameterValue"] | Mapping[str, "ParameterValue"] | None
"""What a parameter of a template is given: text, a number, true or false, a list or a mapping."""


class TaskStep(NamedTuple):
    """A task by `name@major` with its inputs; timeouts in minutes."""

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


Step = TaskStep | DownloadStep | CheckoutStep | TemplateStep
