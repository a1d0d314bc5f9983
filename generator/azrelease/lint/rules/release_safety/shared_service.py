"""AZR608: stages that deploy the same service."""

import re
from typing import TYPE_CHECKING

from azrelease.lint.facts.deployments import is_production
from azrelease.lint.facts.services import ServiceUse, deployed_services
from azrelease.lint.rule import Code, Findings, LintedFile, LintedRelease, Rule, Severity
from azrelease.lint.rules.example_parts import PRODUCTION, STAGING, STAGING_TEST

if TYPE_CHECKING:
    from azrelease.release import Stage

_WORKSPACE_SET = re.compile(r"\baz\s+(?:configure|config\s+set|account\s+set)\b")


def check(file: LintedFile) -> Findings:
    """One name deployed by a production stage and by another one, in the same workspace as far as it is written."""
    first: dict[tuple[str | None, ...], ServiceUse] = {}
    for use in deployed_services(file.azure_ml_calls):
        stage = use.call.script.step.job.stage
        if _WORKSPACE_SET.search(use.call.script.text) or use.call.script.step.job.block.entry("variables"):
            continue  # the workspace may be set elsewhere
        step = use.call.script.step
        where = (step.input("azureSubscription", "connectedServiceNameARM"), use.call.value("--subscription"))
        workspace = (use.call.value("--workspace-name"), use.call.value("--resource-group"))
        other = first.setdefault((use.name, *where, *workspace), use)
        first_stage = other.call.script.step.job.stage
        if (
            first_stage is stage
            or is_production(stage.name) == is_production(first_stage.name)
            or any(found.block.entry("variables") for found in (stage, first_stage))
        ):
            continue
        message = f"stage `{stage.name}` deploys the service of stage `{first_stage.name}`: `{use.name}`"
        hint = "Give each stage a service of its own."
        yield file.in_script(RULE.code, message, use.call.place, hint)


def check_release(file: LintedRelease) -> Findings:
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


_FILE = STAGING + STAGING_TEST + PRODUCTION

RULE = Rule(
    code=Code("AZR608", "shared-service", Severity.WARNING),
    summary="production deploys the service of another stage",
    why=(
        "A copied stage still has the service name of the original: production never gets the model, or the test stage replaces "
        "what users call."
    ),
    wrong=_FILE.format("churn-staging"),
    right=_FILE.format("churn"),
    check=check,
    check_release=check_release,
)
