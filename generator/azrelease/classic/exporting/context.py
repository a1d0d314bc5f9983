"""What every part of an export needs to know about the whole release."""

from typing import NamedTuple

from azrelease.catalog.tasks import BUILT_IN, Tasks
from azrelease.classic.macro_translation import MacroTranslation
from azrelease.classic.resource_names import ResourceNames
from azrelease.templating import Templates


class ExportContext(NamedTuple):
    """The release as a whole.

    Attributes:
        texts: translates its texts.
        root: the folder of the artifact, as a classic job says it.
        ids: ids by name.
        tasks: the tasks of the organization, where they are known, and the built-in ones.
        templates: the templates of scripts.
    """

    macros: MacroTranslation
    root: str
    ids: ResourceNames
    templates: Templates
    tasks: Tasks = BUILT_IN

    def text(self, text: str | None) -> str:
        """A text in the words of a definition."""
        return self.macros.to_classic(text or "")
