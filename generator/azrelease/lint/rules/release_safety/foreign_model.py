"""AZR614: one model metadata file of CLI v1 for several workspaces."""

from typing import TYPE_CHECKING

from azrelease.lint.rule import Code, Findings, LintedRelease, Rule, Severity

if TYPE_CHECKING:
    from azrelease.release import Stage

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


def check_release(file: LintedRelease) -> Findings:
    """Metadata files of CLI v1, which name a workspace, in stages of several workspaces."""
    first: dict[str, Stage] = {}
    for stage, index, task, _ in file.tasks:
        files = getattr(task, "model_metadata", ()) if task.task == "ModelDeploy" and task.enabled else ()
        others = [first.setdefault(name, stage) for name in files]
        other = next((found for found in others if _workspace(found) != _workspace(stage)), None)
        if other is not None:
            message = f"the model of stage `{stage.name}` is in the workspace of stage `{other.name}`"
            hint = "Register it in both workspaces, and give the stage a `model_metadata` of its own, or `model: name:version`."
            yield file.finding(RULE.code, message, ("stages", index, "workspace"), hint)


def _workspace(stage: "Stage") -> tuple[str, str] | None:
    return None if stage.workspace is None else (stage.workspace.resource_group, stage.workspace.name)


RULE = Rule(
    code=Code("AZR614", "model-of-other-workspace", Severity.WARNING),
    summary="stages in two workspaces use one model metadata file of CLI v1",
    why=(
        "The file that `az ml model register --output-metadata-file` writes names the workspace of the model, and `az ml model deploy` refuses it in "
        "any other. A stage in another workspace needs a file of its own, or `model: name:version` of a model that is registered there."
    ),
    wrong=_RELEASE.format("  workspace: {resource_group: rg, name: production-ws, service_connection: azure}\n"),
    right=_RELEASE.format(""),
    file="release.yml",
    check_release=check_release,
)
