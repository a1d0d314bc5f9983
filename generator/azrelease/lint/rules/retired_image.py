"""AZR705: images that are gone, or going."""

from collections.abc import Iterator

from azrelease.catalog.images import Image, image, labels
from azrelease.diagnostics import RETIRED_IMAGE, Diagnostic, Edit, Fix, Severity
from azrelease.lint.image_labels import ImageLabel, image_verdict
from azrelease.lint.rule import Rule
from azrelease.lint.subject import Subject
from azrelease.suggestions import suggestion


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Hosted images by the day of the run, which `--today` sets."""
    for label in subject.image_labels:
        found = image(label.node.value.strip())
        if found is None:
            hint = suggestion(label.node.value.strip(), labels())
            if hint is not None:
                message = f"the image `{label.node.value}` is not known"
                yield subject.file.finding(RETIRED_IMAGE, message, label.node, hint, level=Severity.WARNING)
            continue
        message, level = image_verdict(found.label, found, subject.around.today)
        if message:
            hint = f"Use `{found.replacement}`." if found.replacement else None
            fix = _fix(label, found, subject)
            yield subject.file.finding(RETIRED_IMAGE, message, label.node, hint, level=level, fix=fix)


def _fix(label: ImageLabel, found: Image, subject: Subject) -> Fix | None:
    node = label.node
    if found.replacement is None or node.style in ("|", ">"):
        return None
    start = subject.document.offset(node, 0)
    # A label in a variable or a matrix may be used for other things too, and may stand there a second time.
    return Fix((Edit(start, start + len(node.value), found.replacement),), safe=label.is_direct)


RULE = Rule(
    RETIRED_IMAGE,
    "an image that is retired, or about to be",
    "A job on an image that is gone never starts, and waits for its time to run out. The days are those of the announcements in "
    "actions/runner-images.",
    "pool:\n  vmImage: ubuntu-20.04\nsteps:\n- script: echo one\n",
    "pool:\n  vmImage: ubuntu-24.04\nsteps:\n- script: echo one\n",
    check,
)
