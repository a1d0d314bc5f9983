"""AZR108: names of stages and jobs."""

import re
from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax.embedded import is_computed

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MATRIX_NAME = re.compile(r"[A-Za-z0-9_]+")


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Names that the service refuses."""
    stages = (stage.name_node for stage in file.outline.stages)
    jobs = (job.name_node for job in file.outline.jobs)
    for what, nodes in (("stage", stages), ("job", jobs)):
        for node in nodes:
            if node is not None and not _NAME.fullmatch(node.value) and not is_computed(node.value):
                message = f"`{node.value}` cannot be the name of a {what}"
                yield file.finding(RULE.code, message, node, _hint(node))
    for job in file.outline.jobs:
        for strategy, _ in job.block.blocks("strategy"):
            for matrix, _ in strategy.blocks("matrix"):
                for entry in matrix.entries:
                    if not _MATRIX_NAME.fullmatch(entry.name) and not is_computed(entry.name):
                        message = f"`{entry.name}` cannot be the name of a matrix copy"
                        better = re.sub(r"\W+", "_", entry.name, flags=re.ASCII).strip("_")
                        hint = f"Write `{better}`: letters, digits and `_`." if better else "Letters, digits and `_`."
                        yield file.finding(RULE.code, message, entry, hint, level=Severity.WARNING)


def _hint(node: ScalarNode) -> str:
    better = re.sub(r"\W+", "_", node.value, flags=re.ASCII).strip("_")
    better = f"_{better}" if better[:1].isdigit() else better
    allowed = "Letters, digits and `_`, not a digit first; what people read goes into `displayName`."
    return f"Write `{better}`. {allowed}" if better else allowed


RULE = Rule(
    code=Code("AZR108", "invalid-name", Severity.ERROR),
    summary="a stage or job has a name that the service refuses",
    why="The service refuses the file: *Valid names may only contain alphanumeric characters and '_' and may not start with a number*.",
    wrong="stages:\n- stage: deploy-staging\n  jobs:\n  - job: ship\n    steps:\n    - script: echo one\n",
    right=(
        "stages:\n- stage: deploy_staging\n  displayName: deploy-staging\n  jobs:\n  - job: ship\n    steps:\n"
        "    - script: echo one\n"
    ),
    check=check,
)
