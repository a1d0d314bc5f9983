"""AZR108: names of stages and jobs."""

import re

from azrelease.lint.facts.variables import matrix_legs
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import is_computed

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ALLOWED = "Use letters, digits and `_`, not a digit first; any text goes into `displayName`."
_MATRIX_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_WITH_HYPHENS = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")
"""Names of legs that the documentation excludes, and that published pipelines run with."""


def check(file: LintedFile) -> Findings:
    """Names that the service refuses."""
    stages = (stage.name_node for stage in file.outline.stages)
    jobs = (job.name_node for job in file.outline.jobs)
    for what, nodes in (("stage", stages), ("job", jobs)):
        for node in nodes:
            if node is not None and not _NAME.fullmatch(node.value) and not is_computed(node.value):
                message = f"`{node.value}` is not a valid name of a {what}"
                valid = _valid(node.value)
                yield file.finding(
                    RULE.code, message, node, _hint(f"_{valid}" if valid[:1].isdigit() else valid, _ALLOWED)
                )
    for leg in (leg for job in file.outline.jobs for leg in matrix_legs(job)):
        if not _MATRIX_NAME.fullmatch(leg.name) and not is_computed(leg.name):
            message = f"`{leg.name}` is not a valid name of a matrix leg"
            valid = _valid(leg.name)
            hint = _hint(
                f"leg_{valid}" if valid[:1].isdigit() else valid, "Use letters, digits and `_`, a letter first."
            )
            level = Severity.INFO if _WITH_HYPHENS.fullmatch(leg.name) else Severity.WARNING
            yield file.finding(RULE.code, message, leg, hint, level=level)


def _valid(name: str) -> str:
    return re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")


def _hint(valid: str, allowed: str) -> str:
    return f"Write `{valid}`. {allowed}" if valid else allowed


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
