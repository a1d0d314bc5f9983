"""AZR506: container images without a version."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Findings:
    """Images without a tag, or with `latest`."""
    for node in _images(file):
        text = node.value.strip()
        if not text or is_computed(text) or "@sha256:" in text:
            continue
        tag = text.rpartition("/")[2].partition(":")[2]
        if not tag or tag == "latest":
            message = f"the image `{text}` changes with every push"
            hint = "Name a version, or the digest: `image@sha256:…`."
            yield file.finding(RULE.code, message, node, hint)


def _images(file: LintedFile) -> Iterator[ScalarNode]:
    declared = file.resources("containers")
    for resource in declared.values():
        node = resource.block.scalar("image")
        if node is not None:
            yield node
    for job in file.outline.jobs:
        entry = job.block.entry("container")
        if entry is None:
            continue
        node = entry.value.scalar("image") if isinstance(entry.value, Block) else None
        if (
            isinstance(entry.value, ScalarNode)
            and not file.resources_open
            and entry.value.value.casefold() not in declared
        ):
            node = entry.value
        if node is not None:
            yield node


RULE = Rule(
    code=Code("AZR506", "unpinned-image", Severity.INFO),
    summary="a container image without a version",
    why="The next push to the registry changes what the pipeline runs, without a change in the repository.",
    wrong="jobs:\n- job: test\n  container:\n    image: python\n  steps:\n  - script: pytest\n",
    right="jobs:\n- job: test\n  container:\n    image: python:3.12.4\n  steps:\n  - script: pytest\n",
    check=check,
)
