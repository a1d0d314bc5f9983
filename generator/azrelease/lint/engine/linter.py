"""Checks files: reads each, asks the rules, takes out what is ignored."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from yaml import Node

from azrelease import catalog
from azrelease.diagnostics import (
    ENDING_CONNECTION,
    NOT_IN_PROJECT,
    NOT_REGISTERED,
    REFUSED_BY_SERVICE,
    SHELLCHECK,
    UNQUOTED_NUMBER,
    UNREADABLE_FILE,
    UNUSED_IGNORE,
    Diagnostic,
    Edit,
    Fix,
    Severity,
    Span,
)
from azrelease.errors import InvalidFileError, UserError
from azrelease.lint.engine.file_recognition import is_base, is_release, looks_like_pipeline, may_be_pipeline
from azrelease.lint.engine.ignores import ignores, without_ignored
from azrelease.lint.engine.settings import LintSettings, Rules
from azrelease.lint.facts.generated_pipeline import approved_environments, is_generated
from azrelease.lint.facts.templates import TemplateLibrary
from azrelease.lint.linted_file import LintContext, LintedFile
from azrelease.lint.rule import Check
from azrelease.lint.rules import RULES, by_id
from azrelease.redaction import RedactedText, SourceLine
from azrelease.syntax import PipelineFile
from azrelease.yaml_document import YamlDocument, read_file, readable_text

_ALL = tuple((rule.code.id, rule.code.name) for rule in RULES)


class FileToCheck(NamedTuple):
    """A file to check.

    Attributes:
        path: the path as the user gave it.
        named: whether the user named it; a file that was found in a folder is passed over when it is no pipeline.
        problem: why it cannot be read, where that is known: of a folder that may hold pipelines.
    """

    path: str
    named: bool = True
    problem: str | None = None


class Finding(NamedTuple):
    """A finding that repeats no secret, with its line, redacted; empty where there is none."""

    diagnostic: Diagnostic
    line: SourceLine


class FileReport(NamedTuple):
    """What was found in a file.

    Attributes:
        path: the path as the user gave it.
        findings: in the order of the file.
        checked: whether the file was one to check.
        read: whether it could be read.
    """

    path: str
    findings: tuple[Finding, ...]
    checked: bool = True
    read: bool = True


class LintOptions(NamedTuple):
    """How files are checked.

    Attributes:
        settings: which rules are looked for.
        today: the day that retirements are judged by.
        tasks: the tasks of the organization in the form of `schemas/tasks.json`; None when they are not known.
        shellcheck: the program, when scripts are to be checked with it.
    """

    settings: LintSettings
    today: date
    tasks: dict[str, dict[str, object]] | None = None
    shellcheck: str | None = None


class Linter:
    """Checks one file after the other. Keeps nothing of a file but templates that were read last."""

    def __init__(self, options: LintOptions) -> None:
        self._options = options
        tasks = catalog.BUILT_IN if options.tasks is None else catalog.Tasks(options.tasks)
        self._around = LintContext(options.today, TemplateLibrary(), tasks, None, options.shellcheck)

    def check(self, target: FileToCheck) -> FileReport:
        """Check a file. One that cannot be read is a finding: the others are checked all the same."""
        if target.problem is not None:
            return self._unreadable(target.path, target.problem)
        try:
            return self.check_bytes(read_file(target.path), target)
        except UserError as error:
            # Of the file itself, or of one that it is on top of, which the message then names.
            return self._unreadable(target.path, str(error).removeprefix(f"{target.path}: "))

    def check_bytes(self, raw: bytes, target: FileToCheck) -> FileReport:
        """Check the bytes of a file, which need not be on disk under its path."""
        rules = self._options.settings.for_file(target.path)
        try:
            document = YamlDocument.decode(raw, target.path)
        except InvalidFileError as error:
            text = error.texts.get(target.path, "")
            meant = readable_text(raw)
            if not target.named and not (is_release(target.path, None, meant) or may_be_pipeline(meant)):
                return FileReport(target.path, (), checked=False)
            return self._report(target.path, text, error.diagnostics, rules)
        if is_release(target.path, document):
            return self._release_report(document, rules)
        if is_base(document):
            return FileReport(target.path, (), checked=False)
        file = PipelineFile(document)
        if not target.named and not looks_like_pipeline(file):
            return FileReport(target.path, (), checked=False)
        report = self._report(target.path, document.text, self._in_pipeline(file, rules), rules, root=document.root)
        file.forget()
        return report

    def _unreadable(self, path: str, reason: str) -> FileReport:
        hint = "Mend or remove it, or leave it out: `exclude` in the settings."
        problem = Diagnostic(UNREADABLE_FILE, reason, path, Span(1, 1, 1, 1), hint)
        report = self._report(path, "", [problem], self._options.settings.for_file(path))
        return report._replace(read=False)

    def report_online(self, path: str, text: str, diagnostics: Sequence[Diagnostic]) -> FileReport:
        """Report what the service says of a file, as far as it is looked for and no comment hides it."""
        return self._report(path, text, diagnostics, self._options.settings.for_file(path), online=True)

    def report_moved(self, path: str, text: str, diagnostics: Sequence[Diagnostic]) -> FileReport:
        """Report what was found in a file that another was generated from, as far as it is looked for there."""
        return self._report(path, text, diagnostics, self._options.settings.for_file(path), whole=False)

    def _release_report(self, document: YamlDocument, rules: Rules) -> FileReport:
        """The report on a release file; behind its own findings stand those in the files that it is on top of."""
        found, texts = self._in_release(document)
        report = self._report(document.path, document.text, [d for d in found if d.file == document.path], rules)
        others = dict.fromkeys(d.file for d in found if d.file != document.path)
        below = [
            self._report(
                path,
                texts.get(path, ""),
                [d for d in found if d.file == path],
                self._options.settings.for_file(path),
                whole=False,
            )
            for path in others
        ]
        return report._replace(findings=(*report.findings, *(f for other in below for f in other.findings)))

    def _in_release(self, document: YamlDocument) -> tuple[Sequence[Diagnostic], Mapping[str, str]]:
        """What is found in a release, and the texts of the files that it is about."""
        from azrelease.lint.engine.release_findings import release_findings
        from azrelease.release import load_document

        try:
            loaded = load_document(document)
        except InvalidFileError as error:
            return [_with_quotes(diagnostic, document) for diagnostic in error.diagnostics], error.texts
        return (*loaded.warnings, *release_findings(loaded, self._options.today)), loaded.document.texts

    def _in_pipeline(self, file: PipelineFile, rules: Rules) -> Iterator[Diagnostic]:
        approved = approved_environments(file.document)
        subject = LintedFile(file, self._around._replace(approved=approved))
        yield from file.document.problems
        found = list(file.problems)
        for check in _checks(rules.wanted(_ALL)):
            found.extend(check(subject))
        # A generated file is mended where it is generated from.
        yield from (d._replace(fix=None) for d in found) if is_generated(file.document) else found

    def _report(
        self,
        path: str,
        text: str,
        diagnostics: Sequence[Diagnostic] | Iterator[Diagnostic],
        rules: Rules,
        *,
        root: Node | None = None,
        online: bool = False,
        whole: bool = True,
    ) -> FileReport:
        """The report on findings in a file.

        Args:
            path: the file.
            text: its text.
            diagnostics: what was found in it.
            rules: what is looked for.
            root: the tree of the text, where it was parsed.
            online: whether it is the service that was asked.
            whole: whether all of the file was looked at: if not, a comment that hides nothing may hide something else.
        """
        found = sorted(set(diagnostics), key=_position)
        # A comment that hides what only the service can say is not unused where that was not asked.
        asked = frozenset(code for code in rules.wanted(_ALL) if (code in _ONLINE) is online)
        wanted = [_levelled(d, rules) for d in found if d.code.id in asked]
        if not self._options.shellcheck:
            asked -= {SHELLCHECK.id}
        if not whole:
            asked -= {UNUSED_IGNORE.id}
        left = without_ignored(wanted, ignores(text), path, by_id(), asked)
        if not left:
            return FileReport(path, ())
        shown = RedactedText(text, found, root)
        findings = (
            Finding(shown.redact(d), shown.line(d.span.line) or SourceLine("")) for d in sorted(left, key=_position)
        )
        return FileReport(path, tuple(findings))


_ONLINE = frozenset(code.id for code in (REFUSED_BY_SERVICE, NOT_IN_PROJECT, NOT_REGISTERED, ENDING_CONNECTION))


@lru_cache(maxsize=64)
def _checks(wanted: frozenset[str]) -> tuple[Check, ...]:
    """What the rules that are looked for do with a file."""
    return tuple(rule.check for rule in RULES if rule.check is not None and rule.code.id in wanted)


def _with_quotes(diagnostic: Diagnostic, document: YamlDocument) -> Diagnostic:
    """A finding about a number that is to be text, with the quotes that make it one."""
    if diagnostic.code is not UNQUOTED_NUMBER or diagnostic.file != document.path:
        return diagnostic
    span = diagnostic.span
    start, end = document.index(span.line, span.column), document.index(span.end_line, span.end_column)
    return diagnostic._replace(fix=Fix((Edit(start, start, '"'), Edit(end, end, '"'))))


def _levelled(diagnostic: Diagnostic, rules: Rules) -> Diagnostic:
    level: Severity | None = rules.level(diagnostic.code.id, diagnostic.code.name) if rules.severity else None
    return diagnostic if level is None else diagnostic._replace(level=level)


def _position(diagnostic: Diagnostic) -> tuple[object, ...]:
    return (diagnostic.span, diagnostic.code.id, diagnostic.message)
