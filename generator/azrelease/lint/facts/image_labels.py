"""The labels of hosted images in a file."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.catalog.images import Image, ImageStatus
from azrelease.diagnostics import Severity
from azrelease.lint.facts.variables import matrix_legs, variables
from azrelease.syntax import Block, JobOutline, PipelineFile
from azrelease.syntax.embedded import is_computed

_MACRO = re.compile(r"\$\(([\w.\-]+)\)|\$\{\{\s*variables(?:\.(\w+)|\['([^']+)'\])\s*\}\}")
_HOSTED = frozenset(("azure pipelines", "hosted"))


class ImageLabel(NamedTuple):
    """A label.

    Attributes:
        node: its scalar.
        jobs: the jobs that run on it, where these are known.
        is_direct: whether it is in a pool, not in a variable or a matrix.
        is_shared: whether its variable is also used for something other than an image.
    """

    node: ScalarNode
    jobs: tuple[JobOutline, ...]
    is_direct: bool
    is_shared: bool = False


def image_verdict(label: str, known: Image, today: date) -> tuple[str, Severity | None]:
    """The problem with an image on a day, and its severity where that differs; empty for none."""
    match known.status(today):
        case ImageStatus.RETIRED:
            return f"the image `{label}` was removed {known.removal}".rstrip(), None
        case ImageStatus.NEVER:
            return f"the image `{label}` does not exist on Azure Pipelines", None
        case ImageStatus.DEPRECATED:
            end = f", and will be removed {known.removal}" if known.removal else ""
            return f"the image `{label}` is deprecated{end}", Severity.WARNING
        case _:
            return "", None


def image_labels(file: PipelineFile) -> Iterator[ImageLabel]:
    """The labels of all pools, directly or from a variable or a matrix of the file. Each scalar once."""
    labels: dict[int, ImageLabel] = {}
    for node, jobs in _vm_images(file):
        for label in _resolved(node, jobs, file):
            if id(label) in labels:
                seen = labels[id(label)]
                labels[id(label)] = seen._replace(jobs=tuple(dict.fromkeys((*seen.jobs, *jobs))))
            elif label.value and not is_computed(label.value):
                labels[id(label)] = ImageLabel(label, jobs, label is node, label is not node and _is_shared(node, file))
    return iter(labels.values())


def _vm_images(file: PipelineFile) -> Iterator[tuple[ScalarNode, tuple[JobOutline, ...]]]:
    """Every `vmImage`: of the jobs and their hooks, and of pools that no job of the file uses."""
    root = file.root
    for job in file.outline.jobs:
        holder = next((block for block in (job.block, job.stage.block, root) if block.entry("pool")), None)
        if holder is not None:
            yield from ((node, (job,)) for node in _of_pools(holder))
        for hook in {id(step.holder): step.holder for step in job.steps if step.hook}.values():
            yield from ((node, ()) for node in _of_pools(hook))
    for block in (root, *(stage.block for stage in file.outline.stages)):
        yield from ((node, ()) for node in _of_pools(block))


def _of_pools(holder: Block) -> Iterator[ScalarNode]:
    for pool, _ in holder.blocks("pool"):
        if _is_hosted(pool):
            yield from (entry.value for entry in pool.all("vmImage") if isinstance(entry.value, ScalarNode))


def _is_hosted(pool: Block) -> bool:
    name = pool.text("name")
    return name is None or name.casefold() in _HOSTED


def _variable(node: ScalarNode) -> str | None:
    """The variable, in lower case, that a label comes from; None for a literal label."""
    match = _MACRO.fullmatch(node.value.strip())
    return None if match is None else (match[1] or match[2] or match[3]).casefold()


def _is_shared(node: ScalarNode, file: PipelineFile) -> bool:
    """Whether the file uses the variable of a label for something other than an image."""
    name = re.compile(rf"(?<!\w){re.escape(_variable(node) or '')}(?!\w)", re.IGNORECASE)
    return any(place.key != "vmImage" and name.search(place.node.value) for place in file.places)


def _resolved(node: ScalarNode, jobs: tuple[JobOutline, ...], file: PipelineFile) -> Iterator[ScalarNode]:
    """The label itself, or the values of the variable that it comes from."""
    name = _variable(node)
    if name is None:
        yield node
        return
    for leg in (leg for job in jobs for leg in matrix_legs(job)):
        entries = leg.value.entries if isinstance(leg.value, Block) else ()
        yield from (e.value for e in entries if e.name.casefold() == name and isinstance(e.value, ScalarNode))
    for variable in variables(file):
        if variable.name.casefold() == name:
            yield variable.node
