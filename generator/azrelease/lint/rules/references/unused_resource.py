"""AZR211: resources that are never used."""

import re

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import ResourceReference

_BESIDE_ITSELF = 2
_KINDS = (("repositories", "repository"), ("pipelines", "pipeline"), ("containers", "container"))


def check(file: LintedFile) -> Findings:
    """Resources without a trigger whose name is nowhere else, unless a template may use them."""
    if not file.is_pipeline or file.root.entry("extends") or file.root.open:
        return
    # A template may use every resource of its pipeline, wherever the template is.
    templates = any(reference.repository is None or reference.place != "variables" for reference in file.templates)
    for kind, what in _KINDS:
        for resource in file.resources(kind).values():
            if resource.block.entry("trigger") or resource.block.open or _is_used(resource, file):
                continue
            if kind == "pipelines" and any(job.is_deployment for job in file.outline.jobs):
                continue  # a deployment job downloads the artifacts of all pipelines
            if templates:
                continue
            message = f"the {what} resource `{resource.alias}` is never used"
            yield file.finding(RULE.code, message, resource.node, "Remove it, or use it.")


def _is_used(resource: ResourceReference, file: LintedFile) -> bool:
    """Whether the name is anywhere outside of the resource itself."""
    text = file.document.text
    node = resource.block.node
    if text.casefold().count(resource.alias.casefold()) < _BESIDE_ITSELF:
        return False
    outside = text[: node.start_mark.index] + text[node.end_mark.index :]
    return re.search(rf"(?<![\w-]){re.escape(resource.alias)}(?![\w-])", outside, re.IGNORECASE) is not None


_FILE = (
    "resources:\n  repositories:\n  - repository: shared\n    type: git\n    name: tools/common\n    ref: refs/tags/v1\n"
    "steps:\n{}- script: echo one\n"
)

RULE = Rule(
    code=Code("AZR211", "unused-resource", Severity.WARNING),
    summary="a repository, pipeline or container is declared and never used",
    why="The pipeline still needs a permission for it, and waits for that.",
    wrong=_FILE.format(""),
    right=_FILE.format("- checkout: shared\n"),
    check=check,
    of_text=True,
)
