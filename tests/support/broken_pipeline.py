"""A pipeline with one mistake, which editors show."""

BROKEN = """\
stages:
- stage: test
  jobs:
  - job: run
    steps:
    - script: echo tested
- stage: ship
  dependsOn: tset
  jobs:
  - job: run
    steps:
    - script: make ship
"""
