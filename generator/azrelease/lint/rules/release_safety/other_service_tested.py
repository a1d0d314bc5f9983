"""AZR605: a stage that tests what another one deployed."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.services import asked, deployed
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Services that a stage asks for and does not deploy itself, though it deploys another, and another stage deploys them."""
    by_stage: dict[int, set[str]] = {}
    everywhere: dict[str, str | None] = {}
    for use in deployed(file.azure_ml_calls):
        stage = use.call.script.step.job.stage
        by_stage.setdefault(id(stage), set()).add(use.name)
        everywhere.setdefault(use.name, stage.name)
    for use in asked(file.azure_ml_calls):
        stage = use.call.script.step.job.stage
        own = by_stage.get(id(stage))
        if own and use.name not in own and use.name in everywhere:
            message = f"this stage deploys {_listed(own)}, but tests `{use.name}`"
            other = f", which stage `{everywhere[use.name]}` deploys" if everywhere[use.name] else ""
            first, last = use.call.command[0], use.call.command[-1]
            where = (use.call.script, first.start, last.end)
            yield file.in_script(RULE.code, message + other, where, "Test the service that the stage deployed.")


def _listed(names: set[str]) -> str:
    return " and ".join(f"`{name}`" for name in sorted(names))


_FILE = """\
stages:
- stage: staging
  jobs:
  - job: ship
    steps:
    - bash: |
        az ml model deploy --name churn-staging
        az ml service run --name churn-staging --input-data tests/sample.json
- stage: production
  jobs:
  - job: ship
    steps:
    - bash: |
        az ml model deploy --name churn
        url=$(az ml service show --name {} --query scoringUri -o tsv)
        pytest --scoreurl "$url" --scorekey "$KEY" --junitxml=test-results.xml
    - task: PublishTestResults@2
      condition: succeededOrFailed()
      inputs:
        testResultsFiles: test-results.xml
"""

RULE = Rule(
    code=Code("AZR605", "other-service-tested", Severity.WARNING),
    summary="a stage tests a service that another stage deployed",
    why="The tests are green, and say nothing of what was deployed.",
    wrong=_FILE.format("churn-staging"),
    right=_FILE.format("churn"),
    check=check,
)
