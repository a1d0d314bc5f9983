"""What a release means as a pipeline."""

import pytest

from azrelease.lowering import lower
from azrelease.pipeline import DeploymentJob, PipelineStage, PipelineTrigger, Pool, ServerJob, TaskStep
from azrelease.release import Release, load_document
from support.releases import HEAD, document, release, stage_with


def lowered(stages: str) -> list[PipelineStage]:
    return list(lower(release(stages)).stages)


def deployment(stage: PipelineStage) -> DeploymentJob:
    job = stage.jobs[-1]
    assert isinstance(job, DeploymentJob)
    return job


def only_task(task: str) -> TaskStep:
    """The step of a stage with one task."""
    step = deployment(lowered(stage_with(task))[0]).steps[-1]
    assert isinstance(step, TaskStep)
    return step


BASH = "tasks: [{task: Bash, script: x}]"


def test_stages_wait_for_the_one_above_unless_they_say_otherwise() -> None:
    stages = lowered(
        f"- {{name: a, {BASH}}}\n- {{name: b, {BASH}}}\n- {{name: c, depends_on: [a], {BASH}}}\n- {{name: d, depends_on: [], {BASH}}}\n"
    )
    assert [stage.depends_on for stage in stages] == [(), ("a",), ("a",), ()]


def test_the_artifact_is_downloaded_once_and_paths_are_inside_it() -> None:
    steps = deployment(lowered(stage_with("task: InstallRequirements\nscript: tools/setup.sh"))[0]).steps
    assert (steps[0].download, steps[0].artifact) == ("training", "drop")
    assert dict(steps[1].inputs) == {
        "targetType": "filePath",
        "filePath": "$(azrelease.artifact)/tools/setup.sh",
        "workingDirectory": "$(azrelease.artifact)/tools",
    }


@pytest.mark.parametrize("path", ["$(Agent.ToolsDirectory)/run.sh", "${{ variables.x }}/../run.sh"])
def test_a_path_that_begins_with_a_macro_is_left_alone(path: str) -> None:
    step = only_task(f"task: Bash\nfile: {path}")
    assert dict(step.inputs)["filePath"] == path


def test_an_approval_is_a_check_on_the_environment_and_the_file_says_that_it_does_not_hold_it() -> None:
    (stage,) = lowered(f"- name: prod\n  approval: {{approvers: [ann, bob], minimum: 1, timeout: 2 hours}}\n  {BASH}\n")
    assert [type(job) for job in stage.jobs] == [DeploymentJob]
    assert stage.notes == (
        "Needs the approval of ann, bob (1 of 2) within 2 hours. It is a check on the environment 'demo-prod', which YAML "
        "cannot hold: where that check is not registered, nothing stops this stage.",
    )


def test_an_approval_in_sequence_says_so() -> None:
    (stage,) = lowered(f"- name: prod\n  approval: {{approvers: [ann, bob], order: sequence}}\n  {BASH}\n")
    assert "ann, bob (one after the other) within 30 days" in stage.notes[0]


def test_an_approval_in_the_pipeline_is_a_job_that_the_deployment_waits_for() -> None:
    (stage,) = lowered(
        f"- name: prod\n  approval: {{approvers: [ann, bob], minimum: 1, enforce: pipeline, timeout: 1 day, instructions: look}}\n  {BASH}\n"
    )
    approve, deploy = stage.jobs
    assert isinstance(approve, ServerJob)
    assert deploy.depends_on == (approve.id,) == ("approve_prod",)
    assert approve.steps[0].task == "ManualValidation@1"
    assert dict(approve.steps[0].inputs) == {
        "notifyUsers": "ann, bob",
        "approvers": "ann, bob",
        "allowApproversToApproveTheirOwnRuns": False,
        "instructions": "look",
        "onTimeout": "reject",
    }
    assert approve.steps[0].timeout_in_minutes == 24 * 60
    assert approve.timeout_in_minutes is not None
    assert approve.timeout_in_minutes > 24 * 60
    assert stage.notes == ()


def test_a_stage_has_its_own_pool_only_where_it_differs() -> None:
    text = (
        HEAD
        + f"agent: {{image: windows-2022}}\nstages:\n  - {{name: a, {BASH}}}\n  - {{name: b, agent: {{pool: own, demands: [gpu]}}, {BASH}}}\n"
    )
    pipeline = lower(load_document(document(text)).release)
    assert pipeline.pool == Pool(vm_image="windows-2022")
    assert [stage.pool for stage in pipeline.stages] == [None, Pool(name="own", demands=("gpu",))]


def test_the_default_agent_is_a_hosted_ubuntu_image() -> None:
    assert lower(release(f"- {{name: a, {BASH}}}\n")).pool == Pool(vm_image="ubuntu-24.04")


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ("", None),
        ("trigger: {continuous_deployment: false}", None),
        ("trigger: {continuous_deployment: {branches: any}}", PipelineTrigger()),
        ("trigger: {continuous_deployment: {branches: main}}", PipelineTrigger(branches_include=("main",))),
        ("trigger: {continuous_deployment: {branches: [main]}}", PipelineTrigger(branches_include=("main",))),
        (
            "trigger: {continuous_deployment: {branches: {include: [a], exclude: [b]}, tags: [t], stages: [s]}}",
            PipelineTrigger(("a",), ("b",), ("t",), ("s",)),
        ),
    ],
)
def test_only_what_the_release_says_starts_it(trigger: str, expected: PipelineTrigger | None) -> None:
    pipeline = lower(load_document(document(HEAD + f"{trigger}\nstages:\n  - {{name: a, {BASH}}}\n")).release)
    assert pipeline.resources.pipelines[0].trigger == expected


def test_a_trigger_without_branches_is_on_the_branch_of_the_artifact() -> None:
    for trigger, tags in (("true", ()), ("{tags: [good]}", ("good",))):
        text = HEAD.replace("name: drop", "name: drop\n  branch: main")
        text += f"trigger: {{continuous_deployment: {trigger}}}\nstages:\n  - {{name: a, {BASH}}}\n"
        pipeline = lower(load_document(document(text)).release)
        assert pipeline.resources.pipelines[0].trigger == PipelineTrigger(("main",), tags=tags)


def test_every_branch_is_said_in_words() -> None:
    source = "sources:\n  - {type: git, alias: tools, repository: tools, trigger: any}\n"
    source += "  - {type: pipeline, pipeline: site, branch: live, trigger: true}\n"
    pipeline = lower(load_document(document(HEAD + f"{source}stages:\n  - {{name: a, {BASH}}}\n")).release)
    assert pipeline.resources.repositories[0].branches_include == ("*",)
    assert pipeline.resources.pipelines[1].trigger == PipelineTrigger(("live",))


def test_a_given_version_is_pinned_and_the_latest_is_not() -> None:
    for version, expected in (("latest", None), ('"20260101.1"', "20260101.1")):
        text = HEAD.replace("name: drop", f"name: drop\n  version: {version}") + f"stages:\n  - {{name: a, {BASH}}}\n"
        assert lower(load_document(document(text)).release).resources.pipelines[0].version == expected


def test_the_alias_is_the_name_of_the_pipeline_as_far_as_it_can_be() -> None:
    text = HEAD.replace("pipeline: training", "pipeline: '\\ml\\Train it!'") + f"stages:\n  - {{name: a, {BASH}}}\n"
    resource = lower(load_document(document(text)).release).resources.pipelines[0]
    assert (resource.alias, resource.source) == ("ml-Train-it", "\\ml\\Train it!")


def test_retries_of_a_stage_are_the_default_of_its_tasks() -> None:
    (stage,) = lowered(
        "- name: a\n  retries: 2\n  tasks:\n    - {task: Bash, script: x}\n    - {task: Bash, script: x, retries: 0}\n"
    )
    steps = deployment(stage).steps[1:]
    assert [step.retry_count_on_task_failure for step in steps] == [2, None]


def test_the_common_fields_of_a_task() -> None:
    step = only_task(
        "task: Bash\nscript: x\nname: it\ndisplay_name: Do it\ncondition: always()\ncontinue_on_error: true\ntimeout: 2 hours\n"
        "env: {A: $(b), PORT: 8080}\nenabled: false\n"
    )
    assert step == TaskStep(
        task="Bash@3",
        inputs=(("targetType", "inline"), ("script", "x"), ("workingDirectory", "$(azrelease.artifact)")),
        display_name="Do it",
        name="it",
        condition="always()",
        continue_on_error=True,
        enabled=False,
        env=(("A", "$(b)"), ("PORT", "8080")),
        timeout_in_minutes=120,
    )


@pytest.mark.parametrize(
    ("task", "reference", "inputs"),
    [
        (
            "task: UsePythonVersion\nversion: '3.12'\narchitecture: arm64\nadd_to_path: false",
            "UsePythonVersion@0",
            {"versionSpec": "3.12", "architecture": "arm64", "addToPath": False},
        ),
        (
            "task: PublishTestResults\nfail_on_failed_tests: true\nfail_on_missing_results: true\nmerge: true\nsearch_folder: tests",
            "PublishTestResults@2",
            {
                "testResultsFormat": "JUnit",
                "testResultsFiles": "**/test-*.xml",
                "searchFolder": "$(azrelease.artifact)/tests",
                "mergeTestResults": True,
                "failTaskOnFailedTests": True,
                "failTaskOnMissingResultsFile": True,
            },
        ),
        (
            "task: PublishCodeCoverage\nsources: src\nfail_on_empty: true",
            "PublishCodeCoverageResults@2",
            {
                "summaryFileLocation": "$(azrelease.artifact)/**/coverage.xml",
                "pathToSources": "$(azrelease.artifact)/src",
                "failIfCoverageEmpty": True,
            },
        ),
        (
            "task: AzureCLI\nfile: a.ps1\nshell: pscore\narguments: -x 1\nworking_directory: w\nadd_service_principal: true\nfail_on_standard_error: true",
            "AzureCLI@2",
            {
                "azureSubscription": "azure",
                "scriptType": "pscore",
                "scriptLocation": "scriptPath",
                "scriptPath": "$(azrelease.artifact)/a.ps1",
                "arguments": "-x 1",
                "workingDirectory": "$(azrelease.artifact)/w",
                "addSpnToEnvironment": True,
                "failOnStandardError": True,
            },
        ),
        (
            "task: PowerShell\nfile: a.ps1\npwsh: false\nerror_action: continue\nfail_on_stderr: true",
            "PowerShell@2",
            {
                "targetType": "filePath",
                "filePath": "$(azrelease.artifact)/a.ps1",
                "pwsh": False,
                "errorActionPreference": "continue",
                "workingDirectory": "$(azrelease.artifact)",
                "failOnStderr": True,
            },
        ),
        (
            "task: Python\nscript: print(1)\ninterpreter: /usr/bin/python3\narguments: a b",
            "PythonScript@0",
            {
                "scriptSource": "inline",
                "script": "print(1)",
                "arguments": "a b",
                "pythonInterpreter": "/usr/bin/python3",
                "workingDirectory": "$(azrelease.artifact)",
            },
        ),
        ("task: Acme.Tools@1\ninputs: {count: 010, on: true}", "Acme.Tools@1", {"count": "010", "on": "true"}),
    ],
)
def test_tasks(task: str, reference: str, inputs: dict[str, object]) -> None:
    step = only_task(task)
    assert (step.task, dict(step.inputs)) == (reference, inputs)


def test_a_stage_of_target_and_service_gets_the_standard_tasks() -> None:
    aci, aks = lowered(
        "- {name: staging, target: aci, service: s}\n- {name: production, target: {type: aks, cluster: c}, service: p}\n"
    )
    assert [step.display_name for step in deployment(aci).steps] == [
        "Download the artifact",
        "Use Python 3.10",
        "Install Azure CLI extension azure-cli-ml",
        "Deploy to ACI",
        "Install requirements",
        "Endpoint test",
        "Publish test results",
    ]
    assert [step.display_name for step in deployment(aks).steps][3:5] == [
        "Create the AKS cluster if it is not there",
        "Deploy to AKS",
    ]
    environments = [dict(step.env) for step in deployment(aks).steps if isinstance(step, TaskStep)]
    assert [(env["ARG_TEST"], env["ARG_AUTH"]) for env in environments if "ARG_TEST" in env] == [
        ("production_test.py", "key")
    ]


def test_secrets_are_named_and_never_written() -> None:
    text = HEAD + f"secrets: [token]\nstages:\n  - {{name: a, secrets: [key], {BASH}}}\n"
    pipeline = lower(load_document(document(text)).release)
    assert pipeline.notes == ("Reads the secrets token, which are set in Azure DevOps, never in a file.",)
    assert pipeline.stages[0].notes == ("Reads the secrets key, which are set in Azure DevOps, never in a file.",)
    assert pipeline.stages[0].variables.values == ()
    assert not {"token", "key"} & {name for name, _ in pipeline.variables.values}


def test_a_stage_may_have_its_own_workspace() -> None:
    stages = lowered(
        "- {name: a, target: aci, service: s}\n"
        "- {name: b, target: aci, service: s, workspace: {resource_group: r2, name: w2, service_connection: c2}}\n"
    )
    step = deployment(stages[1]).steps[3]
    assert dict(step.inputs)["azureSubscription"] == "c2"
    assert dict(step.env)["ARG_RESOURCE_GROUP"] == "$(azrelease.resourceGroup)"
    assert stages[1].variables.values == (
        ("azrelease.connection", "c2"),
        ("azrelease.resourceGroup", "r2"),
        ("azrelease.workspace", "w2"),
    )
    assert stages[0].variables.values == ()


def test_lowering_does_not_change_the_release() -> None:
    subject = release("- {name: a, target: aci, service: s}\n")
    before = subject.model_dump_json()
    lower(subject)
    assert isinstance(subject, Release)
    assert subject.model_dump_json() == before


def test_switches_are_written_as_such_in_any_case() -> None:
    inputs = dict(
        only_task(
            "task: PublishTestResults@2\ninputs: {mergeTestResults: 'TRUE', publishRunAttachments: 'False', testRunTitle: 'True'}"
        ).inputs
    )
    assert inputs == {"mergeTestResults": True, "publishRunAttachments": False, "testRunTitle": "True"}


@pytest.mark.parametrize(
    ("written", "argument"),
    [("TRUE", "true"), ("'False'", "false"), ("true", "true"), ("$(Auth)", "$(Auth)")],
)
def test_a_boolean_of_the_command_line_is_in_lower_case(written: str, argument: str) -> None:
    step = only_task(f"task: ModelDeploy\nservice: s\nmodel: m:1\ninference_config: i.yml\nauth_enabled: {written}")
    assert f"--auth-enabled {argument}\n" in dict(step.env)["ARG_OPTIONS"]
