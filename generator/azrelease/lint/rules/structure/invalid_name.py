"""AZR108: names of stages and jobs."""

import re
from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.diagnostics import INVALID_NAME, Diagnostic, Severity
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax.embedded import is_computed

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MATRIX_NAME = re.compile(r"[A-Za-z0-9_]+")


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """Names that the service refuses."""
    stages = (stage.name_node for stage in subject.outline.stages)
    jobs = (job.name_node for job in subject.outline.jobs)
    for what, nodes in (("stage", stages), ("job", jobs)):
        for node in nodes:
            if node is not None and not _NAME.fullmatch(node.value) and not is_computed(node.value):
                message = f"`{node.value}` cannot be the name of a {what}"
                yield subject.file.finding(INVALID_NAME, message, node, _hint(node))
    for job in subject.outline.jobs:
        for strategy, _ in job.block.blocks("strategy"):
            for matrix, _ in strategy.blocks("matrix"):
                for entry in matrix.entries:
                    if not _MATRIX_NAME.fullmatch(entry.name) and not is_computed(entry.name):
                        message = f"`{entry.name}` cannot be the name of a matrix copy"
                        better = re.sub(r"\W+", "_", entry.name, flags=re.ASCII).strip("_")
                        hint = f"Write `{better}`: letters, digits and `_`." if better else "Letters, digits and `_`."
                        yield subject.file.finding(INVALID_NAME, message, entry, hint, level=Severity.WARNING)


def _hint(node: ScalarNode) -> str:
    better = re.sub(r"\W+", "_", node.value, flags=re.ASCII).strip("_")
    better = f"_{better}" if better[:1].isdigit() else better
    allowed = "Letters, digits and `_`, not a digit first; what people read goes into `displayName`."
    return f"Write `{better}`. {allowed}" if better else allowed


RULE = Rule(
    INVALID_NAME,
    "a stage or job has a name that the service refuses",
    "The service refuses the file: *Valid names may only contain alphanumeric characters and '_' and may not start with a number*.",
    "stages:\n- stage: deploy-staging\n  jobs:\n  - job: ship\n    steps:\n    - script: echo one\n",
    "stages:\n- stage: deploy_staging\n  displayName: deploy-staging\n  jobs:\n  - job: ship\n    steps:\n"
    "    - script: echo one\n",
    check,
)
