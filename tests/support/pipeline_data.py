"""What the YAML of a pipeline has to parse to: written from the YAML schema reference, not from the templates."""

from typing import Any

from azrelease.pipeline import (
    DeploymentJob,
    DownloadStep,
    Job,
    Pipeline,
    PipelineResource,
    Pool,
    Stage,
    Step,
    Variables,
)


def pipeline_data(pipeline: Pipeline) -> dict[str, Any]:
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
        resources={"pipelines": [_resource(resource) for resource in pipeline.resources]}
        if pipeline.resources
        else None,
        variables=_variables(pipeline.variables),
        pool=_pool(pipeline.pool),
        stages=[_stage(stage) for stage in pipeline.stages],
    )


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


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


def _variables(variables: Variables) -> list[dict[str, str]]:
    return [
        *({"group": group} for group in variables.groups),
        *({"name": name, "value": value} for name, value in variables.values),
    ]


def _pool(pool: Pool | None) -> dict[str, Any] | None:
    return _given(vmImage=pool.vm_image, name=pool.name, demands=list(pool.demands)) if pool else None


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        **_given(stage=stage.id, displayName=stage.display_name),
        "dependsOn": list(stage.depends_on),
        **_given(condition=stage.condition, pool=_pool(stage.pool), variables=_variables(stage.variables)),
        "jobs": [_job(job) for job in stage.jobs],
    }


def _job(job: Job) -> dict[str, Any]:
    steps = [_step(step) for step in job.steps]
    common = _given(
        displayName=job.display_name, dependsOn=list(job.depends_on), timeoutInMinutes=job.timeout_in_minutes
    )
    if isinstance(job, DeploymentJob):
        hooks = {"failure": job.on_failure, "success": job.on_success}
        on = {name: {"steps": [_step(step) for step in given]} for name, given in hooks.items() if given}
        strategy = {"runOnce": _given(deploy={"steps": steps}, on=on)}
        return {"deployment": job.id, **common, "environment": job.environment, "strategy": strategy}
    return {"job": job.id, **common, "pool": "server", "steps": steps}


def _step(step: Step) -> dict[str, Any]:
    if isinstance(step, DownloadStep):
        return _given(download=step.download, artifact=step.artifact, displayName=step.display_name)
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
