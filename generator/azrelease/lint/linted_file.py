"""A pipeline or template as rules get it."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from yaml import Node, ScalarNode

from azrelease import catalog
from azrelease.diagnostics import Code, Diagnostic, Fix, Severity
from azrelease.lint.facts.expressions import CONDITION, Expression, expressions
from azrelease.lint.facts.file_uses import FileUse, file_uses
from azrelease.lint.facts.generated_pipeline import approved_environments
from azrelease.lint.facts.image_labels import ImageLabel, image_labels
from azrelease.lint.facts.job_folders import WorkUnit, work_units
from azrelease.lint.facts.job_variables import RunVariables
from azrelease.lint.facts.outputs import OutputProblem, output_problems
from azrelease.lint.facts.scripts import Script, scripts
from azrelease.lint.facts.secrets import SecretReference, mapped_secrets, secret_references, vault_secrets
from azrelease.lint.facts.services import AzureMLCall, azure_ml_calls
from azrelease.lint.facts.shells import Shell, shells
from azrelease.lint.facts.task_inputs import KnownTask, known_tasks
from azrelease.lint.facts.templates import TemplateLibrary, TemplateUse
from azrelease.syntax import Block, PipelineFile, Presence, StepOutline
from azrelease.yaml_document import YamlDocument


class LintContext(NamedTuple):
    """What all files of a run share.

    Attributes:
        today: the day that retirements are judged by.
        templates: reads the templates of the repository.
        tasks: the tasks of the organization, beside the built-in ones.
        shellcheck: the program, when scripts are to be checked with it.
    """

    today: date
    templates: TemplateLibrary
    tasks: catalog.Tasks
    shellcheck: str | None = None


class LintedFile(PipelineFile):
    """A pipeline or template with what rules ask of it, each computed once.

    Attributes:
        is_expanded: whether it is what the service makes of a file, with parts of several files.
    """

    is_expanded: bool = False

    def __init__(self, document: YamlDocument, context: LintContext) -> None:
        super().__init__(document)
        self.context = context
        self._references: dict[int, tuple[SecretReference, ...]] = {}

    @cached_property
    def approved(self) -> frozenset[str] | None:
        """The environments, in lower case, that the release file of a generated pipeline names approvals for.

        None when the file is not generated, or that release file does not exist or is invalid.
        """
        return approved_environments(self.document)

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of the file, except those in branches of `${{ if }}` that are never taken."""
        return expressions(self.places)

    @cached_property
    def all_expressions(self) -> tuple[Expression, ...]:
        """Every expression of the file, including those in branches that are never taken."""
        return expressions(self.all_places) if self.unused else self.expressions

    def condition(self, block: Block) -> Expression | None:
        """The condition of a stage, a job or a step; None when it has none, or one that cannot be parsed."""
        node = block.scalar("condition")
        return None if node is None else self._conditions.get(id(node))

    @cached_property
    def _conditions(self) -> dict[int, Expression]:
        return {id(e.place.node): e for e in self.expressions if e.usage == CONDITION and e.node is not None}

    @cached_property
    def image_labels(self) -> tuple[ImageLabel, ...]:
        """Every label of a hosted image in the file."""
        return tuple(image_labels(self))

    @cached_property
    def scripts(self) -> tuple[Script, ...]:
        """Every script of the file."""
        return scripts(self)

    def scripts_of(self, step: StepOutline) -> Sequence[Script]:
        """The scripts of a step."""
        return self._scripts_by_step.get(id(step), ())

    @cached_property
    def _scripts_by_step(self) -> dict[int, list[Script]]:
        found: dict[int, list[Script]] = {}
        for script in self.scripts:
            found.setdefault(id(script.step), []).append(script)
        return found

    @cached_property
    def run_variables(self) -> RunVariables:
        """The variables that the steps of each job can read."""
        return RunVariables(self, self.scripts)

    @cached_property
    def work_units(self) -> tuple[WorkUnit, ...]:
        """The jobs and hooks of the file, each with the steps that share its folders."""
        return work_units(self)

    @cached_property
    def file_uses(self) -> tuple[FileUse, ...]:
        """The files that steps use by a path."""
        return tuple(file_uses(self, self.scripts, self.context.tasks))

    @cached_property
    def _vault_secrets(self) -> dict[int, frozenset[str]]:
        return vault_secrets(self)

    def mapped_secrets(self, step: StepOutline) -> dict[str, str]:
        """The environment variables of a step with a secret in their value, each with the variable it comes from."""
        return mapped_secrets(step, self._vault_secrets.get(id(step.job), frozenset()))

    def secret_references(self, script: Script) -> tuple[SecretReference, ...]:
        """The places where a script reads a secret, or an input that its step pastes into one."""
        key = id(script.node)
        if key not in self._references:
            vault = self._vault_secrets.get(id(script.step.job), frozenset())
            self._references[key] = tuple(secret_references(script, vault))
        return self._references[key]

    @cached_property
    def script_shells(self) -> tuple[tuple[Script, Shell], ...]:
        """Every script with each shell that certainly runs it, at least in some runs."""
        return tuple(
            (script, shell) for script in self.scripts for shell in shells(script, self.root, self.image_labels)
        )

    @cached_property
    def template_uses(self) -> tuple[TemplateUse, ...]:
        """Every use of a template in the file, with where it leads."""
        find, is_pipeline = self.context.templates.find, self.is_pipeline
        return tuple(TemplateUse(r, *find(self.path, r, is_pipeline=is_pipeline)) for r in self.templates)

    @cached_property
    def known_tasks(self) -> tuple[KnownTask, ...]:
        """The steps of the file with a task that is known."""
        return tuple(known_tasks(self, self.context.tasks))

    @cached_property
    def azure_ml_calls(self) -> tuple[AzureMLCall, ...]:
        """Every Azure ML command in the scripts of the file."""
        return azure_ml_calls(self.scripts)

    @cached_property
    def is_included(self) -> bool:
        """Whether another file seems to use this one as a template, so that its names may refer to that file."""
        return not self.is_pipeline and self.context.templates.is_included(self.path)

    @property
    def runs_for_pull_requests(self) -> bool:
        """Whether the file says that pull requests run it. Without `pr` that depends on where its repository is."""
        entry = self.root.entry("pr")
        return entry is not None and not (
            isinstance(entry.value, ScalarNode) and entry.value.value.casefold() in ("none", "")
        )

    @cached_property
    def output_problems(self) -> tuple[OutputProblem, ...]:
        """The references to outputs that are wrong."""
        problems = output_problems(self, self.expressions, self.scripts)
        return () if problems and self.is_included else problems

    def place_of(self, node: Node) -> str:
        """Where a node is, in words of a message."""
        return f"line {node.start_mark.line + 1}"

    def texts_of_repositories(self) -> dict[str, tuple[str, ...]]:
        """The texts of the templates of other repositories in it, by their alias in lower case."""
        return {}

    def is_written(self, text: str) -> bool:  # noqa: ARG002  (only an expansion has other texts)
        """Whether a text is in the file as it is: a condition that arguments make constant is meant to be a switch."""
        return True

    def in_expression(
        self,
        code: Code,
        message: str,
        where: tuple[Expression, int, int],
        hint: str | None = None,
        level: Severity | None = None,
    ) -> Diagnostic:
        """A finding at a part of an expression: the expression, and where the part begins and ends in it."""
        expression, start, end = where
        span = expression.span(self.document, start, end)
        if level is None and code.severity is Severity.ERROR and expression.place.presence is Presence.MAYBE:
            # The service judges a branch of `${{ if }}` only when it is taken.
            level = Severity.WARNING
        return Diagnostic(code, message, self.path, span, hint, level)

    def in_script(
        self,
        code: Code,
        message: str,
        where: tuple[Script, int, int],
        hint: str | None = None,
        level: Severity | None = None,
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding at a part of a script: the script, and where the part begins and ends in it."""
        script, start, end = where
        span = self.document.text_span(script.node, start, end)
        return Diagnostic(code, message, self.path, span, hint, level, fix)
