"""Task groups as step templates, and the calls of them.

A template is made of a group once, for all definitions. A definition calls it where that is proved to be the same: the
tasks of the template with the values of the call are the tasks that the import would have written in its place.
Anything else, such as a call with a condition of its own, keeps its tasks in the release.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from azrelease.catalog.tasks import Tasks
from azrelease.classic.conditions import DEFAULT_CONDITION
from azrelease.classic.conversion_report import collect
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.generic_task import GenericTask
from azrelease.classic.importing.step_template import GroupKey, TaskGroupParameter, TaskGroupTemplate, group_key
from azrelease.classic.importing.task_conversion import JobContext, convert_generic
from azrelease.classic.importing.task_groups import condition_of, group_tasks
from azrelease.classic.json_node import JsonNode, JsonObject, map_texts
from azrelease.classic.macro_translation import YAML_FOLDER, MacroTranslation
from azrelease.classic.resource_names import ResourceNames
from azrelease.release.tasks import StageDefaults
from azrelease.templating import shipped_templates

_MOST_NESTED_GROUPS = 10
_STAND_IN = "azrelease.parameter"


def step_templates(
    groups: Sequence[Mapping[str, Any]],
    files: Mapping[GroupKey, str],
    *,
    today: date,
    names: ResourceNames,
    tasks: Tasks,
) -> Mapping[GroupKey, TaskGroupTemplate]:
    """The templates of task groups; without those that no template can say the same as.

    Args:
        groups: the task groups.
        files: the file of each template, as a release names it.
        today: the day that decides which hosted images are retired.
        names: names for ids.
        tasks: the tasks of the organization, where they are known.
    """
    templates = shipped_templates()
    context = ImportContext("", today, names, tasks, groups, MacroTranslation({}, None), YAML_FOLDER, templates)
    made = (_template(group, files[group_key(group)], context) for group in groups if group_key(group) in files)
    return {each.key: each for each in made if each is not None and each.is_valid(templates)}


def template_call(
    node: JsonNode, group: Mapping[str, Any], context: ImportContext, job: JobContext
) -> JsonObject | None:
    """The task `Template` for a task that calls a group; None where it would not do the same."""
    template = context.step_templates.get(group_key(group))
    if template is None or job.on_server or any(node[key] for key in ("environment", "refName", "overrideInputs")):
        return None
    inner = list(_flattened(node, group, context, frozenset()))
    tasks = _converted(inner, context, job) if None not in inner else None
    if tasks is None or len(tasks) != len(template.tasks):
        return None
    given = {name.casefold(): value.text() for name, value in node["inputs"].entries()}
    values = {
        each.name: context.macros.to_yaml(given[each.input.casefold()])
        if each.input.casefold() in given
        else each.default or ""
        for each in template.parameters
    }
    values |= _values_of_whole_texts(template, tasks)
    if not all(map(_is_same, template.tasks_with(values), tasks)):
        return None
    parameters = {each.name: values[each.name] for each in template.parameters if values[each.name] != each.default}
    return {"task": "Template", "file": template.file, **({"parameters": parameters} if parameters else {})}


def _template(group: Mapping[str, Any], file: str, context: ImportContext) -> TaskGroupTemplate | None:
    node = JsonNode(dict(group))
    key = group_key(group)
    inputs = [item for item in node["inputs"].items() if item["name"].text()]
    stand_ins = {item["name"].text(): f"$({_STAND_IN}.{number})" for number, item in enumerate(inputs)}
    reference = {"taskId": key[0], "version": f"{key[1]}.*", "definitionType": "metaTask", "inputs": stand_ins}
    inner = list(_flattened(JsonNode(reference), group, context, frozenset()))
    tasks = _converted(inner, context, JobContext(StageDefaults(""))) if None not in inner else None
    if not tasks:
        return None
    names = _parameter_names([item["name"].text() for item in inputs])
    parameters = [
        TaskGroupParameter(name, item["name"].text(), _default(item, context), _help(item))
        for name, item in zip(names, inputs, strict=True)
    ]

    def referring(text: str) -> str:
        return re.sub(rf"\$\({re.escape(_STAND_IN)}\.(\d+)\)", lambda match: parameters[int(match[1])].reference, text)

    referred = tuple(
        task._replace(inputs=map_texts(task.inputs, referring), common=map_texts(task.common, referring))
        for task in tasks
    )
    texts = "\n".join(leaf.text() for task in referred for leaf in JsonNode([dict(task.inputs), task.common]).leaves())
    used = tuple(each for each in parameters if each.reference in texts)
    title = node["name"].text() or key[0]
    return TaskGroupTemplate(key, title, file, used, referred, " ".join(node["description"].text().split()))


def _flattened(
    node: JsonNode, group: Mapping[str, Any], context: ImportContext, groups: frozenset[GroupKey]
) -> Iterator[JsonObject | None]:
    """The tasks of a call, and those of the groups in the group; None for what a release cannot have as tasks."""
    if group_key(group) in groups or len(groups) >= _MOST_NESTED_GROUPS:
        yield None
        return
    condition = condition_of(node)
    for inner in group_tasks(group, node):
        own = inner["condition"] or DEFAULT_CONDITION
        if condition != DEFAULT_CONDITION:
            if own not in (DEFAULT_CONDITION, condition):
                yield None
            inner["condition"] = condition
        task = JsonNode(inner, node.path)
        if task["definitionType"].text().casefold() != "metatask":
            yield inner
            continue
        other = context.task_group(task)
        limits = ("timeoutInMinutes", "retryCountOnTaskFailure")
        if other is None or any(task[key].number() for key in limits) or task["environment"]:
            yield None
            continue
        yield from _flattened(task, other, context, groups | {group_key(group)})


def _converted(inner: Sequence[JsonObject | None], context: ImportContext, job: JobContext) -> list[GenericTask] | None:
    names: set[str] = set()
    tasks = [collect(convert_generic(JsonNode(task), context, job, names))[0] for task in inner]
    return None if None in tasks else [task for task in tasks if task is not None]


def _values_of_whole_texts(template: TaskGroupTemplate, tasks: Sequence[GenericTask]) -> dict[str, str]:
    """The values of parameters that are a whole input, as the import writes that input: paths, service connections."""
    references = {each.reference: each.name for each in template.parameters}
    return {
        references[text]: ours.inputs[name]
        for theirs, ours in zip(template.tasks, tasks, strict=True)
        for name, text in theirs.inputs.items()
        if text in references and name in ours.inputs
    }


def _is_same(one: GenericTask, other: GenericTask) -> bool:
    return one.reference == other.reference and one.common == other.common and _inputs(one) == _inputs(other)


def _inputs(task: GenericTask) -> dict[str, str]:
    return {name: value for name, value in task.effective().items() if value}


def _default(item: JsonNode, context: ImportContext) -> str | None:
    """The default of an input; None for a required one without any."""
    text = item["defaultValue"].text()
    return None if not text and item["required"].flag() else context.macros.to_yaml(text)


def _help(item: JsonNode) -> str:
    """The label of an input and its help, on one line."""
    parts = (item["label"].text(), item["helpMarkDown"].text())
    return " ".join(" ".join(part.split()) for part in dict.fromkeys(parts) if part and part != item["name"].text())


def _parameter_names(inputs: Sequence[str]) -> list[str]:
    """The names of parameters: those of the inputs, without what a reference cannot contain."""
    names: list[str] = []
    for text in inputs:
        base = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or "value"
        base = base if not base[0].isdigit() else f"_{base}"
        candidates = (f"{base}{f'_{number}' if number > 1 else ''}" for number in range(1, len(inputs) + 2))
        names.append(next(name for name in candidates if name.casefold() not in {n.casefold() for n in names}))
    return names
