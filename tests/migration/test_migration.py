"""A release of CLI v1 becomes one of v2."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from azrelease import load, render
from azrelease.diagnostics import CHANGED, CLI_V1, NO_COUNTERPART, SDK_V1, Diagnostic
from azrelease.errors import InvalidFileError, UserError
from azrelease.migration import Migration, migrate
from azrelease.rehearsal.azure.ml_v2 import referred_files
from azrelease.release import dump, load_document
from azrelease.rendering import write_new
from azrelease.yaml_document import YamlDocument
from support import azure_ai_ml
from support.process import Cli, CliHere
from support.releases import HEAD
from support.yaml_text import safe_load

INFERENCE = "entryScript: score.py\nruntime: python\ncondaFile: conda.yml\nbaseImage:\n"
CONDA = "dependencies:\n  - python=3.9\n  - pip:\n      - azureml-defaults\n"


def migrated(folder: Path, stages: str, **files: str) -> Migration:
    """A migration of stages (the YAML below `stages:`) with files in `deployment/`, `_` standing for `.`."""
    (folder / "deployment").mkdir(exist_ok=True)
    for name, text in {"inference_yml": INFERENCE, "conda_yml": CONDA, "score_py": "", **files}.items():
        (folder / "deployment" / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return migrate(load_document(YamlDocument.parse(f"{HEAD}stages:\n{stages}", "release.yml")), folder)


def stage(target: str, config: str = "config.yml", more: str = "") -> str:
    return (
        f"  - name: prod\n    service: svc-prod\n    target: {target}\n    tasks:\n"
        f"      - task: ModelDeploy\n        model_metadata: metadata/model.json\n        deployment_config: deployment/{config}\n"
        f"        inference_config: deployment/inference.yml\n{more}"
    )


def data(migration: Migration, kind: str) -> dict[str, Any]:
    (text,) = [file.text for file in migration.files if file.path.endswith(f"-{kind}.yml")]
    loaded: dict[str, Any] = safe_load(text)
    return {key: value for key, value in loaded.items() if key != "$schema"}


def told(migration: Migration, *codes: Any) -> list[tuple[str, int, str]]:
    return [(f.file.rpartition("/")[2], f.span.line, f.message) for f in migration.findings if f.code in codes]


AKS = """\
computeType: AKS
autoScaler: {autoscaleEnabled: True, minReplicas: 1, maxReplicas: 3, refreshPeriodInSeconds: 10, targetUtilization: 70}
authEnabled: True
tokenAuthEnabled: True
containerResourceRequirements: {cpu: 0.5, memoryInGB: 2, cpuLimit: 1, memoryInGBLimit: 4}
gpuCores: 1
appInsightsEnabled: True
scoringTimeoutMs: 1000
maxConcurrentRequestsPerContainer: 2
maxQueueWaitMs: 500
livenessProbeRequirements: {initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 3, successThreshold: 1}
"""


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return CliHere(cli.folder)


def test_everything_of_an_aks_service_that_has_a_counterpart(tmp_path: Path) -> None:
    migration = migrated(tmp_path, stage("{type: aks, cluster: big}"), config_yml=AKS)
    assert data(migration, "endpoint") == {"name": "svc-prod", "auth_mode": "aml_token", "compute": "azureml:big"}
    assert data(migration, "deployment") == {
        "name": "blue",
        "endpoint_name": "svc-prod",
        "type": "kubernetes",
        "request_settings": {
            "request_timeout_ms": 1000,
            "max_concurrent_requests_per_instance": 2,
            "max_queue_wait_ms": 500,
        },
        "liveness_probe": {
            "initial_delay": 5,
            "period": 10,
            "timeout": 2,
            "failure_threshold": 3,
            "success_threshold": 1,
        },
        "resources": {"requests": {"cpu": "0.5", "memory": "2Gi"}, "limits": {"cpu": "1", "memory": "4Gi", "gpu": "1"}},
        "scale_settings": {
            "type": "target_utilization",
            "min_instances": 1,
            "max_instances": 3,
            "polling_interval": 10,
            "target_utilization_percentage": 70,
        },
        "code_configuration": {"code": ".", "scoring_script": "score.py"},
        "environment": {
            "image": "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest",
            "conda_file": "conda.yml",
        },
        "app_insights_enabled": True,
    }
    assert told(migration, NO_COUNTERPART) == []


ACI = "computeType: ACI\ncontainerResourceRequirements: {cpu: 3, memoryInGB: 1}\n"


def test_an_aci_service_becomes_a_managed_endpoint_with_machines_that_are_large_enough(tmp_path: Path) -> None:
    migration = migrated(tmp_path, stage("aci"), config_yml=ACI)
    assert data(migration, "endpoint") == {"name": "svc-prod", "auth_mode": "key"}
    deployment = data(migration, "deployment")
    assert (deployment["type"], deployment["instance_type"], deployment["instance_count"]) == (
        "managed",
        "Standard_DS3_v2",
        1,
    )
    assert ("release.yml", 14, "the service requires no key, but an endpoint always requires its key or token") in told(
        migration, CHANGED
    )


def test_the_release_deploys_tests_and_nothing_else_is_touched(tmp_path: Path) -> None:
    more = (
        "        timeout: 20 minutes\n        retries: 2\n      - {task: CreateAksCompute}\n      - {task: Bash, script: echo x}\n"
        "      - {task: EndpointTest}\n      - {task: PublishTestResults, files: x.xml}\n    condition: succeeded()\n"
        "    approval: {approvers: [ann]}\n"
    )
    migration = migrated(tmp_path, stage("{type: aks, cluster: $(cluster)}", more=more), config_yml=AKS)
    assert safe_load(migration.text)["stages"] == [
        {
            "name": "prod",
            "condition": "succeeded()",
            "approval": {"approvers": ["ann"]},
            "endpoint": "svc-prod",
            "target": {"type": "kubernetes", "compute": "$(cluster)"},
            "tasks": [
                {"task": "OnlineEndpoint", "retries": 2, "file": "deployment/prod-endpoint.yml"},
                {
                    "task": "OnlineDeployment",
                    "timeout": "20 minutes",
                    "retries": 2,
                    "file": "deployment/prod-deployment.yml",
                    "model_metadata": "metadata/model.json",
                },
                {"task": "Bash", "script": "echo x"},
                {"task": "EndpointTest"},
                {"task": "PublishTestResults", "files": "x.xml"},
            ],
        }
    ]
    assert told(migration, NO_COUNTERPART) == [
        ("release.yml", 20, "v2 does not create clusters; attach $(cluster) to the workspace")
    ]
    assert "--set 'compute=azureml:" not in render(migration.release)
    assert "compute=azureml:$(cluster)" in render(migration.release)


def test_what_has_no_counterpart_is_named_where_it_stands(tmp_path: Path) -> None:
    config = (
        "computeType: AKS\nsslEnabled: true\nnamespace: ml\ndnsNameLabel: x\nprimaryKey: hunter2\nfoo: {bar: 1}\n"
        "dataCollection: {storageEnabled: true}\n"
    )
    inference = "entryScript: score.py\nruntime: spark-py\nextraDockerfileSteps: more.txt\ncondaFile: conda.yml\n"
    more = "        ssl_cname: a.example\n        no_wait: true\n        overwrite: false\n        traffic_percentile: 10\n"
    migration = migrated(
        tmp_path,
        stage("{type: aks, cluster: c}", more=more),
        config_yml=config,
        inference_yml=inference,
        conda_yml="name: x\n",
    )
    assert sorted(told(migration, NO_COUNTERPART)) == [
        ("config.yml", 2, "`sslEnabled` has no counterpart in v2"),
        ("config.yml", 3, "`namespace` has no counterpart in v2"),
        ("config.yml", 4, "`dnsNameLabel` has no counterpart in v2"),
        ("config.yml", 5, "`primaryKey` has no counterpart in v2"),
        ("config.yml", 6, "`foo.bar` has no known counterpart"),
        ("config.yml", 7, "`data_collector` collects data, not the scoring script"),
        ("inference.yml", 2, "v2 has no runtime `spark-py`"),
        ("inference.yml", 3, "`extraDockerfileSteps` has no counterpart in v2"),
        ("inference.yml", 4, "the conda file `conda.yml` lacks azureml-inference-server-http"),
        ("release.yml", 14, "`no_wait` has no counterpart: the task waits for the deployment"),
        ("release.yml", 14, "`overwrite: false` has no counterpart: v2 updates an existing deployment"),
        ("release.yml", 14, "`ssl_cname` has no counterpart in v2"),
        ("release.yml", 14, "`traffic_percentile` has no counterpart in v2"),
    ]
    assert "hunter2" not in "".join(file.text for file in migration.files) + migration.text


def test_every_field_of_model_deploy_is_carried_over_or_named(tmp_path: Path) -> None:
    """Each field alone: it changes the new release or its files, or there is a finding for it."""
    from azrelease.migration.settings import NO_SETTINGS
    from azrelease.release.tasks.model_deploy import ModelDeploy

    base = migrated(tmp_path, stage("{type: aks, cluster: c}"), config_yml="computeType: AKS\n")
    fields = [name for name in ModelDeploy.model_fields if name not in NO_SETTINGS and not name.startswith("compute")]
    assert len(fields) > 40
    for name in fields:
        first = {"runtime": "spark-py"}.get(name, "$(x)" if name.endswith("_key") else "'3'")
        seen = False
        for value in (first, "true", "false", "7", "words"):
            text = stage("{type: aks, cluster: c}", more=f"        {name}: {value}\n")
            try:
                found = migrated(tmp_path, text, config_yml="computeType: AKS\n")
            except InvalidFileError:
                continue
            seen |= (found.text, found.files) != (base.text, base.files) or len(found.findings) > len(base.findings)
        assert seen, name


def test_macros_are_set_when_the_release_runs_and_stand_in_no_file(tmp_path: Path) -> None:
    more = "        num_replicas: $(replicas)\n        memory_gb: $(memory)\n        description: for $(team)\n"
    migration = migrated(tmp_path, stage("{type: aks, cluster: c}", more=more), config_yml="computeType: AKS\n")
    assert all("$(" not in file.text for file in migration.files)
    endpoint, deployment = safe_load(migration.text)["stages"][0]["tasks"]
    assert endpoint["set"] == {"description": "for $(team)"}
    assert deployment["set"] == {"resources.requests.memory": "$(memory)Gi", "instance_count": "$(replicas)"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("model: insurance", {"model": "insurance@latest"}),
        ("model: 'insurance:3'", {"model": "insurance:3"}),
        ("model: $(model)", {"model": "$(model)"}),
        ("model: ['a:1', 'b:2']", {"model": "a:1"}),
    ],
)
def test_the_model(tmp_path: Path, more: str, expected: dict[str, str]) -> None:
    text = stage("aci").replace("model_metadata: metadata/model.json", more)
    migration = migrated(tmp_path, text, config_yml=ACI)
    deployment = safe_load(migration.text)["stages"][0]["tasks"][1]
    assert {key: deployment[key] for key in expected} == expected
    assert any("one model" in finding.message for finding in migration.findings) is ("b:2" in more)


SCORE = """\
import joblib
from azureml.core.model import Model
from azureml.monitoring import ModelDataCollector
from azureml.ai.monitoring import Collector

def init():
    path = Model.get_model_path("m")
"""


def test_the_use_of_the_sdk_v1_in_the_scoring_script_is_pointed_out(tmp_path: Path) -> None:
    found = told(migrated(tmp_path, stage("aci"), config_yml=ACI, score_py=SCORE), SDK_V1)
    assert found == [
        ("score.py", 2, "the scoring script uses `azureml.core.model` of the SDK v1"),
        ("score.py", 3, "the scoring script uses `azureml.monitoring` of the SDK v1"),
        ("score.py", 7, "the scoring script uses `get_model_path` of the SDK v1"),
    ]


def test_commands_of_v1_in_scripts_are_pointed_out(tmp_path: Path) -> None:
    more = "      - task: AzureCLI\n        script: |\n          az ml service  show -n x\n          az ml model show -n y\n"
    (finding,) = [f for f in migrated(tmp_path, stage("aci", more=more), config_yml=ACI).findings if f.code == CLI_V1]
    assert finding.message == "the script runs `az ml service show` of CLI v1"


def test_a_stage_that_says_only_where_is_written_out(tmp_path: Path) -> None:
    text = f"{HEAD}stages:\n  - {{name: staging, target: aci, service: svc-staging}}\n"
    migration = migrate(load_document(YamlDocument.parse(text, "release.yml")), tmp_path)
    tasks = [task["task"] for task in safe_load(migration.text)["stages"][0]["tasks"]]
    assert tasks == [
        "UsePythonVersion",
        "InstallAzureCLIExtension",
        "OnlineEndpoint",
        "OnlineDeployment",
        "InstallRequirements",
        "EndpointTest",
        "PublishTestResults",
    ]
    missing = [message for _, _, message in told(migration, NO_COUNTERPART) if "does not exist here" in message]
    assert len(missing) == 2


def test_a_name_that_an_endpoint_cannot_have(tmp_path: Path) -> None:
    migration = migrated(tmp_path, stage("aci").replace("svc-prod", "svc_prod.2"), config_yml=ACI)
    assert migration.release.stages[0].endpoint == "svc-prod-2"
    assert any("cannot be the name of an endpoint" in finding.message for finding in migration.findings)


def test_a_release_of_v2_is_not_migrated(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no stage deploys with CLI v1"):
        migrated(tmp_path, "  - {name: a, target: managed, endpoint: abc}\n")


def test_a_file_that_is_not_yaml_is_a_finding_in_that_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError) as caught:
        migrated(tmp_path, stage("aci"), config_yml='"""\nx\n"""\na: 1\n')
    (finding,) = caught.value.diagnostics
    assert isinstance(finding, Diagnostic)
    assert finding.file.endswith("config.yml")


def test_the_migrated_sample_renders_and_loads_again(samples: Path, tmp_path: Path) -> None:
    migration = migrate(load(samples / "insurance" / "release.yml"), tmp_path)
    again = load_document(YamlDocument.parse(dump(migration.release), "release.yml")).release
    assert again.completed() == migration.release.completed()
    assert "azure-cli-ml" not in render(migration.release)
    assert "az ml model deploy" not in render(migration.release)


def test_the_command_writes_beside_and_never_over(cli: Cli, samples: Path) -> None:
    shutil.copy(samples / "insurance" / "release.yml", cli.folder / "release.yml")
    done = cli("migrate")
    assert done.code == 1, done.err  # the configuration files are not here
    assert "wrote v2.release.yml" in done.out
    assert cli("render", "v2.release.yml").code == 0
    before = {path: path.read_bytes() for path in cli.folder.rglob("*") if path.is_file()}
    again = cli("migrate")
    assert again.code == 2
    assert "v2.release.yml: already exists; nothing was written" in again.err
    assert {path: path.read_bytes() for path in cli.folder.rglob("*") if path.is_file()} == before


def test_real_configurations_load_in_azure_ai_ml(shared: Path, tmp_path: Path) -> None:
    """All v1 configurations of the corpus; one of them is not YAML, and is refused as such."""
    files, refused = [], []
    for number, repository in enumerate(sorted((shared / "corpus" / "aml").iterdir())):
        for index, text in enumerate(releases_of(repository) if repository.is_dir() else ()):
            folder = tmp_path / f"{number}-{index}"
            shutil.copytree(repository, folder)
            try:
                migration = migrate(load_document(YamlDocument.parse(text, "release.yml")), folder)
            except InvalidFileError as error:
                refused.append(error.diagnostics[0].file)
                continue
            for file in migration.files:
                (folder / file.path).write_text(file.text, encoding="utf-8")
                kind = "online-endpoint" if file.path.endswith("-endpoint.yml") else "online-deployment"
                files.append((kind, folder / file.path))
                # The corpus does not have all files that its configurations name.
                for name in referred_files(safe_load(file.text)):
                    path = (folder / file.path).parent / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.touch()
    assert len(files) >= 10
    assert {Path(file).name for file in refused} <= {
        "aciDeploymentConfigStaging.yml",
        "aksDeploymentConfigProd.yml",
        "inferenceConfig.yml",
    }
    assert set(azure_ai_ml.load(files).values()) == {
        "ManagedOnlineEndpoint",
        "ManagedOnlineDeployment",
        "KubernetesOnlineEndpoint",
        "KubernetesOnlineDeployment",
    }


def releases_of(repository: Path) -> list[str]:
    """A release for each v1 configuration of a repository."""
    yamls = [path for path in sorted(repository.rglob("*.y*ml")) if path.is_file()]
    configs = [path for path in yamls if "computeType" in path.read_text(encoding="utf-8")]
    inference = [path for path in yamls if "entryScript" in path.read_text(encoding="utf-8")]
    found = []
    for config in configs or [None] if inference or configs else []:
        text = config.read_text(encoding="utf-8") if config else ""
        target = "{type: aks, cluster: aks}" if "computeType: AKS" in text else "aci"
        lines = [
            f"  - name: s\n    service: svc\n    target: {target}\n    tasks:\n      - task: ModelDeploy\n        model: m\n"
        ]
        lines += [f"        deployment_config: {config.relative_to(repository).as_posix()}\n"] if config else []
        lines += [f"        inference_config: {inference[0].relative_to(repository).as_posix()}\n"] if inference else []
        found.append(f"{HEAD}stages:\n{''.join(lines)}")
    return found


def test_paths_of_a_file_are_seen_from_the_working_directory_and_those_of_arguments_from_the_artifact(
    tmp_path: Path,
) -> None:
    arguments = "        conda_file: deployment/conda.yml\n        entry_script: deployment/score.py\n"
    expected = ({"code": ".", "scoring_script": "score.py"}, "conda.yml")
    for files, more in (({}, ""), ({"inference_yml": "runtime: python\n"}, arguments)):
        migration = migrated(tmp_path, stage("aci", more=more), config_yml=ACI, score_py=SCORE, **files)
        deployment = data(migration, "deployment")
        assert (deployment["code_configuration"], deployment["environment"]["conda_file"]) == expected
        assert told(migration, SDK_V1)
    (tmp_path / "src").mkdir()
    more = "        working_directory: src\n"
    inference = "entryScript: score.py\nsourceDirectory: app\ncondaFile: conda.yml\n"
    deployment = data(
        migrated(tmp_path, stage("aci", more=more), config_yml=ACI, inference_yml=inference), "deployment"
    )
    assert deployment["code_configuration"] == {"code": "../src/app", "scoring_script": "score.py"}
    assert deployment["environment"]["conda_file"] == "../src/conda.yml"


def test_secrets_of_a_configuration_are_not_printed(cli: Cli) -> None:
    cli.write("release.yml", f"{HEAD}stages:\n{stage('aci', 'c.json')}")
    cli.write(
        "deployment/c.json",
        '{"computeType": "ACI", "sslEnabled": true, "primaryKey": "HUNTER1", "sslCertificate": "x", "secondaryKey": {"a": "HUNTER2"}}',
    )
    done = cli("migrate")
    assert done.code == 1
    assert "`primaryKey` has no counterpart" in done.err
    assert "release.yml:14:9: info: the service requires no key" in done.err
    assert " 14 |       - task: ModelDeploy" in done.err
    assert "HUNTER" not in done.err + done.out
    cli.write("deployment/c.json", '{\n"secondaryKey":\n  {"a":\n    "HUNTER3"}}')
    assert "HUNTER" not in cli("migrate", "-o", "other.release.yml").err


def test_tags_of_any_name(tmp_path: Path) -> None:
    more = '        tags: {team: y, team.name: x, "a=b": $(x), late: $(y)}\n'
    migration = migrated(tmp_path, stage("aci", more=more), config_yml=ACI)
    assert data(migration, "deployment")["tags"] == {"team": "y", "team.name": "x"}
    assert safe_load(migration.text)["stages"][0]["tasks"][1]["set"] == {"tags.late": "$(y)"}
    assert any("`a=b` of `tags` has a macro" in message for *_, message in told(migration, NO_COUNTERPART))


def test_what_uses_v1_outside_of_a_deployment_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/x.sh").write_text("az ml service list\n")
    more = (
        "  - name: after\n    tasks:\n      - {task: AzureCLI, file: tools/x.sh}\n      - {task: Bash, script: az ml run submit}\n"
        "      - {task: AzureCLI@2, inputs: {scriptLocation: inlineScript, inlineScript: az ml computetarget list, azureSubscription: a, scriptType: bash}}\n"
        "  - name: test\n    tasks:\n      - {task: InstallAzureCLIExtension, extension: azure-cli-ml}\n"
        "      - {task: EndpointTest, service: svc-prod}\n"
    )
    migration = migrated(tmp_path, stage("aci") + more, config_yml=ACI)
    assert [line for _, line, _ in told(migration, CLI_V1)] == [20, 21, 22]
    install, test = safe_load(migration.text)["stages"][2]["tasks"]
    assert install["extension"] == "ml"
    assert test["endpoint"] == "svc-prod"


def test_each_task_deploys_to_its_own_target_and_a_mix_is_named(tmp_path: Path) -> None:
    text = (
        "  - name: prod\n    service: one\n    tasks:\n"
        "      - {task: ModelDeploy, model: m, compute: aks, compute_target: big, inference_config: deployment/inference.yml}\n"
        "      - {task: ModelDeploy, model: m, compute: aci, service: two, inference_config: deployment/inference.yml}\n"
    )
    migration = migrated(tmp_path, text)
    kinds = [safe_load(file.text)["$schema"].rpartition("/")[2] for file in migration.files]
    assert kinds == [
        "kubernetesOnlineEndpoint.schema.json",
        "kubernetesOnlineDeployment.schema.json",
        "managedOnlineEndpoint.schema.json",
        "managedOnlineDeployment.schema.json",
    ]
    assert any("deploys to several targets: big, a managed endpoint" in m for *_, m in told(migration, NO_COUNTERPART))


def test_an_aks_service_scales_unless_it_is_told_not_to(tmp_path: Path) -> None:
    aks = "{type: aks, cluster: c}"
    scaling = data(migrated(tmp_path, stage(aks), config_yml="computeType: AKS\n"), "deployment")["scale_settings"]
    assert (scaling["min_instances"], scaling["max_instances"]) == (1, 10)
    fixed = data(migrated(tmp_path, stage(aks), config_yml="computeType: AKS\nnumReplicas: 3\n"), "deployment")
    assert ("scale_settings" in fixed, fixed["instance_count"]) == (False, 3)


def test_more_than_any_machine_has_is_named(tmp_path: Path) -> None:
    config = "computeType: ACI\ncontainerResourceRequirements: {cpu: 32, memoryInGB: 100}\n"
    messages = [m for *_, m in told(migrated(tmp_path, stage("aci"), config_yml=config), NO_COUNTERPART)]
    assert messages == ["no general-purpose size has 32 CPU and 100 GB; the machines are of size Standard_DS5_v2"]


def test_a_configuration_that_is_a_list_is_named(tmp_path: Path) -> None:
    assert ("config.yml", 1, "expected a mapping; nothing of it is migrated") in told(
        migrated(tmp_path, stage("aci"), config_yml="- a\n"), NO_COUNTERPART
    )


def test_an_environment_that_is_defined_in_the_file_keeps_its_name_and_version(tmp_path: Path) -> None:
    inference = "entryScript: score.py\nenvironment: {name: env, version: '3', docker: {baseImage: 'a/b:1'}}\n"
    migration = migrated(tmp_path, stage("aci"), config_yml=ACI, inference_yml=inference)
    assert data(migration, "deployment")["environment"] == {"name": "env", "version": "3", "image": "a/b:1"}


def test_nothing_is_written_outside_of_the_folder(tmp_path: Path) -> None:
    text = (
        stage("aci")
        .replace("deployment/inference.yml", "$(Pipeline.Workspace)/x/i.yml")
        .replace("        deployment_config: deployment/config.yml\n", "")
    )
    assert {file.path for file in migrated(tmp_path, text).files} == {
        "deployment/prod-endpoint.yml",
        "deployment/prod-deployment.yml",
    }


def test_a_folder_that_is_not_there_or_is_a_file(cli: Cli, samples: Path) -> None:
    shutil.copy(samples / "insurance" / "release.yml", cli.folder / "release.yml")
    missing = cli("migrate", "--files", "nowhere")
    assert (missing.code, "nowhere: no such folder" in missing.err) == (2, True)
    cli.write("deployment", "a file")
    done = cli("migrate")
    assert done.code == 2
    assert "cannot be written" in done.err
    assert sorted(path.name for path in cli.folder.iterdir()) == ["deployment", "release.yml"]


def test_files_are_those_of_the_artifact_and_its_path_is_looked_for_there(cli: Cli, samples: Path) -> None:
    """The sample's artifact has everything in `s`, which its release says in `artifact.path`."""
    shutil.copy(samples / "insurance" / "release.yml", cli.folder / "release.yml")
    shutil.copytree(samples / "insurance" / "artifact", cli.folder / "drop")
    done = cli("migrate", "--files", "drop")
    assert "does not exist here" not in done.out + done.err
    assert (cli.folder / "drop" / "s" / "deployment" / "staging-deployment.yml").is_file()
    assert not (cli.folder / "drop" / "deployment").exists()
    # The folder that the path leads to is taken as well.
    inside = cli("migrate", "--files", "drop/s", "--output", "other.release.yml")
    assert "drop/s/deployment/staging-deployment.yml: already exists" in inside.err


def test_files_that_are_there_are_replaced_when_a_user_says_so(cli: Cli, samples: Path) -> None:
    shutil.copy(samples / "insurance" / "release.yml", cli.folder / "release.yml")
    shutil.copytree(samples / "insurance" / "artifact" / "s", cli.folder, dirs_exist_ok=True)
    cli("migrate")
    written = cli.folder / "deployment" / "staging-deployment.yml"
    before = written.read_text(encoding="utf-8")
    written.write_text("mine\n", encoding="utf-8")
    refused = cli("migrate")
    assert refused.code == 2
    assert "--force" in refused.err
    assert written.read_text(encoding="utf-8") == "mine\n"
    assert cli("migrate", "--force").code == cli("migrate", "--force").code == 1
    assert written.read_text(encoding="utf-8") == before


def test_what_cannot_be_written_leaves_nothing_of_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="nothing was written"):
        write_new([(tmp_path / "new" / "one.yml", "one"), (tmp_path / "a-file" / "two.yml", "two")])
    assert not (tmp_path / "new" / "one.yml").exists()


def test_a_local_service_is_left_out_and_named(tmp_path: Path) -> None:
    migration = migrated(
        tmp_path,
        stage("aci", more="        compute: local\n      - {task: Bash, script: ls}\n").replace(
            "    target: aci\n", ""
        ),
        config_yml="port: 6789\n",
    )
    assert any(
        "a local service is not part of a release in v2" in message for _, _, message in told(migration, NO_COUNTERPART)
    )
    assert migration.files == ()


@pytest.mark.parametrize(
    ("line", "column"),
    [("# a comment", 1), ("  # a comment", 3), ("tags: [a]  # the second one", 12)],
)
def test_a_comment_that_is_not_carried_over_is_reported(samples: Path, tmp_path: Path, line: str, column: int) -> None:
    text = (samples / "insurance" / "release.yml").read_text(encoding="utf-8")
    plain = re.sub(r"(?m)(^|[ ]+)#.*", "", text).rstrip()
    release = tmp_path / "release.yml"
    release.write_text(f"{plain}\n{line}\n", encoding="utf-8")
    [found] = [
        each for each in migrate(load(release), tmp_path).findings if each.message == "the new file lacks the comments"
    ]
    assert (found.span.line, found.span.column) == (len(plain.splitlines()) + 1, column)


def test_a_sign_in_a_text_is_no_comment(samples: Path, tmp_path: Path) -> None:
    text = (samples / "insurance" / "release.yml").read_text(encoding="utf-8")
    plain = re.sub(r"(?m)(^|[ ]+)#.*", "", text).rstrip()
    release = tmp_path / "release.yml"
    release.write_text(f'{plain}\ntags:\n- "a #b"\n- |-\n  c\n  # not a comment\n', encoding="utf-8")
    assert "the new file lacks the comments" not in [each.message for each in migrate(load(release), tmp_path).findings]
