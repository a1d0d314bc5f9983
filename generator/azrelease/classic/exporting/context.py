"""The whole release, as the conversion of each of its parts needs it."""

from collections.abc import Mapping
from typing import NamedTuple

from azrelease.catalog.tasks import Tasks
from azrelease.classic.conversion_report import Conversion, ReportRow
from azrelease.classic.features import Feature
from azrelease.classic.json_node import JsonPath
from azrelease.classic.macro_translation import MacroTranslation
from azrelease.classic.resource_names import ResourceNames
from azrelease.release import Release
from azrelease.templating import Templates


class ExportContext(NamedTuple):
    """The whole release.

    Attributes:
        release: the completed release.
        macros: translates macros.
        root: the folder of the artifact, as a classic job writes it.
        ids: ids by name.
        templates: the templates of scripts.
        tasks: the tasks of the organization, where they are known, and the built-in ones.
    """

    release: Release
    macros: MacroTranslation
    root: str
    ids: ResourceNames
    templates: Templates
    tasks: Tasks

    def text(self, text: str | None) -> str:
        """A text with the macros of a classic release."""
        return self.macros.to_classic(text or "")

    def find_id(self, ids: Mapping[str, str], name: str, feature: Feature, path: JsonPath) -> Conversion[str]:
        """The id of a name; for an unknown one an empty text, and a row with the feature."""
        identifier = ids.get(name, "")
        if not identifier:
            yield ReportRow(feature, path, name)
        return identifier
