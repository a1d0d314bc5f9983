"""AZR705: images that are retired, or soon will be."""

import re
from datetime import date

from yaml import ScalarNode

from azrelease.catalog.images import Image, ImageStatus, image, labels, may_be_image
from azrelease.lint.facts.image_labels import ImageLabel, image_verdict
from azrelease.lint.facts.parameter_texts import allowed_texts
from azrelease.lint.facts.python_versions import python_versions
from azrelease.lint.facts.task_inputs import exact_minor, python_version
from azrelease.lint.rule import Code, Edit, Findings, Fix, LintedFile, LintedRelease, Route, Rule, Severity
from azrelease.suggestions import closest

_LABEL = re.compile(r"[\w.\-]+")
"""A label has no blanks: text with blanks is the name of a pool, or how people say the image."""

_OF_THE_EDITOR = re.compile(r"vs20\d\d-win20\w+", re.IGNORECASE)
"""Labels that name the version of Visual Studio: classic releases have some that the documentation does not list."""


def check(file: LintedFile) -> Findings:
    """Hosted images by the day of the check, which `--today` sets.

    An unknown label may be newer than the table: it is reported only where it cannot be that of an image.
    """
    yield from _choices(file)
    for label in file.image_labels:
        text = label.node.value.strip()
        known = image(text)
        if known is None:
            if not _LABEL.fullmatch(text):
                message = f"`{label.node.value}` is not the label of an image; no agent takes the job"
                usual = "Write a label, such as `windows-2025` or `ubuntu-24.04`."
                instead = _suggestion(re.sub(r"\s+", "-", text), file.context.today)
                yield file.finding(RULE.code, message, label.node, instead or usual)
                continue
            hint = None if may_be_image(text) else _suggestion(text, file.context.today)
            if hint is not None:
                message = f"the image `{label.node.value}` is unknown"
                level = Severity.WARNING if _OF_THE_EDITOR.fullmatch(text) else None
                yield file.finding(RULE.code, message, label.node, hint, level=level)
            continue
        message, level = image_verdict(known.label, known, file.context.today)
        if message:
            hint = f"Use `{known.replacement}`." if known.replacement else None
            fix = _fix(label, known, file)
            yield file.finding(RULE.code, message, label.node, hint, level=level, fix=fix)


def _suggestion(text: str, today: date) -> str | None:
    """The label that is most likely meant; where its image is retired, what to use instead."""
    close = closest(text, labels())
    known = image(close) if close else None
    if known is None:
        return None
    verdict, _ = image_verdict(known.label, known, today)
    if verdict and known.replacement:
        return f"Use `{known.replacement}`: {verdict}."
    return f"Did you mean `{known.label}`?"


def _choices(file: LintedFile) -> Findings:
    """Images that a parameter allows, and that never start a job: a run that chooses one waits for ever."""
    if file.is_expanded or "values:" not in file.document.text:
        return
    places = [place.node for place in file.places if place.key == "vmImage" and "parameters." in place.node.value]
    for node in {id(found): found for place in places for found in allowed_texts(place.value, file)}.values():
        known = image(node.value.strip())
        never_starts = known is not None and known.status(file.context.today) in (
            ImageStatus.RETIRED,
            ImageStatus.NEVER,
        )
        if known is not None and never_starts:
            message, _ = image_verdict(known.label, known, file.context.today)
            hint = f"Use `{known.replacement}`." if known.replacement else None
            yield file.finding(RULE.code, message, node, hint, level=Severity.WARNING)


def _fix(label: ImageLabel, known: Image, file: LintedFile) -> Fix | None:
    node = label.node
    replacement = image(known.replacement) if known.replacement else None
    if replacement is None or label.is_shared or node.style in ("|", ">") or _loses_python(label, replacement, file):
        return None
    start = file.document.offset(node, 0)
    edit = Edit(start, start + len(node.value), replacement.label)
    # An image that still works is the choice of the author. A variable may be set or used elsewhere as well.
    never_starts = known.status(file.context.today) in (ImageStatus.RETIRED, ImageStatus.NEVER)
    return Fix((edit,), safe=label.is_direct and never_starts)


def _loses_python(label: ImageLabel, replacement: Image, file: LintedFile) -> bool:
    """Whether a step on the image needs a Python that the replacement does not have."""
    written = ((job, python_version(step)) for job in label.jobs for step in job.steps)
    nodes = (node for job, text in written if text is not None for node, _ in python_versions(text, job, file))
    versions = (exact_minor(node) for node in nodes)
    return bool(replacement.python) and any(
        version not in replacement.python for version in versions if version is not None
    )


def check_release(file: LintedRelease) -> Findings:
    """The images of agents, each label once."""
    seen: set[str] = set()
    for index, stage in enumerate(file.release.stages):
        label = stage.agent.image if stage.agent is not None else None
        known = image(label) if label else None
        if known is None or not label or label in seen:
            continue
        seen.add(label)
        message, level = image_verdict(label, known, file.today)
        if message:
            is_own = stage.agent != file.release.agent
            route: Route = ("stages", index, "agent", "image") if is_own else ("agent", "image")
            hint = f"Use `{known.replacement}`." if known.replacement else None
            fix = _replacement(file, route, known.replacement, safe=level is None) if known.replacement else None
            yield file.finding(RULE.code, message, route, hint, level=level, fix=fix)


def _replacement(file: LintedRelease, route: Route, label: str, *, safe: bool) -> Fix | None:
    """Another image in place of the one at a route, where the release file itself has that."""
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
    summary="an image that is retired, or soon will be",
    why=(
        "A job on a retired image never starts, and waits until its time limit; so does one on text that cannot be a label, such as `Hosted VS2017`. The days are "
        "those of the announcements in actions/runner-images. Labels in variables, matrices and arguments of templates count; other unknown labels may be newer than the table."
    ),
    wrong="pool:\n  vmImage: ubuntu-20.04\nsteps:\n- script: echo one\n",
    right="pool:\n  vmImage: ubuntu-24.04\nsteps:\n- script: echo one\n",
    check=check,
    check_release=check_release,
)
