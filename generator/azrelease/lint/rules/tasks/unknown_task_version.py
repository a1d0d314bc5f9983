"""AZR402: versions of tasks that are not known."""

from collections.abc import Iterator, Sequence

from azrelease.diagnostics import UNKNOWN_TASK_VERSION, Diagnostic, Severity
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.suggestions import suggestion
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Known tasks in unknown versions; with the tasks of the organization at hand, also tasks that it does not have."""
    tasks = file.context.tasks
    for step in file.outline.steps:
        node = step.block.scalar("task") if step.action == "task" else None
        if node is None or is_computed(node.value) or not step.task or tasks.task(step.task) is not None:
            continue
        name = step.task.partition("@")[0]
        majors = tasks.majors(name)
        if majors and not is_old(step.task, majors):
            listed = ", ".join(f"{name}@{major}" for major in majors)
            message = f"`{step.task}` is not known" if "@" in step.task else f"`{step.task}` has no version"
            hint = f"Known: {listed}. `azrelease catalog sync` reads the tasks that your organization has."
            may_be_new = "@" in step.task and not tasks.knows_organization and _is_new(step.task, majors)
            level = Severity.INFO if may_be_new else None
            yield file.finding(RULE.code, message, node, hint, level=level)
        elif not majors and tasks.knows_organization and "." not in name:
            message = f"the organization has no task `{step.task}`"
            again = suggestion(name, tasks.names(), "Run `azrelease catalog sync` if it was installed since.")
            yield file.finding(RULE.code, message, node, again)


def is_old(task: str, majors: Sequence[int]) -> bool:
    """Whether a task is in a version before all that are known: it was there once, and is kept up no more."""
    major = task.partition("@")[2]
    return major.isdecimal() and int(major) < min(majors)


def _is_new(task: str, majors: Sequence[int]) -> bool:
    """Whether a task is in the version after all that are known, which may have come out since."""
    return task.partition("@")[2].split(".")[0] == str(max(majors) + 1)


RULE = Rule(
    code=UNKNOWN_TASK_VERSION,
    summary="a task in a version that is not known",
    why=(
        "The service refuses a version that the organization does not have. The built-in table may be older than the service, so "
        "this is a warning, and of the version that would be the next one information. Tasks of the marketplace are not judged, unless `azrelease catalog sync` has read which are installed."
    ),
    wrong='steps:\n- task: UsePythonVersion@1\n  inputs:\n    versionSpec: "3.12"\n',
    right='steps:\n- task: UsePythonVersion@0\n  inputs:\n    versionSpec: "3.12"\n',
    check=check,
)
