"""AZR706: Python versions that an image does not have."""

from collections.abc import Iterator

from azrelease.catalog.images import ImageStatus, image
from azrelease.diagnostics import OLD_PYTHON, Diagnostic
from azrelease.lint.facts.pools import image_node, pool_holder, runs_on_machines
from azrelease.lint.facts.python_versions import exact_python
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax import StepOutline


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """UsePythonVersion with an exact minor version, in jobs on images whose versions are known."""
    on: dict[int, list[str]] = {}
    for label in subject.image_labels:
        for job in label.jobs:
            on.setdefault(id(job), []).append(label.node.value)
    for job in subject.outline.jobs:
        for step in job.steps:
            asked = exact_python(step)
            if asked is None:
                continue
            node, version = asked
            has_own = step.hook and pool_holder(step, subject.file.root) is step.holder
            labels = [] if has_own or runs_on_machines(job) else on.get(id(job), [])
            missing = [label for label in labels or _of(step, subject) if _lacks(label, version, subject)]
            if missing:
                message = f"the image `{missing[0]}` does not have Python {version}"
                hint = "The step downloads it at each run, and fails where there is no build of it for this image."
                yield subject.file.finding(OLD_PYTHON, message, node, hint)


def _of(step: StepOutline, subject: LintedFile) -> list[str]:
    node = image_node(step, subject.file.root)
    return [node.value] if node is not None else []


def _lacks(label: str, version: str, subject: LintedFile) -> bool:
    found = image(label)
    if found is None or not found.python or found.status(subject.around.today) is ImageStatus.RETIRED:
        return False
    return version not in found.python


RULE = Rule(
    OLD_PYTHON,
    "a Python version that the image does not have",
    "UsePythonVersion finds what the image brings; for anything else it looks for a download, which old versions do not have for new "
    "images. The versions are those of the image's tool cache.",
    'pool:\n  vmImage: ubuntu-24.04\nsteps:\n- task: UsePythonVersion@0\n  inputs:\n    versionSpec: "3.6"\n',
    'pool:\n  vmImage: ubuntu-24.04\nsteps:\n- task: UsePythonVersion@0\n  inputs:\n    versionSpec: "3.12"\n',
    check,
)
