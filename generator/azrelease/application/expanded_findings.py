"""What rules of `check` find in an expanded pipeline, as far as the service refuses the pipeline for it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from azrelease import catalog
from azrelease.diagnostics import Diagnostic, Severity
from azrelease.expansion import Expansion, ExpansionProblem, Frame, expanded_document
from azrelease.lint.facts.parsed_files import ParsedFiles
from azrelease.lint.facts.templates import TemplateLibrary
from azrelease.lint.linted_file import LintContext, LintedFile
from azrelease.lint.rules import RULES

_FAMILIES = ("AZR1", "AZR2", "AZR3")
"""Structure, references and expressions: what the service judges before a run."""


def rule_problems(expansion: Expansion) -> Iterator[ExpansionProblem]:
    """The errors of rules, each once, at its file, with the calls and turns that lead to it."""
    document = expanded_document(expansion)
    context = LintContext(datetime.now(UTC).date(), TemplateLibrary(ParsedFiles()), catalog.BUILT_IN)
    file = LintedFile(document, context)
    frames: dict[Diagnostic, dict[int, Frame]] = {}
    for rule in RULES:
        if rule.check is None or not rule.code.id.startswith(_FAMILIES):
            continue
        for found in rule.check(file):
            if found.severity is Severity.ERROR:
                diagnostic, frame = document.located(found)
                of_this = frames.setdefault(diagnostic, {})
                if frame is not None:
                    of_this.setdefault(id(frame), frame)
    file.forget()
    for diagnostic, by_id in frames.items():
        yield ExpansionProblem(diagnostic, tuple(by_id.values()))
