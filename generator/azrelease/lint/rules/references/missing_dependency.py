"""AZR206: outputs of stages or jobs that are not waited for."""

from collections.abc import Iterator

from azrelease.diagnostics import MISSING_DEPENDENCY, Diagnostic
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """Where all that a stage or job waits for can be seen."""
    return subject.output_findings(MISSING_DEPENDENCY)


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
    MISSING_DEPENDENCY,
    "an expression asks for a job or stage that is not in `dependsOn`",
    "Only what a job or stage depends on directly is known to its expressions; anything else is empty, without an error. A "
    "stage without `dependsOn` depends on the one above it.",
    _JOBS.format(""),
    _JOBS.format("  dependsOn: build\n"),
    check,
)
