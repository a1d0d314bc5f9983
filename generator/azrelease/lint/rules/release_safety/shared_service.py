"""AZR608: stages that deploy the same service."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.deployments import is_production
from azrelease.lint.facts.services import ServiceUse, deployed
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.linted_release import LintedRelease
from azrelease.lint.rule import Rule

if TYPE_CHECKING:
    from azrelease.release import Stage

_WORKSPACE_SET = re.compile(r"\baz\s+(?:configure|config\s+set|account\s+set)\b")


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """The same name deployed by a production stage and by another one, in the same workspace as far as that is said."""
    first: dict[tuple[str | None, ...], ServiceUse] = {}
    for use in deployed(file.azure_ml_calls):
        stage = use.call.script.step.job.stage
        if _WORKSPACE_SET.search(use.call.script.text) or use.call.script.step.job.block.entry("variables"):
            continue  # which workspace it is stands elsewhere
        step = use.call.script.step
        where = (step.input("azureSubscription", "connectedServiceNameARM"), use.call.value("--subscription"))
        workspace = (use.call.value("--workspace-name"), use.call.value("--resource-group"))
        other = first.setdefault((use.name, *where, *workspace), use)
        there = other.call.script.step.job.stage
        if (
            there is stage
            or is_production(stage.name) == is_production(there.name)
            or any(found.block.entry("variables") for found in (stage, there))
        ):
            continue
        message = f"stage `{stage.name}` deploys the service of stage `{there.name}`: `{use.name}`"
        place = (use.call.script, use.call.command[0].start, use.call.command[-1].end)
        hint = "Give each stage a service of its own: as it is, one of them never reaches its users, or both do."
        yield file.in_script(RULE.code, message, place, hint)


def check_release(file: LintedRelease) -> Iterator[Diagnostic]:
    """The same service or endpoint of a workspace in a production stage and in another one."""
    first: dict[tuple[str, object], Stage] = {}
    for index, stage in enumerate(file.release.stages):
        for field in ("service", "endpoint"):
            name = getattr(stage, field)
            other = first.setdefault((name, stage.workspace), stage) if name else stage
            if other is not stage and is_production(other.name) != is_production(stage.name):
                message = f"stage `{stage.name}` deploys the {field} of stage `{other.name}`: `{name}`"
                yield file.finding(
                    RULE.code, message, ("stages", index, field), f"Give each stage a {field} of its own."
                )


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
  - deployment: ship
    environment: churn
    strategy:
      runOnce:
        deploy:
          steps:
          - bash: |
              az ml model deploy --name {}
"""

RULE = Rule(
    code=Code("AZR608", "shared-service", Severity.WARNING),
    summary="production deploys the service of another stage",
    why=(
        "A copied stage that still names the service it was copied from: production never gets the model, or the test stage writes over "
        "what users call."
    ),
    wrong=_FILE.format("churn-staging"),
    right=_FILE.format("churn"),
    check=check,
    check_release=check_release,
)
