"""AZR206: outputs of stages or jobs that are not waited for."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.outputs import OutputMistake
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Where all that a stage or job waits for can be seen."""
    return file.output_findings(RULE.code, OutputMistake.NO_DEPENDENCY)


_JOBS = """\
jobs:
- job: build
  steps:
  - bash: echo "##vso[task.setvariable variable=tag;isOutput=true]1"
    name: version
- job: ship
{}  variables:
    tag: $[dependencies.build.outputs['version.tag']]
  steps:
  - script: echo $(tag)
"""

RULE = Rule(
    code=Code("AZR206", "missing-dependency", Severity.ERROR),
    summary="an expression asks for a job or stage that is not in `dependsOn`",
    why=(
        "Only what a job or stage depends on directly is known to its expressions; anything else is empty, without an error. A "
        "stage without `dependsOn` depends on the one above it."
    ),
    wrong=_JOBS.format(""),
    right=_JOBS.format("  dependsOn: build\n"),
    check=check,
)
