"""AZR705: images that are gone, or going."""

from collections.abc import Iterator

from azrelease.catalog.images import Image, ImageStatus, image, labels, may_be_image
from azrelease.diagnostics import RETIRED_IMAGE, Diagnostic, Edit, Fix, Severity
from azrelease.lint.facts.image_labels import ImageLabel, image_verdict
from azrelease.lint.facts.python_versions import exact_python
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.suggestions import suggestion


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """Hosted images by the day of the run, which `--today` sets.

    A label that the table lacks may be newer than it: it is only named where it cannot be that of an image.
    """
    for label in subject.image_labels:
        text = label.node.value.strip()
        found = image(text)
        if found is None:
            hint = None if may_be_image(text) else suggestion(text, labels())
            if hint is not None:
                message = f"the image `{label.node.value}` is not known"
                yield subject.file.finding(RETIRED_IMAGE, message, label.node, hint, level=Severity.WARNING)
            continue
        message, level = image_verdict(found.label, found, subject.around.today)
        if message:
            hint = f"Use `{found.replacement}`." if found.replacement else None
            fix = _fix(label, found, subject)
            yield subject.file.finding(RETIRED_IMAGE, message, label.node, hint, level=level, fix=fix)


def _fix(label: ImageLabel, found: Image, subject: LintedFile) -> Fix | None:
    node = label.node
    replacement = image(found.replacement) if found.replacement else None
    if replacement is None or label.is_shared or node.style in ("|", ">") or _loses_python(label, replacement):
        return None
    start = subject.document.offset(node, 0)
    edit = Edit(start, start + len(node.value), replacement.label)
    # An image that still works is the author's choice. A variable may be set or used elsewhere, too.
    never_starts = found.status(subject.around.today) in (ImageStatus.RETIRED, ImageStatus.NEVER)
    return Fix((edit,), safe=label.is_direct and never_starts)


def _loses_python(label: ImageLabel, replacement: Image) -> bool:
    """Whether a step on the image asks for a Python that its replacement does not have."""
    asked = (exact_python(step) for job in label.jobs for step in job.steps)
    return bool(replacement.python) and any(found[1] not in replacement.python for found in asked if found is not None)


RULE = Rule(
    RETIRED_IMAGE,
    "an image that is retired, or about to be",
    "A job on an image that is gone never starts, and waits for its time to run out. The days are those of the announcements in "
    "actions/runner-images.",
    "pool:\n  vmImage: ubuntu-20.04\nsteps:\n- script: echo one\n",
    "pool:\n  vmImage: ubuntu-24.04\nsteps:\n- script: echo one\n",
    check,
)
