"""A file as rules get it: what stands in it, and what they may want to know around it."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import NamedTuple

from azrelease import catalog
from azrelease.diagnostics import Code, Diagnostic, Fix, Severity
from azrelease.lint.facts.expressions import Expression, expressions
from azrelease.lint.facts.image_labels import ImageLabel, image_labels
from azrelease.lint.facts.outputs import OutputProblem, output_problems
from azrelease.lint.facts.scripts import Script, scripts
from azrelease.lint.facts.services import AzureMLCall, azure_ml_calls
from azrelease.lint.facts.task_inputs import KnownTask, known_tasks
from azrelease.lint.facts.templates import TemplateLibrary, TemplateUse
from azrelease.syntax import Outline, PipelineFile, Presence
from azrelease.yaml_document import YamlDocument


class LintContext(NamedTuple):
    """What all files of a run share.

    Attributes:
        today: the day that retirements are judged by.
        templates: reads the templates of the repository.
        tasks: the tasks of the organization, beside the built-in ones.
        approved: the environments, in lower case, that the release file which the file was rendered from names
            approvals for; None when there is no release file.
        shellcheck: the program, when scripts are to be checked with it.
    """

    today: date
    templates: TemplateLibrary
    tasks: catalog.Tasks
    approved: frozenset[str] | None = None
    shellcheck: str | None = None


class LintedFile:
    """A file with what rules ask of it, each computed once."""

    def __init__(self, file: PipelineFile, around: LintContext) -> None:
        self.file = file
        self.around = around

    @property
    def document(self) -> YamlDocument:
        """The text of the file."""
        return self.file.document

    @property
    def outline(self) -> Outline:
        """The stages, jobs and steps of the file."""
        return self.file.outline

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of the file, but for those in branches of `${{ if }}` that are never taken."""
        return expressions(self.file.places)

    @cached_property
    def all_expressions(self) -> tuple[Expression, ...]:
        """Every expression of the file, in branches that are never taken too."""
        return expressions(self.file.all_places) if self.file.unused else self.expressions

    @cached_property
    def image_labels(self) -> tuple[ImageLabel, ...]:
        """Every label of a hosted image in the file."""
        return tuple(image_labels(self.file))

    @cached_property
    def scripts(self) -> tuple[Script, ...]:
        """Every script of the file."""
        return scripts(self.file)

    @cached_property
    def templates(self) -> tuple[TemplateUse, ...]:
        """Every use of a template in the file, with where it leads."""
        find, path, is_pipeline = self.around.templates.find, self.file.path, self.file.is_pipeline
        return tuple(TemplateUse(r, *find(path, r, is_pipeline=is_pipeline)) for r in self.file.templates)

    @cached_property
    def known_tasks(self) -> tuple[KnownTask, ...]:
        """The steps of the file with a task that is known."""
        return tuple(known_tasks(self.file, self.around.tasks))

    @cached_property
    def azure_ml_calls(self) -> tuple[AzureMLCall, ...]:
        """Every Azure ML command in the scripts of the file."""
        return azure_ml_calls(self.scripts)

    @cached_property
    def is_included(self) -> bool:
        """Whether another file seems to use this one as a template, so that its names may mean what stands there."""
        return not self.file.is_pipeline and self.around.templates.is_included(self.file.path)

    @cached_property
    def output_problems(self) -> tuple[OutputProblem, ...]:
        """What is wrong with the references to outputs."""
        found = output_problems(self.file, self.expressions, self.scripts)
        return () if found and self.is_included else found

    def output_findings(self, code: Code) -> Iterator[Diagnostic]:
        """The findings of one code about references to outputs."""
        for found in self.output_problems:
            if found.code is code:
                where = (found.expression, found.start, found.end)
                yield self.in_expression(code, found.message, where, found.hint)

    def in_expression(
        self,
        code: Code,
        message: str,
        where: tuple[Expression, int, int],
        hint: str | None = None,
        level: Severity | None = None,
    ) -> Diagnostic:
        """A finding about a part of an expression: the expression, and where the part begins and ends in it."""
        expression, start, end = where
        span = expression.span(self.document, start, end)
        if level is None and code.severity is Severity.ERROR and expression.place.presence is Presence.MAYBE:
            # The service judges a branch of `${{ if }}` only when it is taken.
            level = Severity.WARNING
        return Diagnostic(code, message, self.file.path, span, hint, level)

    def in_script(
        self,
        code: Code,
        message: str,
        where: tuple[Script, int, int],
        hint: str | None = None,
        level: Severity | None = None,
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding about a part of a script: the script, and where the part begins and ends in it."""
        script, start, end = where
        span = self.document.text_span(script.node, start, end)
        return Diagnostic(code, message, self.file.path, span, hint, level, fix)
