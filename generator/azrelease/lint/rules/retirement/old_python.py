"""AZR706: Python versions that the image does not have."""

from datetime import date

from azrelease.catalog.images import ImageStatus, image
from azrelease.lint.facts.parameter_texts import parameter_texts
from azrelease.lint.facts.pools import image_node, pool_holder, runs_on_machines
from azrelease.lint.facts.python_versions import python_versions
from azrelease.lint.facts.task_inputs import exact_minor, python_version
from azrelease.lint.rule import Code, Findings, LintedFile, LintedRelease, Rule, Severity
from azrelease.syntax import StepOutline

_HINT = "The step downloads it at each run, and fails without a build of it for this image."


def check(file: LintedFile) -> Findings:
    """UsePythonVersion with an exact minor version, in jobs on images whose versions are known."""
    if "UsePythonVersion" not in file.document.text and not file.is_expanded:
        return
    on: dict[int, list[str]] = {}
    for label in file.image_labels:
        for job in label.jobs:
            on.setdefault(id(job), []).append(label.node.value)
    reported: set[int] = set()
    for job in file.outline.jobs:
        for step in job.steps:
            written = python_version(step)
            if written is None:
                continue
            has_own = step.hook and pool_holder(step, file.root) is step.holder
            labels = [] if has_own or runs_on_machines(job) else on.get(id(job), [])
            for node, leg_labels in python_versions(written, job, file):
                version = exact_minor(node)
                images = leg_labels or labels or _of(step, file)
                if version is None or id(node) in reported:
                    continue
                missing = [label for label in images if _lacks(label, version, file.context.today)]
                if missing:
                    reported.add(id(node))
                    message = f"the image `{missing[0]}` does not have Python {version}"
                    yield file.finding(RULE.code, message, node, _HINT)


def _of(step: StepOutline, file: LintedFile) -> list[str]:
    node = image_node(step, file.root)
    if node is None:
        return []
    given = parameter_texts(node.value, file)
    return [given[0].value] if given else [node.value]


def _lacks(label: str, version: str, today: date) -> bool:
    found = image(label)
    if found is None or found.status(today) is ImageStatus.RETIRED:
        return False
    if found.python:
        return version not in found.python
    latest = image(found.resolves_to) if found.resolves_to else None
    # What a `latest` label means moves on, and only to newer versions.
    return latest is not None and bool(latest.python) and _numbers(version) < min(map(_numbers, latest.python))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def check_release(file: LintedRelease) -> Findings:
    """UsePythonVersion with an exact minor version, on the image of the stage."""
    for placed in file.tasks:
        label = placed.stage.agent.image if placed.stage.agent is not None else None
        version = str(getattr(placed.task, "version", "")) if placed.task.task == "UsePythonVersion" else ""
        is_minor = version.count(".") == 1 and version.replace(".", "").isdecimal()
        if label and is_minor and _lacks(label, version, file.today):
            message = f"the image `{label}` does not have Python {version}"
            yield file.finding(RULE.code, message, (*placed.route, "version"), _HINT)


RULE = Rule(
    code=Code("AZR706", "python-not-on-image", Severity.WARNING),
    summary="a Python version that the image does not have",
    why=(
        "UsePythonVersion uses the versions in the tool cache of the image, also those that a matrix or a variable names. It downloads any other version, and old versions have no download for new "
        "images."
    ),
    wrong='pool:\n  vmImage: ubuntu-24.04\nsteps:\n- task: UsePythonVersion@0\n  inputs:\n    versionSpec: "3.6"\n',
    right='pool:\n  vmImage: ubuntu-24.04\nsteps:\n- task: UsePythonVersion@0\n  inputs:\n    versionSpec: "3.12"\n',
    check=check,
    check_release=check_release,
)
