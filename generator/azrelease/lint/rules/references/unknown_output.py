"""AZR205: outputs of stages, jobs or steps that are not there."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.outputs import OutputMistake
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Only where the jobs, or the steps, can all be seen."""
    return file.output_findings(RULE.code, OutputMistake.UNKNOWN)


_JOBS = """\
jobs:
- job: build
  steps:
  - bash: echo "##vso[task.setvariable variable=tag;isOutput=true]1"
    name: version
- job: ship
  dependsOn: build
  variables:
    tag: $[dependencies.build.outputs['{}.tag']]
  steps:
  - script: echo $(tag)
"""

RULE = Rule(
    code=Code("AZR205", "unknown-output", Severity.ERROR),
    summary="an expression names a stage, job or step that is not there",
    why=(
        "It gives nothing, and no error: the variable is empty, the comparison false. So does a variable that its step sets without `isOutput=true` "
        "(learn.microsoft.com/azure/devops/pipelines/process/set-variables-scripts). A step is found by its `name`, not by its "
        "display name."
    ),
    wrong=_JOBS.format("versions"),
    right=_JOBS.format("version"),
    check=check,
)
