"""AZR613: rollouts that two runs can do at once."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.linted_release import LintedRelease
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


def check_release(file: LintedRelease) -> Iterator[Diagnostic]:
    """Rollouts of stages that let several runs in at once."""
    for index, stage in enumerate(file.release.stages):
        if stage.rollout is not None and stage.lock is None:
            message = f"two runs of stage `{stage.name}` can roll out to its endpoint at once"
            yield file.finding(RULE.code, message, ("stages", index, "rollout"), "Add `lock: sequential` to it.")


RULE = Rule(
    code=Code("AZR613", "unlocked-rollout", Severity.WARNING),
    summary="two runs can roll out to an endpoint at once",
    why=(
        "A rollout takes several minutes, and a second run that begins meanwhile works on the same deployments: it takes the first for one that was "
        "cut off, takes it back and makes its deployment anew, and the first run fails. `lock: sequential` lets one run at a time into the stage; "
        "`latest` lets only the newest of those that wait follow. `azrelease apply` registers the lock."
    ),
    wrong=_RELEASE.format(""),
    right=_RELEASE.format("  lock: sequential\n"),
    file="release.yml",
    check_release=check_release,
)
