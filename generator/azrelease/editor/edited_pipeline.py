"""A pipeline or template in an editor, whose templates may be in other repositories that are here."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from azrelease.lint.facts.templates import Reach, TemplateUse
from azrelease.lint.linted_file import LintContext, LintedFile
from azrelease.open_texts import is_file
from azrelease.syntax import TemplateReference
from azrelease.syntax.embedded import is_computed
from azrelease.yaml_document import YamlDocument


class EditedPipeline(LintedFile):
    """A pipeline or template whose references lead into every repository that is here.

    Args:
        document: the file.
        context: what all files share.
        repositories: the folders of other repositories, by alias.
    """

    def __init__(self, document: YamlDocument, context: LintContext, repositories: Mapping[str, Path]) -> None:
        super().__init__(document, context)
        self._repositories = {alias.casefold(): folder for alias, folder in repositories.items()}

    @cached_property
    def template_uses(self) -> tuple[TemplateUse, ...]:
        """Every use of a template in the file, with where it leads."""
        found = ((self._in_other_repository(reference), reference) for reference in self.templates)
        find, is_pipeline = self.context.templates.find, self.is_pipeline
        return tuple(
            TemplateUse(reference, *find(self.path, reference, is_pipeline=is_pipeline))
            if other is None
            else TemplateUse(reference, Reach.FOUND, other)
            for other, reference in found
        )

    def _in_other_repository(self, reference: TemplateReference) -> Path | None:
        """The file of a reference with an alias: its path begins at the top of that repository."""
        folder = self._repositories.get((reference.repository or "").casefold())
        if folder is None or is_computed(reference.path):
            return None
        path = folder / reference.path.replace("\\", "/").lstrip("/")
        return path if is_file(path) else None
