"""What rules of `check` find in an expanded pipeline, as far as the service refuses the pipeline for it."""

from datetime import UTC, datetime

from azrelease import catalog
from azrelease.diagnostics import Severity
from azrelease.expansion import Expansion, ExpansionProblem, expanded_document
from azrelease.expansion.problems import Problems
from azrelease.lint.expanded_file import ExpandedFile
from azrelease.lint.facts.parsed_files import ParsedFiles
from azrelease.lint.facts.templates import TemplateLibrary
from azrelease.lint.linted_file import LintContext
from azrelease.lint.rules import RULES
from azrelease.syntax import PipelineFile

_FAMILIES = ("AZR1", "AZR2", "AZR3")
"""Structure, references and expressions: what the service judges before a run."""

_CHECKS = tuple(
    rule.check
    for rule in RULES
    if rule.check is not None
    and rule.code.id.startswith(_FAMILIES)
    and not rule.of_text
    # What only another run has, and what fails in the run, the service does not refuse.
    and not (rule.of_every_run or rule.of_run)
)


def rule_problems(expansion: Expansion) -> tuple[ExpansionProblem, ...]:
    """The errors of rules, each once, at its file, with the calls and turns that lead to it."""
    document = expanded_document(expansion)
    context = LintContext(datetime.now(UTC).date(), TemplateLibrary(ParsedFiles()), catalog.BUILT_IN)
    file = ExpandedFile(document, context, PipelineFile(expansion.file.document).kind)
    problems = Problems()
    for check in _CHECKS:
        for found in check(file):
            if found.severity is Severity.ERROR:
                problems.add_found(*document.located(found))
    file.forget()
    return problems.found
