"""AZR605: a stage tests what another one deployed."""

from azrelease.lint.facts.services import deployed_services, tested_services
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.lint.rules.example_parts import STAGING, STAGING_TEST


def check(file: LintedFile) -> Findings:
    """Services that a stage tests and another stage deploys, in a stage that deploys a service itself."""
    by_stage: dict[int, set[str]] = {}
    everywhere: dict[str, str | None] = {}
    for use in deployed_services(file.azure_ml_calls):
        stage = use.call.script.step.job.stage
        by_stage.setdefault(id(stage), set()).add(use.name)
        everywhere.setdefault(use.name, stage.name)
    for use in tested_services(file.azure_ml_calls):
        stage = use.call.script.step.job.stage
        own = by_stage.get(id(stage))
        if own and use.name not in own and use.name in everywhere:
            message = f"this stage deploys {_listed(own)}, but tests `{use.name}`"
            other = f", which stage `{everywhere[use.name]}` deploys" if everywhere[use.name] else ""
            hint = "Test the service that the stage deployed."
            yield file.in_script(RULE.code, message + other, use.call.place, hint)


def _listed(names: set[str]) -> str:
    return " and ".join(f"`{name}`" for name in sorted(names))


_PRODUCTION = """\
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
    why="The tests pass without testing what the stage deployed.",
    wrong=STAGING + STAGING_TEST + _PRODUCTION.format("churn-staging"),
    right=STAGING + STAGING_TEST + _PRODUCTION.format("churn"),
    check=check,
)
