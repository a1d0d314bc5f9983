"""How each field of a release is written: what a message shows where something else is written.

An example is the YAML behind the name of the field; the rows are data, and look alike.
A test reads a release with each of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, TypeAdapter, WithJsonSchema

_TASKS = "[{task: Bash, script: ./deploy.sh}]"
_IDENTITY = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/churn-rg/providers/"
    "Microsoft.ManagedIdentity/userAssignedIdentities/churn"
)
_NUMBER = ("3", "$(count)")
_SWITCH = ("true", "$(switch)")

_FORMS: Mapping[str, Sequence[str]] = {
    # The release and its stages. What has several forms names the usual one first.
    "Release.name": ("churn",),
    "Release.folder": ("'\\models'",),
    "agent": ("{image: ubuntu-24.04}", "{pool: my-agents}"),
    "approvers": ("[jane@example.com]",),
    "approval": ("{approvers: [jane@example.com]}",),
    "approval_after": ("{approvers: [jane@example.com]}",),
    "artifact": ("{pipeline: churn-training, name: model}",),
    "business_hours": ('{start: "09:00", end: "17:00"}',),
    "checks": ("{branches: {allowed: [main]}}",),
    "condition": ("succeeded()",),
    "continuous_deployment": ("{branches: [main]}",),
    "depends_on": ("[staging]",),
    "download": ("[{alias: churn-training}]",),
    "endpoint": ("churn-staging",),
    "environment": ("churn-production",),
    "gates": ("{tasks: [{task: InvokeRESTAPI@1, inputs: {serviceConnection: my-service}}]}",),
    "gates_after": ("{tasks: [{task: InvokeRESTAPI@1, inputs: {serviceConnection: my-service}}]}",),
    "jobs": (f"[{{name: deploy, tasks: {_TASKS}}}]",),
    "machines": ("{environment: production-machines}",),
    "matrix": ("{region: [europe, asia]}",),
    "registration": ("{default_branch: main}",),
    "rollout": ("blue_green", "{steps: [10, 50, 100], pause: 10 minutes}"),
    "run_name": ("$(Date:yyyyMMdd)$(Rev:.r)",),
    "schedules": ('[{cron: "0 6 * * Mon-Fri"}]',),
    "secrets": ("[api-key]",),
    "settable": ("[region]",),
    "sources": ("[{type: pipeline, pipeline: churn-data, name: data}]",),
    "stages": ("[{name: staging, endpoint: churn-staging, target: managed}]",),
    "steps": ("[10, 50, 100]",),
    "tags": ("[churn]",),
    "target": ("managed", "{type: kubernetes, compute: my-cluster}"),
    "tasks": (_TASKS,),
    "pipeline_template": ("{file: v1/Official.yml, repository: governed}",),
    "template_repositories": ("[{alias: governed, repository: platform/pipelines, ref: refs/tags/v1}]",),
    "trigger": ("{continuous_deployment: {branches: [main]}}",),
    "variable_groups": ("[churn-settings]",),
    "variables": ("{region: westeurope}",),
    "workspace": ("{resource_group: churn-rg, name: churn-ws, service_connection: churn-azure}",),
    "Stage.trigger": ("manual",),
    # Sources and their triggers.
    "alias": ("churn-training",),
    "artifacts": ("[model]",),
    "branch": ("main",),
    "BranchFilter.exclude": ("[feature/*]",),
    "BranchFilter.include": ("[main, release/*]",),
    "branches": ("[main]",),
    "BranchControl.allowed": ("[main]",),
    "Checks.branches": ("{allowed: [main]}",),
    "ContainerSource.trigger": ("true",),
    "ContinuousDeploymentTrigger.stages": ("[publish]",),
    "cron": ('"0 6 * * Mon-Fri"',),
    "feed": ("models",),
    "GitSource.trigger": ("[main]",),
    "HostedRepositorySource.repository": ("contoso/models",),
    "JenkinsSource.trigger": ("true",),
    "JenkinsSource.version": ('"42"',),
    "job": ("churn-build",),
    "package": ("churn",),
    "patterns": ("['**/*.zip']",),
    "pipeline": ("churn-training",),
    "PipelineSource.path": (".",),
    "PipelineSource.trigger": ("{branches: [main]}",),
    "project": ("MLOps",),
    "registry": ("contoso",),
    "repository": ("models",),
    "ArtifactSource.name": ("model",),
    "ArtifactSource.path": ("release",),
    "ArtifactSource.version": ("latest",),
    "view": ("release",),
    "PipelineTemplate.file": ("v1/Official.yml",),
    "PipelineTemplate.parameters": ("{severity: high}",),
    "PipelineTemplate.repository": ("governed",),
    "stages_parameter": ("stages",),
    "Template.file": ("templates/smoke-test.yml",),
    "Template.parameters": ("{url: 'https://churn.example.com'}",),
    "Template.repository": ("governed",),
    "TemplateRepository.alias": ("governed",),
    "TemplateRepository.ref": ("refs/tags/v1",),
    "TemplateRepository.repository": ("platform/pipelines",),
    # Registration and checks.
    "all_pipelines": ("true",),
    "days": ("[Monday, Tuesday]",),
    "default_branch": ("main",),
    "end": ('"17:00"',),
    "GitHubReleaseSource.repository": ("contoso/models",),
    "key_vault": ("{name: churn-vault, service_connection: churn-azure, secrets: [api-key]}",),
    "PullRequestCheck.paths": ("[/releases/*]",),
    "pull_request_check": ("{yaml: azure-pipelines.check.yml}",),
    "Registration.repository": ("{name: models}",),
    "Registration.variable_groups": ("[{name: churn-settings, variables: {region: westeurope}}]",),
    "required_templates": ("[{path: release.yml, repository: platform/templates}]",),
    "RequiredTemplate.path": ("release.yml",),
    "RequiredTemplate.repository": ("platform/templates",),
    "start": ('"09:00"',),
    "time_zone": ("W. Europe Standard Time",),
    "yaml": ("azure-pipelines.yml",),
    # Names and texts.
    "BaseTask.name": ("deploy",),
    "Job.name": ("deploy",),
    "name": ("churn",),
    "cluster": ("my-cluster",),
    "compute": ("my-cluster",),
    "compute_target": ("my-cluster",),
    "demands": ("[docker]",),
    "description": ("the churn model",),
    "display_name": ("Deploy the model",),
    "image": ("ubuntu-24.04",),
    "Environment.image": ("mcr.microsoft.com/azureml/minimal-ubuntu22.04-py311-cpu-inference",),
    "instructions": ("Look at the test results.",),
    "pool": ("my-agents",),
    "resource_group": ("churn-rg",),
    "service": ("churn-service",),
    "service_connection": ("churn-azure",),
    "Stage.name": ("staging",),
    "task": ("Bash",),
    "Task.task": ("CopyFiles@2",),
    "title": ("churn tests",),
    # Numbers and lengths of time that are not whole numbers or minutes alone.
    "agent_count": _NUMBER,
    "Machines.at_once": ("'1'", "25%"),
    "cpu": ('"0.5"',),
    "gpu": ('"1"',),
    "memory": ("1Gi",),
    "Approvers.minimum": ("1",),
    "EvaluationGate.minimum_gain": ("0.01",),
    "DataCollector.sampling_rate": ("0.5",),
    "traffic": ("{blue: 90, green: 10}",),
    # Tasks.
    "arguments": ("--verbose",),
    "EndpointTest.arguments": ("[--verbose]",),
    "code_configuration": ("{code: deployment, scoring_script: score.py}",),
    "collections": ("{model_inputs: {enabled: true}}",),
    "data_collector": ("{collections: {model_inputs: {enabled: true}}}",),
    "definition": ("{description: the churn model}",),
    "deployment": ("blue",),
    "deployment_config": ("deployment/aciDeploymentConfigStaging.yml",),
    "code": ("deployment",),
    "conda_file": ("deployment/conda.yml",),
    "env": ("{REGION: westeurope}",),
    "environment_variables": ("{REGION: westeurope}",),
    "OnlineDeploymentDefinition.environment": ("azureml:churn-env@latest", "{image: python, conda_file: conda.yml}"),
    "BatchDeploymentDefinition.environment": ("azureml:churn-env@latest", "{image: python, conda_file: conda.yml}"),
    "Machines.environment": ("production-machines",),
    "experiment_name": ("churn",),
    "expect": ("costs",),
    "extension": ("ml",),
    "file": ("deployment/deployment.yml",),
    "ScriptSource.file": ("scripts/deploy.sh",),
    "files": ("'**/test-*.xml'",),
    "identity": ("{type: system_assigned}",),
    "inference_config": ("deployment/inferenceConfig.yml",),
    "input": ("tests/batch",),
    "inputs": ("{Contents: '**'}",),
    "instance_type": ("Standard_DS3_v2",),
    "junit": ("junit/test-results.xml",),
    "location": ("westeurope",),
    "metrics_file": ("metadata/metrics.json",),
    "metric": ("accuracy",),
    "ModelDeploy.model": ("['churn:3']",),
    "BatchTest.output": ("score",),
    "ModelDeploy.model_metadata": ("[metadata/model.json]",),
    "ModelDeploy.tags": ("{team: models}",),
    "OnlineDeploymentDefinition.model": ("azureml:churn@latest", "{path: model}"),
    "BatchDeploymentDefinition.model": ("azureml:churn@latest", "{path: model}"),
    "RegisterModel.model": ("churn",),
    "RegisterModel.tags": ("{team: models}",),
    "OnlineEndpointDefinition.tags": ("{team: models}",),
    "OnlineDeploymentDefinition.tags": ("{team: models}",),
    "BatchEndpointDefinition.tags": ("{team: models}",),
    "BatchDeploymentDefinition.tags": ("{team: models}",),
    "model": ("churn@latest",),
    "model_metadata": ("metadata/model.json",),
    "model_mount_path": ("/models",),
    "output": ("metadata/model.json",),
    "output_file_name": ("predictions.csv",),
    "output_path": ("azureml://datastores/workspaceblobstore/paths/churn",),
    "path": ("outputs/model",),
    "properties": ("{team: models}",),
    "request": ("tests/sample-request.json",),
    "resource_id": (_IDENTITY,),
    "scoring_script": ("score.py",),
    "script": ("./deploy.sh",),
    "EndpointTest.script": ("tests/integration/staging_test.py",),
    "InstallRequirements.script": ("package_requirement/install_requirements.sh",),
    "search_folder": ("$(System.DefaultWorkingDirectory)",),
    "set": ("{instance_count: 2}",),
    "PublishCodeCoverage.sources": ("$(System.DefaultWorkingDirectory)",),
    "summary": ("coverage.xml",),
    "user_assigned_identities": (f"[{{resource_id: {_IDENTITY}}}]",),
    "version": ('"3.11"',),
    "vm_size": ("Standard_DS3_v2",),
    "working_directory": ("scripts",),
}
"""By model and field, or by field; `X.y` also for the models that extend X."""

HEADLINE: Mapping[str, str] = {
    "Agent": "image",
    "Approval": "approvers",
    "ApprovalAfter": "approvers",
    "ArtifactSource": "pipeline",
    "BranchControl": "allowed",
    "Download": "alias",
    "Machines": "environment",
    "Repository": "name",
    "Workspace": "name",
}
"""The field that a text is most likely meant for, where the model takes a mapping."""

_TEXT = "text"
_USUAL_COUNT = 3


def forms_of(model: type[BaseModel], name: str) -> tuple[str, ...]:
    """How a field can be written, the usual way first; empty where the model has no such field."""
    field = model.model_fields.get(name)
    if field is None:
        return ()
    for owner in (f"{base.__name__}.{name}" for base in model.__mro__):
        if owner in _FORMS:
            return tuple(_FORMS[owner])
    derived = tuple(_derived(field.annotation, field.metadata))
    # A name that several models have may be of another kind in one of them.
    return derived if derived != (_TEXT,) and not _is_general(derived) else tuple(_FORMS.get(name, derived))


def written(value: object) -> str:
    """A value in the flow style of YAML, on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, width=1_000_000, allow_unicode=True, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def parsed(form: str) -> Any:  # noqa: ANN401  (any YAML)
    """The value of an example."""
    return yaml.safe_load(form)


def _is_general(forms: Sequence[str]) -> bool:
    """Whether the types of a field say little of what is meant by it: a collection."""
    return forms[0][:1] in ("[", "{")


def _derived(annotation: Any, metadata: Sequence[Any] = ()) -> Iterator[str]:  # noqa: ANN401  (any annotation)
    """Examples that a type gives by itself."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in (str, int, bool) or any(isinstance(mark, WithJsonSchema) for mark in metadata):
        annotated: Any = Annotated[annotation, *metadata] if metadata else annotation
        yield from _of_schema(TypeAdapter(annotated).json_schema())
    elif hasattr(annotation, "__metadata__"):
        yield from _derived(annotation.__origin__, annotation.__metadata__)
    elif origin in (Union, UnionType):
        yield from _derived(next(argument for argument in arguments if argument is not type(None)))
    elif origin is Literal:
        yield from (written(option) for option in arguments)
    elif origin is tuple:
        yield f"[{next(_derived(arguments[0]))}]"
    elif origin is dict:
        yield f"{{name: {next(_derived(arguments[1]))}}}"
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields
        shown = [name for name, field in fields.items() if field.is_required()] or [next(iter(fields))]
        yield f"{{{', '.join(f'{name}: {forms_of(annotation, name)[0]}' for name in shown)}}}"
    else:
        yield _TEXT


def _of_schema(schema: Mapping[str, Any]) -> Iterator[str]:
    """Examples of a scalar."""
    kind = schema.get("type")
    if kind == "boolean":
        yield "true"
    elif kind == "integer":
        yield str(min(max(_USUAL_COUNT, schema["minimum"]), schema.get("maximum", _USUAL_COUNT)))
    elif isinstance(kind, list) and len(kind) == 2:  # noqa: PLR2004  (a value, or a macro)
        yield from _SWITCH if kind[0] == "boolean" else _NUMBER
    else:
        yield str(schema.get("examples", (_TEXT,))[0])
