"""AZR609: endpoint tests that cannot log in."""

from collections.abc import Iterator

from azrelease.diagnostics import TEST_WITHOUT_KEY, Diagnostic
from azrelease.lint.facts.deployments import is_production, pytest_calls
from azrelease.lint.facts.services import ServiceUse, deployed
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax import StageOutline

_URL, _KEY = "--scoreurl", "--scorekey"


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """Tests with a scoring URL and no key, where the service has keys: on AKS, or in production."""
    for script in subject.scripts:
        if _URL not in script.text:
            continue
        stage = script.step.job.stage
        for call in pytest_calls(script):
            words = [word.text.partition("=")[0] for word in call]
            if _URL not in words or _KEY in words or not _has_keys(subject, stage):
                continue
            message = "this test of the endpoint gets no key"
            is_v1 = any(use.call.name == "ml model deploy" for use in _deployed_in(subject, stage))
            keys = "service get-keys" if is_v1 else "online-endpoint get-credentials"
            hint = f'Add `--scorekey "$(az ml {keys} … --query primaryKey -o tsv)"`.'
            yield subject.in_script(TEST_WITHOUT_KEY, message, (script, call[0].start, call[0].end), hint)


def _has_keys(subject: LintedFile, stage: StageOutline) -> bool:
    """Whether what a stage deploys asks for a key: AKS services do by default, and what is in production should."""
    for use in _deployed_in(subject, stage):
        if use.call.value("--compute-target") or use.call.name.startswith("ml online"):
            return True
    return is_production(stage.name)


def _deployed_in(subject: LintedFile, stage: StageOutline) -> Iterator[ServiceUse]:
    return (use for use in deployed(subject.azure_ml_calls) if use.call.script.step.job.stage is stage)


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
    TEST_WITHOUT_KEY,
    "the test of an endpoint gets no key",
    "A service on AKS or a managed endpoint asks for a key unless that is switched off; without one each request is refused. If the test "
    "passes all the same, it tests something else, or the service is open to everybody.",
    _FILE.format(""),
    _FILE.format(' --scorekey "$(az ml service get-keys --name churn --query primaryKey -o tsv)"'),
    check,
)
