"""AZR614: one metadata file of CLI v1 for several workspaces."""

from azrelease.diagnostics import FOREIGN_MODEL
from azrelease.lint.rule import Rule

_RELEASE = """\
name: churn
artifact: {{pipeline: training, name: model}}
workspace: {{resource_group: rg, name: ws, service_connection: azure}}
stages:
- name: staging
  service: churn-staging
  target: aci
- name: production
  service: churn
  target: {{type: aks, cluster: big}}
  approval: {{approvers: [jane@example.com]}}
{}"""

RULE = Rule(
    FOREIGN_MODEL,
    "stages in two workspaces deploy by one metadata file of CLI v1",
    "The file that `az ml model register --output-metadata-file` writes names the workspace of the model, and `az ml model deploy` refuses it in "
    "any other. A stage in another workspace needs a file of its own, or `model: name:version` of a model that is registered there.",
    _RELEASE.format("  workspace: {resource_group: rg, name: production-ws, service_connection: azure}\n"),
    _RELEASE.format(""),
    file="release.yml",
)
