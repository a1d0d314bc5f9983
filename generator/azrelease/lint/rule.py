"""What a rule is, with the names that the file of a rule uses."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from azrelease.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.linted_release import LintedRelease, Route

__all__ = [
    "Check",
    "Code",
    "Diagnostic",
    "Edit",
    "Findings",
    "Fix",
    "LintedFile",
    "LintedRelease",
    "ReleaseCheck",
    "Route",
    "Rule",
    "Severity",
]

Findings = Iterator[Diagnostic]
Check = Callable[[LintedFile], Findings]
ReleaseCheck = Callable[[LintedRelease], Findings]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A kind of mistake, how to find it, and its texts.

    Attributes:
        code: its code, name and severity.
        summary: the mistake in one line.
        why: what it leads to, with the source of that.
        wrong: a file that has the mistake; empty where an example would need more than a file.
        right: the same file without it.
        file: the name of the examples: a release file has other rules than a pipeline.
        beside: further files that the examples need, by name.
        check: finds it in a pipeline or template; None when reading the file finds it.
        check_release: finds it in a release file; None when loading the release finds it.
        of_text: whether it is about what the text of one file says, such as what it declares and never uses; then the
            pipeline that the service makes of the file has nothing to add.
        of_every_run: whether a part of the pipeline may be for other values of its parameters than the usual ones; then
            what these alone lead to is not wrong.
        of_run: whether what it finds shows in the run only; the service takes the file.
        package: the package that the rule comes from; azrelease sets it for the rules of plugins.
    """

    code: Code
    summary: str
    why: str
    wrong: str = ""
    right: str = ""
    file: str = "azure-pipelines.yml"
    beside: tuple[tuple[str, str], ...] = ()
    check: Check | None = None
    check_release: ReleaseCheck | None = None
    of_text: bool = False
    of_every_run: bool = False
    of_run: bool = False
    package: str = "azrelease"
