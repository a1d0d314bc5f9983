"""What rules of `check` find in an expanded pipeline, as far as the service refuses the pipeline for it."""

from datetime import UTC, datetime
from functools import cache

from azrelease import catalog
from azrelease.diagnostics import Severity
from azrelease.expansion import Expansion, ExpansionProblem, expanded_document
from azrelease.expansion.problems import Problems
from azrelease.lint.expanded_file import ExpandedFile
from azrelease.lint.facts.parsed_files import ParsedFiles
from azrelease.lint.facts.templates import TemplateLibrary
from azrelease.lint.linted_file import LintContext
from azrelease.lint.rule import Check
from azrelease.lint.rules import built_in_rules
from azrelease.syntax import PipelineFile


@cache
def _checks() -> tuple[Check, ...]:
    """What the service judges before a run: not what only another run has, and what shows in the run."""
    return tuple(
        rule.check
        for rule in built_in_rules("structure", "references", "expressions")
        if rule.check is not None and not (rule.of_text or rule.of_every_run or rule.of_run)
    )


def rule_problems(expansion: Expansion) -> tuple[ExpansionProblem, ...]:
    """The errors of rules, each once, at its file, with the calls and turns that lead to it."""
    document = expanded_document(expansion)
    context = LintContext(datetime.now(UTC).date(), TemplateLibrary(ParsedFiles()), catalog.BUILT_IN)
    file = ExpandedFile(document, context, PipelineFile(expansion.file.document).kind)
    problems = Problems()
    for check in _checks():
        for found in check(file):
            if found.severity is Severity.ERROR:
                problems.add_found(*document.located(found))
    file.forget()
    return problems.found
