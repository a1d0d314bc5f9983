"""Steps of a job."""

from typing import NamedTuple


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
    """Downloads an artifact of a pipeline resource to `$(Pipeline.Workspace)/<alias>/<artifact>`."""

    download: str
    artifact: str
    display_name: str | None = None


Step = TaskStep | DownloadStep
