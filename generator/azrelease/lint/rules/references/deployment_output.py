"""AZR207: outputs of deployment jobs."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.outputs import OutputMistake
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Outputs of deployment jobs that are named as those of other jobs are."""
    return file.output_findings(RULE.code, OutputMistake.NO_JOB_NAME)


_JOBS = """\
jobs:
- deployment: ship
  environment: staging
  strategy:
    runOnce:
      deploy:
        steps:
        - bash: echo "##vso[task.setvariable variable=url;isOutput=true]1"
          name: endpoint
- job: test
  dependsOn: ship
  variables:
    url: $[dependencies.ship.outputs['{}endpoint.url']]
  steps:
  - script: echo $(url)
"""

RULE = Rule(
    code=Code("AZR207", "deployment-output-name", Severity.ERROR),
    summary="an output of a deployment job without the job's name in it",
    why=(
        "Outputs of a deployment job are called `JOB.STEP.VARIABLE`, since each hook runs as a job of its own "
        "(learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs, Support for output variables). The short name is "
        "empty, without an error."
    ),
    wrong=_JOBS.format(""),
    right=_JOBS.format("ship."),
    check=check,
)
