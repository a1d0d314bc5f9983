"""What the jobs of a rehearsal share, and who watches them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from azrelease.redaction import SecretMasker
from azrelease.rehearsal.artifacts import ArtifactDownload
from azrelease.rehearsal.outcome import Remark, Result, StepOutcome, TestCase
from azrelease.rehearsal.sandbox import Sandbox
from azrelease.rehearsal.variables import JobVariables


class Watcher(Protocol):
    """Follows a rehearsal."""

    def stage_begins(self, title: str) -> None:
        """A stage begins."""

    def job_begins(self, title: str) -> None:
        """A job, or a hook of a deployment, begins."""

    def step_begins(self, title: str) -> None:
        """A step begins."""

    def line(self, text: str) -> None:
        """A step has printed a line, with its secrets masked."""

    def step_ends(self, outcome: StepOutcome) -> None:
        """A step has ended."""


class _Notice(NamedTuple):
    text: str
    serious: bool
    expected: bool


@dataclass
class Machine:
    """What the jobs of a rehearsal share.

    Attributes:
        python: the Python that servers run with.
        at_failure: called with the environment and the folder of a failed step, before anything else happens.
        fetch: copies an artifact, and returns its folder.
        notices: the problems that the simulated service noticed.
    """

    sandbox: Sandbox
    watcher: Watcher
    python: str
    confirm: Callable[[str, str], bool]
    at_failure: Callable[[Mapping[str, str], Path], None]
    fetch: Callable[[ArtifactDownload], Path]
    masker: SecretMasker = field(default_factory=SecretMasker)
    tests: list[TestCase] = field(default_factory=list)
    notices: list[_Notice] = field(default_factory=list)
    processes: list[int] = field(default_factory=list)

    def ask(self, question: str, instructions: str) -> bool:
        """Ask for an approval, with secrets masked."""
        return self.confirm(self.masker.mask(question), self.masker.mask(instructions))

    def notice(self, text: str, *, serious: bool, expected: bool = False) -> None:
        """Record a problem of the simulated service.

        A serious one counts even when the step succeeds; a test may have caused an expected one on purpose.
        """
        self.notices.append(_Notice(text, serious, expected))

    def take_remarks(self, step: str, *, failed: bool) -> tuple[Remark, ...]:
        """The problems since the last call, each once; of a successful step, only the serious ones."""
        notices = [notice for notice in dict.fromkeys(self.notices) if failed or notice.serious]
        self.notices.clear()
        severity = "error" if failed else "warning"
        return tuple(Remark("info" if notice.expected else severity, notice.text, step) for notice in notices)


@dataclass
class JobState:
    """The state of a job, or of a hook.

    Attributes:
        path: folders in front of the path.
        outputs: its output variables by `step.name`.
        until: when its time is over, on the monotonic clock; None for no limit.
    """

    variables: JobVariables
    path: tuple[str, ...] = ()
    result: Result = Result.SUCCEEDED
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[StepOutcome] = field(default_factory=list)
    until: float | None = None
    minutes: float = 0.0
