"""AZR705: images that are gone, or going."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.catalog.images import Image, ImageStatus, image, labels, may_be_image
from azrelease.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from azrelease.lint.facts.image_labels import ImageLabel, image_verdict
from azrelease.lint.facts.python_versions import exact_python
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.linted_release import LintedRelease, Route
from azrelease.lint.rule import Rule
from azrelease.suggestions import suggestion


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Hosted images by the day of the run, which `--today` sets.

    A label that the table lacks may be newer than it: it is only named where it cannot be that of an image.
    """
    for label in file.image_labels:
        text = label.node.value.strip()
        found = image(text)
        if found is None:
            hint = None if may_be_image(text) else suggestion(text, labels())
            if hint is not None:
                message = f"the image `{label.node.value}` is not known"
                yield file.finding(RULE.code, message, label.node, hint, level=Severity.WARNING)
            continue
        message, level = image_verdict(found.label, found, file.context.today)
        if message:
            hint = f"Use `{found.replacement}`." if found.replacement else None
            fix = _fix(label, found, file)
            yield file.finding(RULE.code, message, label.node, hint, level=level, fix=fix)


def _fix(label: ImageLabel, found: Image, file: LintedFile) -> Fix | None:
    node = label.node
    replacement = image(found.replacement) if found.replacement else None
    if replacement is None or label.is_shared or node.style in ("|", ">") or _loses_python(label, replacement):
        return None
    start = file.document.offset(node, 0)
    edit = Edit(start, start + len(node.value), replacement.label)
    # An image that still works is the author's choice. A variable may be set or used elsewhere, too.
    never_starts = found.status(file.context.today) in (ImageStatus.RETIRED, ImageStatus.NEVER)
    return Fix((edit,), safe=label.is_direct and never_starts)


def _loses_python(label: ImageLabel, replacement: Image) -> bool:
    """Whether a step on the image asks for a Python that its replacement does not have."""
    asked = (exact_python(step) for job in label.jobs for step in job.steps)
    return bool(replacement.python) and any(found[1] not in replacement.python for found in asked if found is not None)


def check_release(file: LintedRelease) -> Iterator[Diagnostic]:
    """The images of agents, each label once."""
    seen: set[str] = set()
    for index, stage in enumerate(file.release.stages):
        label = stage.agent.image if stage.agent is not None else None
        found = image(label) if label else None
        if found is None or not label or label in seen:
            continue
        seen.add(label)
        message, level = image_verdict(label, found, file.today)
        if message:
            is_own = stage.agent != file.release.agent
            route: Route = ("stages", index, "agent", "image") if is_own else ("agent", "image")
            hint = f"Use `{found.replacement}`." if found.replacement else None
            fix = _replacement(file, route, found.replacement, safe=level is None) if found.replacement else None
            yield file.finding(RULE.code, message, route, hint, level=level, fix=fix)


def _replacement(file: LintedRelease, route: Route, label: str, *, safe: bool) -> Fix | None:
    """Another image in the place of the one at a route, where that stands in the release file itself."""
    node = file.document.node(route)
    if (
        file.document.document_at(route) is not file.document
        or not isinstance(node, ScalarNode)
        or node.style in ("|", ">")
    ):
        return None
    start = file.document.offset(node, 0)
    return Fix((Edit(start, start + len(node.value), label),), safe=safe)


RULE = Rule(
    code=Code("AZR705", "retired-image", Severity.ERROR),
    summary="an image that is retired, or about to be",
    why=(
        "A job on an image that is gone never starts, and waits for its time to run out. The days are those of the announcements in "
        "actions/runner-images."
    ),
    wrong="pool:\n  vmImage: ubuntu-20.04\nsteps:\n- script: echo one\n",
    right="pool:\n  vmImage: ubuntu-24.04\nsteps:\n- script: echo one\n",
    check=check,
    check_release=check_release,
)
