"""The whole definition, as the conversion of each of its parts needs it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from azrelease.catalog.tasks import Tasks
from azrelease.classic import features
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows
from azrelease.classic.features import Feature
from azrelease.classic.importing.step_template import GroupKey, TaskGroupTemplate
from azrelease.classic.json_node import JsonNode
from azrelease.classic.macro_translation import MacroTranslation
from azrelease.classic.resource_names import ResourceNames
from azrelease.templating import Templates, shipped_templates


class ImportContext(NamedTuple):
    """The whole definition.

    Attributes:
        release: the name of the release.
        today: the day that decides which hosted images are retired.
        names: names for the ids of the definition.
        tasks: the tasks of the organization, where they are known, and the built-in ones.
        task_groups: the known task groups.
        macros: translates macros.
        root: the folder of the artifact that paths of the release are relative to, as YAML writes it.
        templates: the templates of scripts.
        variables: the values of the variables of the release, or of a stage, by name in lower case.
        downloads: the aliases of the sources to download, each with whether a job can choose parts of it.
        step_templates: the templates of task groups; a task group without one keeps its tasks in the release.
    """

    release: str
    today: date
    names: ResourceNames
    tasks: Tasks
    task_groups: Sequence[Mapping[str, Any]]
    macros: MacroTranslation
    root: str
    templates: Templates = shipped_templates()
    variables: Mapping[str, str] = {}
    downloads: Mapping[str, bool] = {}
    step_templates: Mapping[GroupKey, TaskGroupTemplate] = {}

    def task_group(self, task: JsonNode) -> Mapping[str, Any] | None:
        """The task group that a task calls, in its version; None for another task or an unknown group.

        In a task group itself, the id and version are one level deeper.
        """
        reference = task if task["taskId"] else task["task"]
        identifier = (reference["taskId"] if task["taskId"] else reference["id"]).text().casefold()
        version = (reference["version"] if task["taskId"] else reference["versionSpec"]).text().partition(".")[0]
        if reference["definitionType"].text().casefold() != "metatask":
            return None
        groups = [group for group in self.task_groups if str(group.get("id", "")).casefold() == identifier]
        exact = [group for group in groups if not version or _major(group) == version]
        return exact[0] if exact else groups[0] if len(groups) == 1 else None

    def other_version(self, task: JsonNode, group: Mapping[str, Any]) -> str:
        """How the version of a task group that a task calls differs from the known one; empty where it does not."""
        used, known = task["version"].text().partition(".")[0], _major(group)
        return f"version {used} is used, version {known} is given" if known and used not in ("", known) else ""

    def of_scope(self, variables: JsonNode) -> "ImportContext":
        """The context with the variables of the release, or of a stage, which override the others."""
        values = {
            name.casefold(): value["value"].text() if isinstance(value.value, dict) else value.text()
            for name, value in variables.entries()
            if not value["isSecret"].flag()
        }
        return self._replace(variables={**self.variables, **values})

    def text(self, node: JsonNode, carried: Feature, changed: Feature, *, with_env: bool = False) -> Conversion[str]:
        """A text with the macros of YAML; `with_env` for a task that gets the environment variables it needs."""
        yield from self._rows(node, carried, changed)
        yield from self.missing(node, with_env=with_env)
        return self.macros.to_yaml(node.text())

    def condition(self, node: JsonNode, carried: Feature, changed: Feature) -> Conversion[str]:
        """A condition with the variables of YAML; a variable without a counterpart is a lost control."""
        yield from self._rows(node, carried, changed)
        for name in self.macros.without_counterpart(node.text(), condition=True):
            yield ReportRow(features.CONDITION_VARIABLE, node.path, name)
        return self.macros.to_yaml(node.text())

    def _rows(self, node: JsonNode, carried: Feature, changed: Feature) -> Iterator[ReportRow]:
        if isinstance(node.value, dict | list) and node.value:
            yield ReportRow(features.UNKNOWN, node.path, "a list or mapping in place of a text")
        else:
            yield from report_rows(carried if self.macros.is_kept(node.text()) else changed, node)

    def missing(self, node: JsonNode, *, with_env: bool = False) -> Iterator[ReportRow]:
        """Rows for variables without a counterpart."""
        for name in self.macros.without_counterpart(node.text(), with_env=with_env):
            of_build = name.casefold().startswith("build")
            yield ReportRow(features.BUILD_VARIABLE if of_build else features.NO_COUNTERPART, node.path, name)


def _major(group: Mapping[str, Any]) -> str:
    return JsonNode(group)["version"]["major"].text()
