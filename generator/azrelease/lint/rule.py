"""What a rule is."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from azrelease.diagnostics import Code, Diagnostic

if TYPE_CHECKING:
    from azrelease.lint.linted_file import LintedFile

Check = Callable[["LintedFile"], Iterator[Diagnostic]]


class Rule(NamedTuple):
    """A kind of mistake, how it is found, and what its page says.

    Attributes:
        code: its code, name and severity.
        summary: the mistake in one line.
        why: what it leads to, and where that is known from.
        wrong: a file that has the mistake.
        right: the same file without it.
        check: finds it in a file; None when reading the file finds it.
        file: what the examples are called; a release file has other rules than a pipeline.
        beside: further files that the examples need, by name.
    """

    code: Code
    summary: str
    why: str
    wrong: str
    right: str
    check: Check | None = None
    file: str = "azure-pipelines.yml"
    beside: tuple[tuple[str, str], ...] = ()
