"""AZR113: pipelines that the service does not finish expanding."""

from azrelease.diagnostics import EXPANSION_LIMIT
from azrelease.lint.rule import Rule

RULE = Rule(
    code=EXPANSION_LIMIT,
    summary="a pipeline is too large when its templates are included",
    why=(
        "The service refuses a pipeline with more than 100 templates, with more than 100 levels of them, or that takes more than 20 MB while it "
        "is expanded (learn.microsoft.com/azure/devops/pipelines/process/templates, imposed limits). azrelease also ends an expansion of 200,000 "
        "evaluations."
    ),
)
