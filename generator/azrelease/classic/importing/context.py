"""What every part of an import needs to know about the whole definition."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.catalog.tasks import BUILT_IN, Tasks
from azrelease.classic.constructs import BUILD_VARIABLE, CONDITION_VARIABLE, NO_COUNTERPART, UNKNOWN, Construct
from azrelease.classic.conversion_report import Reading, ReportRow, report_rows
from azrelease.classic.macro_translation import MacroTranslation
from azrelease.classic.names import NO_NAMES, Names
from azrelease.classic.node import Node
from azrelease.templating import Templates


class ImportContext(NamedTuple):
    """The definition as a whole.

    Attributes:
        texts: translates its texts.
        root: the folder of the artifact that paths of the release are relative to, as YAML says it.
        templates: the templates of scripts.
        names: names for its ids.
        tasks: the tasks of the organization, where they are known, and the built-in ones.
        groups: the task groups that are known.
        variables: the variables of the release, or of a stage, with their values, by name in lower case.
        downloads: the aliases of the sources that are downloaded, each with whether parts of it can be chosen.
    """

    texts: MacroTranslation
    root: str
    templates: Templates
    names: Names = NO_NAMES
    tasks: Tasks = BUILT_IN
    groups: Sequence[Mapping[str, Any]] = ()
    variables: Mapping[str, str] = {}
    downloads: Mapping[str, bool] = {}

    def group(self, task: Node) -> Mapping[str, Any] | None:
        """The task group that a task calls, in its version; None where it is none, or is not known.

        In a task group itself the id and version stand one level deeper.
        """
        named = task if task["taskId"] else task["task"]
        identifier = (named["taskId"] if task["taskId"] else named["id"]).text().casefold()
        version = (named["version"] if task["taskId"] else named["versionSpec"]).text().partition(".")[0]
        if named["definitionType"].text().casefold() != "metatask":
            return None
        found = [group for group in self.groups if str(group.get("id", "")).casefold() == identifier]
        exact = [group for group in found if not version or _major(group) == version]
        return exact[0] if exact else found[0] if len(found) == 1 else None

    def other_version(self, task: Node, group: Mapping[str, Any]) -> str:
        """Which version of a task group a task calls and which one is given; empty where they do not differ."""
        asked, known = task["version"].text().partition(".")[0], _major(group)
        return f"version {asked} is used, version {known} is given" if known and asked not in ("", known) else ""

    def of_stage(self, variables: Node) -> "ImportContext":
        """The same for a stage, whose variables win over those of the release."""
        return self._replace(variables={**self.variables, **values_of(variables)})

    def text(self, node: Node, carried: Construct, changed: Construct, *, with_env: bool = False) -> Reading[str]:
        """A text in the words of YAML; `with_env` for one of a task that sets the environment it asks for."""
        text = node.text()
        yield from self._kept(node, carried, changed)
        yield from self.missing(node, with_env=with_env)
        return self.texts.to_yaml(text)

    def condition(self, node: Node, carried: Construct, changed: Construct) -> Reading[str]:
        """A condition in the words of YAML; a variable of it that has no counterpart is a lost control."""
        text = node.text()
        yield from self._kept(node, carried, changed)
        for name in self.texts.without_counterpart(text, condition=True):
            yield ReportRow(CONDITION_VARIABLE, node.path, name)
        return self.texts.to_yaml(text)

    def _kept(self, node: Node, carried: Construct, changed: Construct) -> Iterator[ReportRow]:
        if isinstance(node.value, dict | list) and node.value:
            yield ReportRow(UNKNOWN, node.path, "a list or mapping where a text belongs")
        else:
            yield from report_rows(carried if self.texts.is_kept(node.text()) else changed, node)

    def missing(self, node: Node, *, with_env: bool = False) -> Iterator[ReportRow]:
        """Rows for variables without a counterpart."""
        for name in self.texts.without_counterpart(node.text(), with_env=with_env):
            of_build = name.casefold().startswith("build")
            yield ReportRow(BUILD_VARIABLE if of_build else NO_COUNTERPART, node.path, name)


def _major(group: Mapping[str, Any]) -> str:
    return Node(group)["version"]["major"].text()


def values_of(variables: Node) -> dict[str, str]:
    """The values of variables, by name in lower case; secrets have none."""
    return {
        name.casefold(): value["value"].text() if isinstance(value.value, dict) else value.text()
        for name, value in variables.entries()
        if not value["isSecret"].flag()
    }
