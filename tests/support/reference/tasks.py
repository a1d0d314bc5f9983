"""The page of the tasks: what each does, an example, its fields."""

from pathlib import Path

from azrelease.release.schema import json_schema
from azrelease.release.tasks.base import BaseTask
from azrelease.release.tasks.registry import ANY, TASKS
from support.reference.markdown import block, page, prose
from support.reference.schema_types import fields
from support.yaml_text import safe_load

EXAMPLES = Path(__file__).parents[2] / "docs" / "task_examples.yml"
COMMON = frozenset(BaseTask.model_fields)
ABOUT = """\
The tasks of a stage, in the order in which a release uses them. `task` names one; the other fields are its own, and the
[common ones](#common-fields)."""
ABOUT_ANY = """\
Any other task is written with its name and major version. The inputs of the tasks that come with Azure Pipelines are
checked; those of the marketplace are known once `azrelease catalog sync` has read them."""


def task_examples() -> dict[str, dict[str, object]]:
    """An example of each task, by its name."""
    return {each["task"]: each for each in safe_load(EXAMPLES.read_text(encoding="utf-8"))}


def _texts() -> dict[str, str]:
    """The examples as they are written."""
    texts = EXAMPLES.read_text(encoding="utf-8").split("- task:")[1:]
    return dict(zip(task_examples(), (f"- task:{text}" for text in texts), strict=True))


def tasks_page() -> str:
    """The page."""
    definitions = json_schema()["$defs"]
    shown = _texts()
    parts = []
    for name in (*TASKS, ANY):
        definition = definitions[f"{name}Task"]
        title, about = (name, prose(definition["description"]))
        if name == ANY:
            title, about = "Any other task", ABOUT_ANY
        [example] = [text for task, text in shown.items() if (ANY if "@" in task else task) == name]
        parts.append([f"## {title}", "", about, "", *block(example, "yaml"), *fields(definition, "tasks.md", COMMON)])
    common = definitions["BashTask"]
    own = frozenset(common["properties"]) - COMMON
    parts.append(["## Common fields", "", *fields(common, "tasks.md", own | {"task"})])
    return page("Tasks", ABOUT, *parts)
