"""AZR613: rollouts without a lock."""

from azrelease.lint.rule import Code, Findings, LintedRelease, Rule, Severity

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


def check_release(file: LintedRelease) -> Findings:
    """Stages with a rollout and without a lock."""
    for index, stage in enumerate(file.release.stages):
        if stage.rollout is not None and stage.lock is None:
            message = f"two runs of stage `{stage.name}` can roll out to its endpoint at once"
            yield file.finding(RULE.code, message, ("stages", index, "rollout"), "Add `lock: sequential` to it.")


RULE = Rule(
    code=Code("AZR613", "unlocked-rollout", Severity.WARNING),
    summary="two runs can roll out to an endpoint at once",
    why=(
        "A rollout takes several minutes, and a second run that starts meanwhile changes the same deployments: it treats the first rollout as "
        "interrupted, rolls it back and creates its deployment again, and the first run fails. With `lock: sequential` one run at a time is in the stage; "
        "with `latest`, only the newest waiting run follows. `azrelease apply` registers the lock."
    ),
    wrong=_RELEASE.format(""),
    right=_RELEASE.format("  lock: sequential\n"),
    file="release.yml",
    check_release=check_release,
)
