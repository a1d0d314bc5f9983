"""AZR410: tasks whose name is nearly that of a built-in one."""

import re
from functools import lru_cache

from azrelease.lint.facts.task_inputs import task_node
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import is_plural, misspelled
from azrelease.syntax.embedded import is_computed

_LEAST_LETTERS = 5
_LONG_NAME = 8
_MOST_OF_NAME = 0.8
_MOST_OTHER_LETTERS = 4
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


def check(file: LintedFile) -> Findings:
    """Names that no built-in task has, but nearly. Where the tasks of the organization are known, AZR402 judges."""
    tasks = file.context.tasks
    if tasks.knows_organization:
        return
    for step in file.outline.steps:
        node = task_node(step)
        name, at, major = step.task.partition("@")
        if node is None or not at or is_computed(node.value) or "." in name or tasks.majors(name):
            continue
        meant = _meant(name, tuple(tasks.names()))
        if meant is not None:
            majors = tasks.majors(meant)
            version = major if major.isdecimal() and int(major) in majors else str(majors[-1])
            message = f"there is no built-in task `{name}`; the pipeline may not start"
            yield file.finding(RULE.code, message, node, f"Did you mean `{meant}@{version}`?")


@lru_cache(maxsize=512)  # pipelines use the same few tasks of the marketplace again and again
def _meant(name: str, known: tuple[str, ...]) -> str | None:
    """The built-in task that a name is a slip of the pen of, a plural of, or has all words but one of."""
    if len(name) < _LEAST_LETTERS or name.casefold() in _OF_OTHERS:
        return None
    slip = misspelled(name, known)
    if slip is not None:
        return slip
    folded = name.casefold()
    words = _words(name)
    for other in known:
        theirs = other.casefold()
        if is_plural(folded, theirs):
            return other
        is_cut = theirs.startswith(folded) and len(folded) >= len(theirs) * _MOST_OF_NAME
        if len(name) >= _LONG_NAME and is_cut:
            return other
        if len(name) >= _LONG_NAME and len(words) > 1 and _lacks_one(words, _words(other)):
            return other
    return None


def _words(name: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _WORD.findall(name))


def _lacks_one(words: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Whether words are those of a known name without one in the middle; at its ends, it may well be another thing."""
    return len(known) == len(words) + 1 and any(
        known[:index] + known[index + 1 :] == words for index in range(1, len(known) - 1)
    )


_OF_OTHERS = frozenset(
    (
        "copypublishbuildartifacts",
        "publishartifacts",
        "sonarqubeprepare",
        "sonarqubeanalyze",
        "sonarqubepublish",
    )
)
"""Tasks of well-known extensions, and former built-in ones, whose names are near those of built-in ones; lower case."""

RULE = Rule(
    code=Code("AZR410", "misnamed-task", Severity.WARNING),
    summary="a task whose name is nearly that of a built-in task",
    why=(
        "The service refuses a pipeline with a task that is not installed: *A task is missing*. An extension can bring a task of any name, so this is a warning, "
        "and only for names that differ in a few letters from one of the built-in table. `azrelease catalog sync` reads the tasks of your organization; AZR402 judges then."
    ),
    wrong="steps:\n- task: DotNetCLI@2\n  inputs:\n    command: test\n",
    right="steps:\n- task: DotNetCoreCLI@2\n  inputs:\n    command: test\n",
    check=check,
)
