"""AZR609: endpoint tests without a key."""

from collections.abc import Iterator

from azrelease.lint.facts.deployments import is_production, pytest_calls
from azrelease.lint.facts.services import ServiceUse, deployed_services
from azrelease.lint.rule import Code, Findings, LintedFile, LintedRelease, Rule, Severity
from azrelease.syntax import StageOutline

_URL, _KEY = "--scoreurl", "--scorekey"
_MESSAGE = "this endpoint test has no key"


def check(file: LintedFile) -> Findings:
    """Tests with a scoring URL and no key, where the service has keys: on AKS, or in production."""
    for script in file.scripts:
        if _URL not in script.text:
            continue
        stage = script.step.job.stage
        for call in pytest_calls(script):
            words = [word.text.partition("=")[0] for word in call]
            if _URL not in words or _KEY in words or not _has_keys(file, stage):
                continue
            is_v1 = any(use.call.name == "ml model deploy" for use in _deployed_in(file, stage))
            keys = "service get-keys" if is_v1 else "online-endpoint get-credentials"
            hint = f'Add `--scorekey "$(az ml {keys} … --query primaryKey -o tsv)"`.'
            yield file.in_script(RULE.code, _MESSAGE, (script, call[0].start, call[0].end), hint)


def _has_keys(file: LintedFile, stage: StageOutline) -> bool:
    """Whether the services of a stage need a key: on AKS by default, and in production."""
    for use in _deployed_in(file, stage):
        if use.call.value("--compute-target") or use.call.name.startswith("ml online"):
            return True
    return is_production(stage.name)


def _deployed_in(file: LintedFile, stage: StageOutline) -> Iterator[ServiceUse]:
    return (use for use in deployed_services(file.azure_ml_calls) if use.call.script.step.job.stage is stage)


def check_release(file: LintedRelease) -> Findings:
    """Tests without a key of services that need one: on AKS by default, and in production."""
    for placed in file.tasks:
        stage, task = placed.stage, placed.task
        if task.task == "EndpointTest" and getattr(task, "auth", None) == "none" and task.enabled:
            deployments = (other for _, other in stage.placed_tasks if other.task == "ModelDeploy")
            if is_production(stage.name) or any(getattr(other, "compute_target", None) for other in deployments):
                yield file.finding(RULE.code, _MESSAGE, (*placed.route, "task"), "Add `auth: key`.")


_FILE = """\
steps:
- bash: |
    az ml model deploy --name churn --compute-target cluster --model churn:1
    url=$(az ml service show --name churn --query scoringUri -o tsv)
    pytest --junitxml=test-results.xml --scoreurl "$url"{}
- task: PublishTestResults@2
  condition: succeededOrFailed()
  inputs:
    testResultsFiles: test-results.xml
"""

RULE = Rule(
    code=Code("AZR609", "test-without-key", Severity.WARNING),
    summary="an endpoint test without a key",
    why=(
        "A service on AKS or a managed endpoint refuses requests without a key, unless authentication is switched off. A test that "
        "passes without one tests something else, or the service is open to everyone."
    ),
    wrong=_FILE.format(""),
    right=_FILE.format(' --scorekey "$(az ml service get-keys --name churn --query primaryKey -o tsv)"'),
    check=check,
    check_release=check_release,
)
