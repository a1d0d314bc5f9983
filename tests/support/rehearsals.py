"""A release that is rehearsed, and the artifact that it deploys."""

from pathlib import Path

SAMPLE = Path(__file__).parent.parent.parent / "samples" / "insurance-managed" / "artifact"
RELEASE = """\
name: churn
artifact: {pipeline: churn-training, name: model}
workspace: {resource_group: rg, name: ws, service_connection: azure}
stages:
  - name: staging
    endpoint: churn-staging
    target: managed
    tasks:
      - task: InstallAzureCLIExtension
      - task: OnlineEndpoint
      - task: OnlineDeployment
        file: deployment/deployment.yml
        model_metadata: metadata/model.json
      - task: EndpointTest
        script: tests/integration/staging_test.py
      - task: PublishTestResults
"""
JOIN = "      - task: EndpointTest\n"
