"""AZR402: unknown versions of tasks."""

from collections.abc import Sequence

from azrelease.diagnostics import UNKNOWN_TASK_VERSION
from azrelease.lint.facts.task_inputs import task_node
from azrelease.lint.rule import Findings, LintedFile, Rule, Severity
from azrelease.suggestions import suggestion
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Findings:
    """Known tasks in unknown versions; where the tasks of the organization are known, also tasks that it does not have."""
    tasks = file.context.tasks
    for step in file.outline.steps:
        node = task_node(step)
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
    """Whether a version is older than all known ones: it existed, and is unmaintained."""
    major = task.partition("@")[2]
    return major.isdecimal() and int(major) < min(majors)


def _is_new(task: str, majors: Sequence[int]) -> bool:
    """Whether a version is the one after all known ones, which may have come out since."""
    return task.partition("@")[2].split(".")[0] == str(max(majors) + 1)


RULE = Rule(
    code=UNKNOWN_TASK_VERSION,
    summary="a task in an unknown version",
    why=(
        "The service refuses a version that the organization does not have. The built-in table may be older than the service, so "
        "this is a warning, and information for the next version. Tasks of the marketplace are checked after `azrelease catalog sync` has read which are installed."
    ),
    wrong='steps:\n- task: UsePythonVersion@1\n  inputs:\n    versionSpec: "3.12"\n',
    right='steps:\n- task: UsePythonVersion@0\n  inputs:\n    versionSpec: "3.12"\n',
    check=check,
)
