"""Environments of a release, and their checks."""

from collections.abc import Iterator

from azrelease.catalog import checks as check_catalog
from azrelease.ownership import shortened, untagged
from azrelease.pipeline import TaskStep
from azrelease.registration.desired_state.context import DESCRIPTION, DesiredStateContext, ref
from azrelease.registration.kinds import check_types
from azrelease.registration.kinds.environment import UNNAMED_CHECKS
from azrelease.registration.resource import DesiredResource, Prerequisite, ResourceKind, Value, reference
from azrelease.release import Approval, Stage
from azrelease.release.gates import Gates
from azrelease.release.tasks import TaskContext
from azrelease.templating import shipped_templates


def environments(context: DesiredStateContext) -> Iterator[DesiredResource | Prerequisite]:
    """The environments of stages, each with its checks; and those of virtual machines."""
    named = dict.fromkeys(name for name in context.named.environments if "." not in name)
    for stage in context.release.stages:
        name = stage.environment or stage.name
        named.pop(name, None)
        checks = list(_checks(context, stage, name))
        unnamed = sorted(
            kind for kind in (check_types.LOCK, check_types.TEMPLATE)
            if any(isinstance(check, DesiredResource) and check.key.name == kind for check in checks)
        )  # fmt: skip
        text = shortened(f"Stage {stage.display_name or stage.name} of release {context.release.name}.")
        yield context.resource(ResourceKind.ENVIRONMENT, name, {DESCRIPTION: text, UNNAMED_CHECKS: unnamed})
        yield from checks
    for name in named:
        text = f"Machines of release {context.release.name}."
        yield context.resource(ResourceKind.ENVIRONMENT, name, {DESCRIPTION: text, UNNAMED_CHECKS: []})


def _checks(context: DesiredStateContext, stage: Stage, environment: str) -> Iterator[DesiredResource | Prerequisite]:
    approval = stage.environment_check
    if approval is not None:
        yield from _approval(context, approval, environment)
    if stage.gates is not None and stage.gates.enabled:
        yield from _gates(context, stage.gates, environment)
    if stage.checks is not None and stage.checks.branches is not None:
        branches = stage.checks.branches
        allowed = [ref(name) for name in branches.allowed]
        fields: dict[str, Value] = {"allowed": allowed, "protected": branches.protected, "enabled": True}
        fields["unknown_status_allowed"] = False
        yield context.resource(ResourceKind.CHECK, check_types.BRANCHES, fields, environment)
    if stage.checks is not None and stage.checks.business_hours is not None:
        hours = stage.checks.business_hours
        fields = {"days": list(hours.days), "start": hours.start, "end": hours.end, "enabled": True}
        yield context.resource(
            ResourceKind.CHECK, check_types.HOURS, {**fields, "time_zone": hours.time_zone}, environment
        )
    if stage.checks is not None and stage.checks.required_templates:
        templates = [
            {
                "type": template.type,
                "repository": template.repository,
                "branch": template.branch if template.branch.startswith("refs/") else f"refs/heads/{template.branch}",
                "path": template.path,
            }
            for template in stage.checks.required_templates
        ]
        yield context.resource(
            ResourceKind.CHECK, check_types.TEMPLATE, {"templates": templates, "enabled": True}, environment
        )
    if stage.lock is not None:
        yield context.resource(ResourceKind.CHECK, check_types.LOCK, {"enabled": True}, environment)


def _approval(
    context: DesiredStateContext, approval: Approval, environment: str
) -> Iterator[DesiredResource | Prerequisite]:
    identities = [context.identities.find(name) for name in approval.approvers]
    yield from (each for each in identities if isinstance(each, Prerequisite))
    approvers = [each for each in identities if not isinstance(each, Prerequisite)]
    first: dict[str, str] = {}
    for name, each in zip(approval.approvers, identities, strict=True):
        if not isinstance(each, Prerequisite) and first.setdefault(str(each["id"]), name) != name:
            hint = f"`{first[str(each['id'])]}` and `{name}` are the same user or group: remove one of them."
            yield Prerequisite(f"another approver of {environment}", hint)
    if approval.order != "sequence":
        approvers.sort(key=lambda value: str(value["id"]).lower())
    fields = {
        "approvers": approvers,
        "minimum": "all" if approval.minimum in (None, len(identities)) else approval.minimum,
        "order": approval.order,
        "instructions": (approval.instructions or "").strip(),
        "requester_may_approve": approval.requester_may_approve,
        "timeout": approval.timeout,
        "enabled": True,
    }
    yield context.resource(ResourceKind.CHECK, check_types.APPROVAL, fields, environment)


def _gates(context: DesiredStateContext, gates: Gates, environment: str) -> Iterator[DesiredResource | Prerequisite]:
    place = TaskContext("", None, shipped_templates())
    titles: dict[str, int] = {}
    for task in gates.tasks:
        if not task.enabled:
            continue
        for step in task.steps(place):
            assert isinstance(step, TaskStep)
            if check_catalog.gate(step.task) is None:
                hint = f"An environment has no such check; it can have {', '.join(check_catalog.gates())}."
                yield Prerequisite(f"gate {step.task} of {environment}", hint)
                continue
            # As the service returns it, without the ownership tag behind it.
            title = untagged(" ".join((step.display_name or "").split())) or step.task
            title = f"gate {title}" if title.lower() in check_types.BUILT_IN else title
            titles[title.lower()] = titles.get(title.lower(), 0) + 1
            name = title if titles[title.lower()] == 1 else f"{title} {titles[title.lower()]}"
            inputs, missing = _inputs(context, step)
            yield from missing
            fields: dict[str, Value] = {
                "title": name,
                "task": step.task,
                "interval": check_types.retry_interval(gates.interval, gates.timeout),
                "timeout": gates.timeout,
                "enabled": True,
                **inputs,
                check_types.OTHER_INPUTS: [],
            }
            yield context.resource(ResourceKind.CHECK, name, fields, environment)


def _inputs(context: DesiredStateContext, step: TaskStep) -> tuple[dict[str, Value], list[Prerequisite]]:
    """The inputs of a gate by their canonical names, with service connections by id."""
    definition = context.tasks.task(step.task)
    inputs: dict[str, Value] = {}
    missing: list[Prerequisite] = []
    for name, value in step.inputs:
        known = definition.input(name) if definition else None
        field = f"inputs.{known.name if known else name}"
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if known is not None and known.type.startswith("connectedservice"):
            connection = context.connection(text)
            if connection is None:
                missing.extend(context.needs("service connection", text))
            else:
                inputs[field] = reference(str(connection["id"]), str(connection["name"]))
        else:
            inputs[field] = text
    return inputs, missing
