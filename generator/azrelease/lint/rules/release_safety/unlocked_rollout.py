"""AZR613: rollouts that two runs can do at once."""

from azrelease.diagnostics import UNLOCKED_ROLLOUT
from azrelease.lint.rule import Rule

_RELEASE = """\
name: churn
artifact: {{pipeline: training, name: model}}
workspace: {{resource_group: rg, name: ws, service_connection: azure}}
stages:
- name: production
  endpoint: churn
  target: managed
  rollout: blue_green
{}  approval: {{approvers: [jane@example.com]}}
"""

RULE = Rule(
    UNLOCKED_ROLLOUT,
    "two runs can roll out to an endpoint at once",
    "A rollout takes several minutes, and a second run that begins meanwhile works on the same deployments: it takes the first for one that was "
    "cut off, takes it back and makes its deployment anew, and the first run fails. `lock: sequential` lets one run at a time into the stage; "
    "`latest` lets only the newest of those that wait follow. `azrelease apply` registers the lock.",
    _RELEASE.format(""),
    _RELEASE.format("  lock: sequential\n"),
    file="release.yml",
)
