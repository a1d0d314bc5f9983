"""A release file as rules get it."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from azrelease.diagnostics import Code, Diagnostic, Fix, Severity
from azrelease.yaml_document import diagnostic_at

if TYPE_CHECKING:  # the model of releases, and with it pydantic, is imported only for a release
    from azrelease.release import LoadedRelease, Stage
    from azrelease.release.tasks import BaseTask

Route = tuple[str | int, ...]


class PlacedTask(NamedTuple):
    """A task of a release, its stage, and the places of both in the file."""

    stage: "Stage"
    stage_index: int
    task: "BaseTask"
    place: Route

    @property
    def route(self) -> Route:
        """The place of the task in the file."""
        return ("stages", self.stage_index, *self.place)


class LintedRelease:
    """A release file that can be loaded.

    Attributes:
        document: the file, on top of what it extends.
        written: the release as it is written.
        release: the release in full, with all defaults.
        today: the day that retirements are judged by.
    """

    def __init__(self, loaded: "LoadedRelease", today: date) -> None:
        self.document = loaded.document
        self.written = loaded.release
        self.release = loaded.release.completed()
        self.today = today

    @property
    def tasks(self) -> Iterator[PlacedTask]:
        """The tasks of all stages."""
        for index, stage in enumerate(self.release.stages):
            for place, task in stage.placed_tasks:
                yield PlacedTask(stage, index, task, place)

    @property
    def waits_for(self) -> dict[str, set[str]]:
        """The stages that each stage waits for directly, by name."""
        return {stage.name: set(stage.depends_on or ()) for stage in self.release.stages}

    def finding(
        self,
        code: Code,
        message: str,
        route: Route,
        hint: str | None = None,
        *,
        level: Severity | None = None,
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding at the value of a route, in the file that has it."""
        return diagnostic_at(self.document, route, code, message, hint)._replace(level=level, fix=fix)
