"""Parts of pipelines that the examples of several rules have in common."""

DEPLOYMENT = """\
- deployment: ship
{}  environment: staging
  strategy:
    runOnce:
      deploy:
        steps:
        - script: ./ship.sh
"""
"""A deployment job, with a place for further keys."""

STAGING = """\
stages:
- stage: staging
  jobs:
  - job: ship
    steps:
    - bash: |
        az ml model deploy --name churn-staging
"""
"""A stage that deploys a service."""

STAGING_TEST = "        az ml service run --name churn-staging --input-data tests/sample.json\n"
"""A command that tests the service, below the stage."""

PRODUCTION = """\
- stage: production
  jobs:
  - deployment: ship
    environment: churn
    strategy:
      runOnce:
        deploy:
          steps:
          - bash: az ml model deploy --name {}
"""
"""A stage that deploys a service of a name, in a deployment job."""
