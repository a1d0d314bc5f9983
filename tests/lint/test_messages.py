"""Messages with parts that depend on the file."""

import pytest

from support.linting import check

RESOURCE = "resources:\n  pipelines:\n  - pipeline: training\n    source: churn-training\n    trigger: true\n"
DEPLOYMENT = "  strategy: {runOnce: {deploy: {steps: [{script: make deploy}]}}}\n"


@pytest.mark.parametrize(
    ("environment", "end"), [("churn", "which deploys to `churn`"), ("$(target)", "which deploys it")]
)
def test_what_any_branch_deploys_is_named_where_the_file_says_it(environment: str, end: str) -> None:
    text = f"{RESOURCE}jobs:\n- deployment: deploy\n  environment: {environment}\n{DEPLOYMENT}"
    [message] = [found.message for found in check(text) if found.code.id == "AZR511"]
    assert message == f"a run of `training` on any branch, reviewed or not, starts this pipeline, {end}"
