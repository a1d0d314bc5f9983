"""Arbitrary releases, as the data of their files."""

from typing import Any

from hypothesis import strategies as st

from support.texts import paths, shell_texts, texts

identifiers = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
fixed = shell_texts.filter(lambda text: "$(" not in text)
names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True)
variables = st.dictionaries(names.map(str.lower), texts, max_size=2)
minutes = st.sampled_from(["1 minute", "90 minutes", "2 hours", "3 days"])


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


common = {
    "display_name": shell_texts,
    "condition": shell_texts,
    "continue_on_error": st.booleans(),
    "timeout": minutes,
    "retries": st.integers(0, 10),
    "env": st.dictionaries(names.map(lambda name: f"E{name}".replace("-", "_")), texts, max_size=2),
    "enabled": st.booleans(),
}


def task(name: str, required: dict[str, Any] | None = None, **fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"task": st.just(name), **(required or {})}, optional={**common, **fields})


tags = st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_ ]{0,8}", fullmatch=True), texts, max_size=2)
counts = st.one_of(st.integers(0, 9), st.just("$(count)"))
deployments = st.from_regex(r"[a-z][a-z0-9-]{1,5}[a-z0-9]", fullmatch=True)
references = shell_texts.map(lambda text: "azureml:" + text.replace("\n", ""))
online_definitions = st.fixed_dictionaries(
    {"instance_type": shell_texts},
    optional={
        "description": shell_texts,
        "environment": st.one_of(
            references, st.fixed_dictionaries({"image": shell_texts}, optional={"conda_file": paths})
        ),
        "model": st.one_of(references, st.fixed_dictionaries({"path": paths})),
        "code_configuration": st.fixed_dictionaries({"scoring_script": shell_texts}, optional={"code": paths}),
        "environment_variables": st.dictionaries(identifiers, texts, max_size=2),
        "instance_count": counts,
        "app_insights_enabled": st.one_of(st.booleans(), st.just("$(flag)")),
        "request_settings": optional(request_timeout_ms=counts, max_queue_wait_ms=counts),
        "liveness_probe": optional(period=counts),
        "tags": tags,
    },
)
endpoint_tasks = st.one_of(
    task(
        "OnlineEndpoint",
        definition=optional(
            description=shell_texts, auth_mode=st.sampled_from(["key", "aml_token", "aad_token"]), tags=tags
        ),
        set=st.dictionaries(st.just("description"), texts, max_size=1),
    ),
    task(
        "OnlineDeployment",
        {"definition": online_definitions},
        deployment=deployments,
        all_traffic=st.booleans(),
        set=st.dictionaries(st.sampled_from(["instance_count", "tags.x"]), texts, max_size=2),
    ),
    task("AllocateTraffic", {"traffic": st.dictionaries(deployments, st.just(50), min_size=2, max_size=2)}),
    task("MirrorTraffic", {"deployment": deployments, "percent": st.integers(0, 50)}),
    task("DeleteDeployment", {"deployment": deployments}),
    task("InvokeEndpoint", {"request": paths}, expect=shell_texts),
    task("EvaluationGate", {"metric": st.just("f1 score")}, minimum_gain=st.sampled_from(["0.1", "$(gain)"])),
    task("EndpointTest", deployment=deployments),
)
rollouts = st.one_of(
    st.just("blue_green"),
    optional(
        steps=st.sampled_from([[100], [10, 100], [1, 2, 100]]),
        pause=st.just("5 minutes"),
        test=st.sampled_from(["each", "before"]),
        on_failure=st.sampled_from(["roll back", "leave"]),
        keep_old=st.booleans(),
    ),
)
tasks = st.one_of(
    task("UsePythonVersion", version=shell_texts, add_to_path=st.booleans()),
    task("InstallAzureCLIExtension", extension=shell_texts, version=shell_texts, upgrade=st.booleans()),
    task(
        "ModelDeploy",
        {"model": st.one_of(shell_texts, st.lists(shell_texts, min_size=1, max_size=2))},
        service=shell_texts,
        inference_config=paths,
        cpu_cores=st.one_of(st.integers(0, 9), st.just("0.5"), st.just("$(cores)")),
        auth_enabled=st.one_of(st.booleans(), st.just("$(auth)")),
        tags=st.dictionaries(shell_texts, texts, max_size=2),
        description=shell_texts,
    ),
    task("RegisterModel", {"model": shell_texts, "path": paths}, tags=tags, description=shell_texts),
    task("CreateAksCompute", {"cluster": shell_texts}, vm_size=shell_texts, agent_count=st.integers(1, 9)),
    task("InstallRequirements", script=paths, arguments=shell_texts),
    task(
        "EndpointTest",
        script=paths,
        auth=st.sampled_from(["none", "key"]),
        arguments=st.lists(shell_texts, max_size=2),
    ),
    task("PublishTestResults", files=shell_texts, title=shell_texts, merge=st.booleans()),
    task("PublishCodeCoverage", summary=paths, sources=paths),
    task("AzureCLI", {"script": shell_texts}, arguments=shell_texts, working_directory=paths),
    task("Bash", {"file": paths}, arguments=shell_texts),
    task("PowerShell", {"script": shell_texts}, pwsh=st.booleans()),
    task("Python", {"script": shell_texts}, interpreter=shell_texts),
    st.fixed_dictionaries(
        {"task": st.just("Template"), "file": st.sampled_from(["/steps/smoke.yml", "/steps/deploy.yaml"])},
        optional={
            "repository": st.just("governed"),
            "parameters": st.dictionaries(
                names, st.one_of(texts, st.booleans(), st.integers(0, 9), st.lists(texts, max_size=2)), max_size=2
            ),
        },
    ),
    task(
        "Marketplace@3", inputs=st.dictionaries(st.from_regex(r"[A-Za-z_]\w{0,8}", fullmatch=True), texts, max_size=3)
    ),
)
extended = st.fixed_dictionaries(
    {"file": st.just("v1/Official.yml"), "repository": st.just("governed")},
    optional={"parameters": st.dictionaries(names.map(lambda name: f"p{name}"), texts, max_size=2)},
)
approvals = st.fixed_dictionaries(
    {"approvers": st.lists(shell_texts, min_size=1, max_size=3, unique_by=lambda name: name.casefold())},
    optional={"instructions": shell_texts, "timeout": minutes, "requester_may_approve": st.booleans()},
)
workspaces = st.fixed_dictionaries(
    {"resource_group": shell_texts, "name": shell_texts, "service_connection": shell_texts}
)


@st.composite
def releases(draw: st.DrawFn) -> dict[str, Any]:
    """The data of a release file that is right."""
    stage_names = draw(st.lists(identifiers, min_size=1, max_size=3, unique_by=lambda name: name.casefold()))
    stages = []
    for index, name in enumerate(stage_names):
        stage = draw(
            optional(
                display_name=shell_texts,
                condition=shell_texts,
                approval=approvals,
                agent=st.one_of(optional(image=shell_texts), st.fixed_dictionaries({"pool": shell_texts})),
                workspace=workspaces,
                variables=variables,
                variable_groups=st.lists(shell_texts, max_size=2),
                timeout=minutes,
                retries=st.integers(0, 10),
                depends_on=st.lists(st.sampled_from(stage_names[:index]), max_size=2) if index else st.just([]),
            )
        )
        if draw(st.booleans()):
            stage |= {"service": draw(shell_texts)}
            if draw(st.booleans()):
                stage |= {"tasks": draw(st.lists(tasks, min_size=1, max_size=3))}
            else:
                stage |= {"target": draw(st.sampled_from(["aci", {"type": "aks", "cluster": "c"}]))}
        else:
            stage |= {"endpoint": draw(st.sampled_from([f"insurance-{index}", "$(endpoint)"]))}
            if draw(st.booleans()):
                stage |= {"target": "managed", "tasks": draw(st.lists(endpoint_tasks, min_size=1, max_size=3))}
            else:
                kinds = ["managed", {"type": "kubernetes", "compute": "c"}]
                stage |= {"target": draw(st.sampled_from(kinds)), "timeout": "1 hour", "rollout": draw(rollouts)}
        stages.append({"name": name, **stage})
    artifact = st.fixed_dictionaries(
        {"pipeline": fixed, "name": st.from_regex(r"[A-Za-z0-9 _é-]{0,6}[A-Za-z0-9]", fullmatch=True)},
        optional={
            "path": st.from_regex(r"[A-Za-z0-9_.-]{0,4}[a-z](/[a-z ]{0,3}[a-z])?", fullmatch=True),
            "branch": fixed,
            "tags": st.lists(fixed, min_size=1, max_size=2),
        },
    )
    trigger = optional(
        continuous_deployment=st.one_of(
            st.just(False),
            st.fixed_dictionaries(
                {"branches": st.one_of(st.just("any"), st.lists(fixed, min_size=1, max_size=2))},
                optional={"tags": st.lists(fixed, min_size=1, max_size=2)},
            ),
        ),
        schedules=st.lists(
            st.fixed_dictionaries({"cron": st.just("0 6 * * 1")}, optional={"display_name": shell_texts}), max_size=1
        ),
    )
    return {
        "name": "demo",
        "artifact": draw(artifact),
        "trigger": draw(trigger),
        "workspace": draw(workspaces),
        "stages": stages,
        "template_repositories": [{"alias": "governed", "repository": "platform/pipelines"}],
        **draw(
            optional(description=shell_texts, run_name=shell_texts, variables=variables, pipeline_template=extended)
        ),
    }
