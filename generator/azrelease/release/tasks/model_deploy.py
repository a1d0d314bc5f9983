"""ModelDeploy: `az ml model deploy` of the Azure Machine Learning CLI v1 (extension azure-cli-ml)."""

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, MISSING_FIELD
from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.fields import (
    ArtifactPath,
    Boolean,
    BooleanText,
    ListOf,
    NumberText,
    SecretReference,
    Text,
    VariableValue,
    Version,
)
from azrelease.release.problems import Problem
from azrelease.release.target import AksTarget
from azrelease.release.tasks.azure_cli_task import WorkspaceTask
from azrelease.release.tasks.base import ServiceName, StageDefaults, TaskContext, folder_of, needs_service
from azrelease.release.tasks.step_template import (
    ARTIFACT,
    RESOURCE_GROUP,
    WORKSPACE,
    ScriptTemplate,
    text_lines,
)

TEMPLATE = ScriptTemplate(
    name="model-deploy",
    task="ModelDeploy (CLI v1)",
    title="Deploy the model",
    parameters=(
        TemplateParameter("service", "Name of the service.", None, optional=False),
        RESOURCE_GROUP,
        WORKSPACE,
        TemplateParameter("options", "More options of `az ml model deploy`, `--option value` one on a line."),
    ),
    folder=TemplateParameter("folder", "Folder that the command runs in.", f"{ARTIFACT}/deployment", optional=False),
    needs_functions=False,
)

_PATH = {"argument": "path"}
"""Marks a field as a path of the artifact, written in the script as it is seen from the working directory."""


def _argument(flag: str, description: str, **marks: str) -> Any:  # noqa: ANN401  (pydantic's Field is Any)
    return Field(default=None, description=f"{description} (`{flag}`)", json_schema_extra={"flag": flag, **marks})


OptionalText = Text | None
OptionalPath = ArtifactPath | None
OptionalNumber = NumberText | None
OptionalBoolean = BooleanText | None
OptionalSecret = SecretReference | None


class ModelDeploy(WorkspaceTask):
    """Deploys a model as a web service with the CLI v1, or updates the service that is there.

    Every argument of the command has a field. Source: learn.microsoft.com/cli/azure/ml(v1)/model.
    """

    service: ServiceName = None
    working_directory: ArtifactPath | None = Field(
        default=None,
        description="Folder of the artifact that the command runs in; the files that `inference_config` names are "
        "looked for there. Default: the folder of `inference_config`.",
    )
    compute: Literal["aci", "aks", "local"] | None = Field(
        default=None,
        description="Where the service runs. Default: the stage's target. With a `deployment_config` its "
        "`computeType` decides, and this is only for reading (`--compute-type`).",
    )
    compute_target: OptionalText = _argument(
        "--compute-target", "Compute target for the service; required on AKS. Default: the target's cluster"
    )
    model_metadata: ListOf[Text] = Field(
        default=(),
        description="File of the artifact that says which model was registered (`--model-metadata-file`): `modelId`, "
        "`workspaceName` and `resourceGroupName`, as `az ml model register --output-metadata-file` writes them. The "
        "workspace has to be that of the stage",
    )
    model: ListOf[Text] = Field(default=(), description="Model as `name:version`, or a list (`--model`)")
    deployment_config: OptionalPath = _argument("--deploy-config-file", "File that says how to deploy", **_PATH)
    inference_config: OptionalPath = _argument("--inference-config-file", "File that says how to score", **_PATH)
    overwrite: Boolean = Field(default=True, description="Update the service when it is there (`--overwrite`)")
    no_wait: Boolean = Field(
        default=False,
        description="Do not wait for the deployment; a test after it may come too early (`--no-wait`)",
    )
    verbose: Boolean = Field(default=False, description="Print more in the log (`-v`)")

    entry_script: OptionalPath = _argument("--entry-script", "Script with init() and run()", **_PATH)
    source_directory: OptionalPath = _argument("--source-directory", "Folder of the scoring files", **_PATH)
    conda_file: OptionalPath = _argument("--conda-file", "Conda environment of the service", **_PATH)
    runtime: Literal["python", "spark-py", "python-slim"] | None = _argument("--runtime", "Runtime of the image")
    environment_name: OptionalText = _argument("--environment-name", "Registered environment to use")
    environment_version: Version | None = _argument("--environment-version", "Version of that environment")
    environment_directory: OptionalPath = _argument("--environment-directory", "Folder of an environment", **_PATH)
    base_image: OptionalText = _argument("--base-image", "Image to build on")
    base_image_registry: OptionalText = _argument("--base-image-registry", "Registry of that image")
    extra_docker_file_steps: OptionalPath = _argument(
        "--extra-docker-file-steps", "File with more lines for the Dockerfile", **_PATH
    )
    enable_gpu: OptionalBoolean = _argument("--enable-gpu", "Build the image for a GPU")
    cuda_version: Version | None = _argument("--cuda-version", "Version of CUDA in the image")

    cpu_cores: OptionalNumber = _argument("--cpu-cores", "CPU cores for the service")
    cpu_cores_limit: OptionalNumber = _argument("--cpu-cores-limit", "Most CPU cores it may use")
    memory_gb: OptionalNumber = _argument("--memory-gb", "Memory for the service in GB")
    memory_gb_limit: OptionalNumber = _argument("--memory-gb-limit", "Most memory it may use in GB")
    gpu_cores: OptionalNumber = _argument("--gpu-cores", "GPU cores for each container, on AKS")
    num_replicas: OptionalNumber = _argument("--num-replicas", "Number of containers, without autoscaling")
    autoscale_enabled: OptionalBoolean = _argument("--autoscale-enabled", "Scale with the load, on AKS")
    autoscale_min_replicas: OptionalNumber = _argument("--autoscale-min-replicas", "Fewest containers")
    autoscale_max_replicas: OptionalNumber = _argument("--autoscale-max-replicas", "Most containers")
    autoscale_refresh_seconds: OptionalNumber = _argument(
        "--autoscale-refresh-seconds", "Seconds between two decisions to scale"
    )
    autoscale_target_utilization: OptionalNumber = _argument(
        "--autoscale-target-utilization", "Load to aim at, in percent"
    )
    replica_max_concurrent_requests: OptionalNumber = _argument(
        "--replica-max-concurrent-requests", "Requests a container takes at once"
    )
    max_request_wait_time: OptionalNumber = _argument(
        "--max-request-wait-time", "Milliseconds a request may wait in the queue"
    )
    scoring_timeout_ms: OptionalNumber = _argument("--scoring-timeout-ms", "Milliseconds a score may take")

    initial_delay_seconds: OptionalNumber = _argument("--initial-delay-seconds", "Seconds before the first probe")
    period_seconds: OptionalNumber = _argument("--period-seconds", "Seconds between two probes")
    timeout_seconds: OptionalNumber = _argument("--timeout-seconds", "Seconds a probe may take")
    failure_threshold: OptionalNumber = _argument("--failure-threshold", "Failed probes until a container is restarted")
    success_threshold: OptionalNumber = _argument("--success-threshold", "Good probes until a container counts as up")

    auth_enabled: OptionalBoolean = _argument("--auth-enabled", "Ask for a key")
    token_auth_enabled: OptionalBoolean = _argument("--token-auth-enabled", "Ask for a token instead, on AKS")
    primary_key: OptionalSecret = _argument("--primary-key", "Primary key to set; a macro that names a secret")
    secondary_key: OptionalSecret = _argument("--secondary-key", "Secondary key to set; a macro that names a secret")
    ssl_enabled: OptionalBoolean = _argument("--ssl-enabled", "Serve over TLS")
    ssl_cname: OptionalText = _argument("--ssl-cname", "Name on the certificate")
    ssl_cert_pem_file: OptionalPath = _argument("--ssl-cert-pem-file", "Certificate", **_PATH)
    ssl_key_pem_file: OptionalPath = _argument("--ssl-key-pem-file", "Key of the certificate", **_PATH)
    vault_base_url: OptionalText = _argument("--vault-base-url", "Key vault with the customer-managed key, on ACI")
    key_name: OptionalText = _argument("--key-name", "Name of that key")
    key_version: Version | None = _argument("--key-version", "Version of that key")

    location: OptionalText = _argument("--location", "Region, on ACI")
    dns_name_label: OptionalText = _argument("--dns-name-label", "DNS name of the service, on ACI")
    vnet_name: OptionalText = _argument("--vnet-name", "Virtual network, on ACI")
    subnet_name: OptionalText = _argument("--subnet-name", "Subnet in it")
    namespace: OptionalText = _argument("--namespace", "Kubernetes namespace, on AKS")
    port: OptionalNumber = _argument("--port", "Local port of the service, with compute `local`")
    version_name: OptionalText = _argument("--version-name", "Version of the endpoint to deploy as")
    traffic_percentile: OptionalNumber = _argument("--traffic-percentile", "Share of the traffic for that version")

    description: OptionalText = _argument("--description", "What the service is for")
    tags: dict[Text, VariableValue] = Field(default_factory=dict, description="Tags of the service (`--tag`)")
    properties: dict[Text, VariableValue] = Field(
        default_factory=dict, description="Properties of the service, fixed once set (`--property`)"
    )
    collect_model_data: OptionalBoolean = _argument("--collect-model-data", "Collect what goes in and comes out")
    enable_app_insights: OptionalBoolean = _argument("--enable-app-insights", "Send metrics to Application Insights")
    profile_input: OptionalPath = _argument("--profile-input", "File of a profiling result to deploy by", **_PATH)
    path: OptionalPath = _argument("--path", "Folder of the project", **_PATH)
    subscription_id: OptionalText = _argument("--subscription-id", "Subscription. Default: the connection's")

    def _problems(self) -> Iterator[Problem]:
        if not self.model and not self.model_metadata:
            message = "there is no model to deploy"
            hint = "Set `model_metadata` to the file that the CI pipeline wrote, or `model` to `name:version`."
            yield Problem((), MISSING_FIELD, message, hint)

    def completed(self, stage: StageDefaults) -> Self:
        """The task with service, compute and working directory."""
        task = super().completed(stage)
        cluster = stage.target.cluster if isinstance(stage.target, AksTarget) else None
        compute = task.compute or (stage.target.type if stage.target else None)
        return task.model_copy(
            update={
                "service": task.service or stage.service,
                "compute": compute,
                "compute_target": task.compute_target or (cluster if compute == "aks" else None),
                "working_directory": task.working_directory or folder_of(task.inference_config or ""),
                "display_name": task.display_name or (f"Deploy to {compute.upper()}" if compute else None),
            }
        )

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """A service needs a name, and on AKS a cluster."""
        yield from super().problems(stage)
        yield from needs_service(self.service, stage)
        if self.compute == "aks" and self.compute_target is None and not isinstance(stage.target, AksTarget):
            hint = "Name the cluster: `compute_target: aks`."
            yield Problem(("compute",), MISSING_FIELD, "a service on AKS needs a `compute_target`", hint)
        if self.compute and stage.target and self.compute != stage.target.type:
            message = f"the stage deploys to {stage.target.type}, this task to {self.compute}"
            yield Problem(
                ("compute",), CONFLICTING_FIELDS, message, "Remove `compute`, or change the stage's `target`."
            )

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        folder = self.working_directory or "."
        options = (flag if value is None else f"{flag} {value}" for flag, value in self._options(context, folder))
        return self.workspace_steps(
            context, TEMPLATE, service=self.service, options=text_lines(options), folder=context.path(folder)
        )

    def _options(self, context: TaskContext, folder: str) -> Iterator[tuple[str, str | None]]:
        """The arguments of the command, in the order of the fields."""
        for path in self.model_metadata:
            yield ("--model-metadata-file", context.path_from(folder, path))
        for model in self.model:
            yield ("--model", model)
        if self.compute and self.deployment_config is None:
            yield ("--compute-type", self.compute.upper())
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            extra = field.json_schema_extra
            if isinstance(extra, dict) and "flag" in extra and value is not None:
                yield (
                    str(extra["flag"]),
                    context.path_from(folder, value) if extra.get("argument") == "path" else value,
                )
        for name, value in self.tags.items():
            yield ("--tag", f"{name}={value}")
        for name, value in self.properties.items():
            yield ("--property", f"{name}={value}")
        switches = {"--overwrite": self.overwrite, "--no-wait": self.no_wait, "-v": self.verbose}
        yield from ((flag, None) for flag, given in switches.items() if given)
