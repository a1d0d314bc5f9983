"""What the YAML of a pipeline has to parse to: written from the YAML schema reference, not from the templates."""

from typing import Any

from azrelease.pipeline import (
    AgentJob,
    CheckoutStep,
    Copies,
    DeploymentJob,
    DownloadStep,
    Pipeline,
    PipelineJob,
    PipelineResource,
    PipelineResources,
    PipelineStage,
    PipelineVariables,
    Pool,
    RepositoryResource,
    Step,
    TemplateStep,
)


def pipeline_data(pipeline: Pipeline) -> dict[str, Any]:
    stages = [_stage(stage) for stage in pipeline.stages]
    extends = None
    if pipeline.extends is not None:
        template, parameter, others = pipeline.extends
        extends = {"template": template, "parameters": {**dict(others), parameter: stages}}
    return _given(
        name=pipeline.run_name,
        trigger="none",
        pr="none",
        schedules=[
            _given(
                cron=schedule.cron,
                displayName=schedule.display_name,
                branches={"include": list(schedule.branches)},
                always=schedule.always or None,
            )
            for schedule in pipeline.schedules
        ],
        resources=_resources(pipeline.resources),
        variables=_variables(pipeline.variables),
        pool=_pool(pipeline.pool),
        extends=extends,
        stages=stages if extends is None else None,
    )


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


def _resources(resources: PipelineResources) -> dict[str, Any]:
    return _given(
        pipelines=[_resource(resource) for resource in resources.pipelines],
        repositories=[_repository(resource) for resource in resources.repositories],
        containers=[
            {"container": found.alias, **dict(found.keys), "trigger": found.trigger or "none"}
            for found in resources.containers
        ],
        builds=[
            {
                "build": found.alias,
                "type": found.type,
                "connection": found.connection,
                "source": found.source,
                **_given(version=found.version),
                "trigger": found.trigger or "none",
            }
            for found in resources.builds
        ],
    )


def _repository(resource: RepositoryResource) -> dict[str, Any]:
    branches = _given(include=list(resource.branches_include), exclude=list(resource.branches_exclude))
    return {
        "repository": resource.alias,
        "type": resource.type,
        "name": resource.name,
        **_given(endpoint=resource.endpoint, ref=resource.ref, trigger=_given(branches=branches)),
    }


def _resource(resource: PipelineResource) -> dict[str, Any]:
    trigger: Any = "none"
    if resource.trigger and not resource.trigger.filtered:
        trigger = True
    elif resource.trigger:
        trigger = _given(
            branches=_given(
                include=list(resource.trigger.branches_include), exclude=list(resource.trigger.branches_exclude)
            ),
            tags=list(resource.trigger.tags),
            stages=list(resource.trigger.stages),
        )
    return _given(
        pipeline=resource.alias,
        project=resource.project,
        source=resource.source,
        version=resource.version,
        branch=resource.branch,
        tags=list(resource.tags),
        trigger=trigger,
    )


def _variables(variables: PipelineVariables) -> list[dict[str, str]] | dict[str, str]:
    names = {name.casefold() for name, _ in variables.values}
    if not variables.groups and len(names) == len(variables.values):
        return dict(variables.values)
    return [
        *({"group": group} for group in variables.groups),
        *({"name": name, "value": value} for name, value in variables.values),
    ]


def _pool(pool: Pool | None) -> dict[str, Any] | None:
    return _given(vmImage=pool.vm_image, name=pool.name, demands=list(pool.demands)) if pool else None


def _stage(stage: PipelineStage) -> dict[str, Any]:
    return {
        **_given(stage=stage.id, group=stage.group, displayName=stage.display_name),
        "dependsOn": stage.depends_on[0] if len(stage.depends_on) == 1 else list(stage.depends_on),
        **_given(
            condition=stage.condition,
            trigger="manual" if stage.manual else None,
            lockBehavior=stage.lock_behavior,
            pool=_pool(stage.pool),
            variables=_variables(stage.variables),
        ),
        "jobs": [_job(job) for job in stage.jobs],
    }


def _job(job: PipelineJob) -> dict[str, Any]:
    steps = [_step(step) for step in job.steps]
    common = _given(
        displayName=job.display_name,
        dependsOn=list(job.depends_on),
        condition=job.condition,
        continueOnError=job.continue_on_error or None,
        timeoutInMinutes=job.timeout_in_minutes,
        cancelTimeoutInMinutes=job.cancel_timeout_in_minutes,
    )
    if isinstance(job, DeploymentJob):
        common |= _given(pool=_pool(job.pool))
        hooks = {"failure": job.on_failure, "success": job.on_success}
        on = {name: {"steps": [_step(step) for step in given]} for name, given in hooks.items() if given}
        lifecycle = _given(deploy={"steps": steps}, on=on)
        if job.machines is None:
            strategy = {"runOnce": lifecycle}
            return {"deployment": job.id, **common, "environment": job.environment, "strategy": strategy}
        environment = {
            "name": job.environment,
            "resourceType": "virtualMachine",
            **_given(tags=",".join(job.machines.tags) if job.machines.tags else None),
        }
        strategy = {"rolling": _given(maxParallel=job.machines.max_parallel) | lifecycle}
        return {"deployment": job.id, **common, "environment": environment, "strategy": strategy}
    pool = _given(pool=_pool(job.pool)) if isinstance(job, AgentJob) else {"pool": "server"}
    return {"job": job.id, **common, **pool, **_given(strategy=_copies(job.copies)), "steps": steps}


def _copies(copies: Copies | None) -> dict[str, Any] | None:
    if copies is None or copies == Copies():
        return None
    if copies.parallel:
        return {"parallel": copies.parallel}
    matrix = {name: dict(values) for name, values in copies.matrix}
    return {"matrix": matrix, **_given(maxParallel=copies.max_parallel)}


def _step(step: Step) -> dict[str, Any]:
    if isinstance(step, DownloadStep):
        patterns = "\n".join(step.patterns) if step.patterns else None
        keys = _given(artifact=step.artifact, patterns=patterns, displayName=step.display_name)
        return {step.keyword: step.download, **keys}
    if isinstance(step, CheckoutStep):
        return {
            "checkout": step.checkout,
            **_given(path=step.path, fetchDepth=step.fetch_depth, submodules=step.submodules, lfs=step.lfs or None),
        }
    if isinstance(step, TemplateStep):
        return {"template": step.template, **_given(parameters=dict(step.parameters))}
    return _given(
        task=step.task,
        displayName=step.display_name,
        name=step.name,
        condition=step.condition,
        continueOnError=step.continue_on_error or None,
        enabled=None if step.enabled else False,
        timeoutInMinutes=step.timeout_in_minutes,
        retryCountOnTaskFailure=step.retry_count_on_task_failure,
        inputs=dict(step.inputs),
        env=dict(step.env),
    )
