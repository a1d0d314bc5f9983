"""Checks files: reads each and runs the rules that are selected for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from azrelease import catalog
from azrelease.diagnostics import UNQUOTED_NUMBER, Diagnostic, Edit, Fix, Span
from azrelease.errors import InvalidFileError, PluginError, UserError
from azrelease.lint.engine.expansion_check import ExpansionCheck
from azrelease.lint.engine.file_recognition import (
    has_keys_of_pipeline,
    is_base,
    is_release,
    looks_like_pipeline,
    may_be_pipeline,
)
from azrelease.lint.engine.reports import FileReport, ReportedFile, ReportScope, file_report
from azrelease.lint.engine.settings import LintSettings, RuleSelection
from azrelease.lint.facts.generated_pipeline import is_generated
from azrelease.lint.facts.parsed_files import ParsedFiles
from azrelease.lint.facts.release_templates import template_findings
from azrelease.lint.facts.template_names import TemplateNames
from azrelease.lint.facts.templates import TemplateLibrary
from azrelease.lint.linted_file import LintContext, LintedFile
from azrelease.lint.linted_release import LintedRelease
from azrelease.lint.rules import all_rules, by_id
from azrelease.lint.rules.reading.unreadable import UNREADABLE_FILE
from azrelease.lint.rules.scripts.shellcheck import RULE as SHELLCHECK
from azrelease.lint.rules.service.online import RULES as ONLINE_RULES
from azrelease.yaml_document import YamlDocument, read_file, readable_text

_OWN = "AZR"
_ONLINE = frozenset(rule.code.id for rule in ONLINE_RULES)


class FileToCheck(NamedTuple):
    """A file to check.

    Attributes:
        path: the path as the user gave it.
        named: whether the user named it; a file found in a folder is skipped unless it is a pipeline or a release.
        problem: why it cannot be read, where that is known: of a folder that may contain pipelines.
        may_be_other: whether it is skipped although it is named, unless it has keys of a pipeline or is a release.
    """

    path: str
    named: bool = True
    problem: str | None = None
    may_be_other: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether it is checked whatever it is."""
        return self.named and not self.may_be_other


class LintOptions(NamedTuple):
    """How files are checked.

    Attributes:
        settings: the rules that are selected.
        today: the day that retirements are judged by.
        tasks: the tasks of the organization in the form of `schemas/tasks.json`; None when they are not known.
        shellcheck: the program, when scripts are to be checked with it.
    """

    settings: LintSettings
    today: date
    tasks: dict[str, dict[str, object]] | None = None
    shellcheck: str | None = None


def is_searched(code: str, path: str, options: LintOptions, *, is_online: bool) -> bool:
    """Whether a check looks for the findings of a code in a file: for a rule that was removed, it looks in vain."""
    rule = by_id().get(code)
    if rule is None:
        return code.startswith(_OWN)  # a rule of a plugin may only be left out
    if code == SHELLCHECK.code.id and options.shellcheck is None:
        return False
    return options.settings.for_file(path).includes(rule.code) and (is_online or code not in _ONLINE)


class KeptFiles(NamedTuple):
    """What later runs over the same files need not do again.

    Attributes:
        parsed: the files, parsed.
        template_names: the names of the files that others use as templates.
    """

    parsed: ParsedFiles
    template_names: TemplateNames


class Linter:
    """Checks one file after the other. Keeps nothing of a file except the templates that it read last.

    Args:
        options: how files are checked.
        kept: what an earlier run kept; by default everything is read.
    """

    def __init__(self, options: LintOptions, kept: KeptFiles | None = None) -> None:
        self._options = options
        tasks = catalog.BUILT_IN if options.tasks is None else catalog.Tasks(options.tasks)
        self._parsed, names = kept or KeptFiles(ParsedFiles(), TemplateNames())
        self._context = LintContext(options.today, TemplateLibrary(self._parsed, names), tasks, options.shellcheck)
        self._rules = all_rules()
        self._expansions = ExpansionCheck(
            self._context, self._parsed, self._rules, self._codes_of, options.settings.repositories
        )
        self._checks = tuple((rule.code.id, rule.check) for rule in self._rules if rule.check is not None)
        self._selected: dict[tuple[tuple[str, ...], ...], frozenset[str]] = {}

    def check(self, file: FileToCheck) -> FileReport:
        """Check a file and its expansion. One that cannot be read is a finding, so that the others are checked too."""
        if file.problem is not None:
            return self._unreadable(file.path, file.problem)
        try:
            return self.check_bytes(read_file(file.path), file, expand=True)
        except PluginError:
            raise
        except UserError as error:
            # The file itself cannot be read, or one that it extends, which the message then names.
            return self._unreadable(file.path, str(error).removeprefix(f"{file.path}: "))

    def check_bytes(self, raw: bytes, file: FileToCheck, *, expand: bool = False) -> FileReport:
        """Check the bytes of a file, which need not be on disk under its path.

        Args:
            raw: the bytes.
            file: the file.
            expand: whether the pipeline that the service makes of it is checked too.
        """
        try:
            document = self._parsed.decode_once(raw, file.path)
        except InvalidFileError as error:
            text = readable_text(raw)
            if not file.is_certain and not (is_release(file.path, None, text) or may_be_pipeline(text)):
                return FileReport(file.path, (), checked=False)
            unparsed = ReportedFile(file.path, error.texts.get(file.path, ""))
            return self._report(unparsed, error.diagnostics, is_searched=False)
        if is_release(file.path, document):
            return self._check_release(document)
        if is_base(document):
            return FileReport(file.path, (), checked=False)
        return self._check_pipeline(document, file, expand=expand)

    def report_online(self, path: str, text: str, diagnostics: Sequence[Diagnostic]) -> FileReport:
        """Report the findings of the service in a file, as far as they are selected and no comment hides them."""
        selection = self._options.settings.for_file(path)
        return file_report(
            ReportedFile(path, text), diagnostics, selection, ReportScope(self._codes(selection) & _ONLINE)
        )

    def report_moved(self, path: str, text: str, diagnostics: Sequence[Diagnostic]) -> FileReport:
        """Report some findings of a file whose other findings are reported elsewhere, as far as they are selected."""
        selection = self._options.settings.for_file(path)
        return file_report(
            ReportedFile(path, text), diagnostics, selection, ReportScope(self._codes(selection) - _ONLINE)
        )

    @property
    def context(self) -> LintContext:
        """What all files of a run share."""
        return self._context

    def excludes(self, path: str) -> bool:
        """Whether the settings leave out a file that the user did not name."""
        return self._options.settings.excludes(path)

    def _codes_of(self, path: str) -> frozenset[str]:
        """The codes of the rules that are selected for a file."""
        return self._codes(self._options.settings.for_file(path))

    def _report(self, file: ReportedFile, diagnostics: Iterable[Diagnostic], *, is_searched: bool = True) -> FileReport:
        """Report everything that was found in a file.

        Args:
            file: the file.
            diagnostics: the findings.
            is_searched: whether all rules looked at it; otherwise no comment is known to hide nothing.
        """
        selection = self._options.settings.for_file(file.path)
        reported = self._codes(selection) - _ONLINE
        searched = reported if self._options.shellcheck else reported - {SHELLCHECK.code.id}
        return file_report(
            file, diagnostics, selection, ReportScope(reported, searched if is_searched else frozenset())
        )

    def _codes(self, selection: RuleSelection) -> frozenset[str]:
        """The codes of the rules that are selected."""
        key = (selection.select, selection.ignore)
        if key not in self._selected:
            self._selected[key] = frozenset(rule.code.id for rule in self._rules if selection.includes(rule.code))
        return self._selected[key]

    def _unreadable(self, path: str, reason: str) -> FileReport:
        hint = "Correct or remove it, or leave it out: `exclude` in the settings."
        problem = Diagnostic(UNREADABLE_FILE.code, reason, path, Span(1, 1, 1, 1), hint)
        return self._report(ReportedFile(path, ""), [problem])._replace(read=False)

    def _check_pipeline(self, document: YamlDocument, target: FileToCheck, *, expand: bool) -> FileReport:
        file = LintedFile(document, self._context)
        is_meant = target.named and has_keys_of_pipeline(file)
        if not target.is_certain and not is_meant and not looks_like_pipeline(file):
            return FileReport(document.path, (), checked=False)
        selected = self._codes(self._options.settings.for_file(document.path))
        found = list(file.problems)
        for code, check in self._checks:
            if code in selected:
                found.extend(check(file))
        if is_generated(document):  # a fix belongs into the release that the file is rendered from
            found = [diagnostic._replace(fix=None) for diagnostic in found]
            expand = expand and bool(file.templates)  # a self-contained one is its own expansion
        found = [*document.problems, *found]
        report = self._report(ReportedFile(document.path, document.text, document.root), found)
        expanded = self._expansions.findings(file, found) if expand else ()
        file.forget()
        return report._replace(expanded=expanded) if expanded else report

    def _check_release(self, document: YamlDocument) -> FileReport:
        """The report on a release file; its own findings come before those in the files that it extends."""
        found, texts, is_searched = self._release_findings(document)
        by_file: dict[str, list[Diagnostic]] = {}
        for diagnostic in found:
            by_file.setdefault(diagnostic.file, []).append(diagnostic)
        own = by_file.pop(document.path, ())
        report = self._report(ReportedFile(document.path, document.text), own, is_searched=is_searched)
        extended = (self.report_moved(path, texts.get(path, ""), below) for path, below in by_file.items())
        return report._replace(findings=(*report.findings, *(f for other in extended for f in other.findings)))

    def _release_findings(self, document: YamlDocument) -> tuple[Sequence[Diagnostic], Mapping[str, str], bool]:
        """The findings in a release and in what it extends, the texts of these files, and whether all rules ran."""
        from azrelease.release import load_document

        try:
            loaded = load_document(document)
        except InvalidFileError as error:
            return [_with_quotes(diagnostic, document) for diagnostic in error.diagnostics], error.texts, False
        release = LintedRelease(loaded, self._options.today)
        texts, settings = loaded.document.texts, self._options.settings
        found = (*loaded.warnings, *template_findings(loaded, settings.repositories))
        selected = {code for path in texts for code in self._codes(settings.for_file(path))}
        checks = (rule.check_release for rule in self._rules if rule.check_release and rule.code.id in selected)
        return (*found, *(d for check in checks for d in check(release))), texts, True


def _with_quotes(diagnostic: Diagnostic, document: YamlDocument) -> Diagnostic:
    """A finding about a number that has to be text, with the quotes that make it one as its fix."""
    if diagnostic.code is not UNQUOTED_NUMBER or diagnostic.file != document.path:
        return diagnostic
    span = diagnostic.span
    start, end = document.index(span.line, span.column), document.index(span.end_line, span.end_column)
    return diagnostic._replace(fix=Fix((Edit(start, start, '"'), Edit(end, end, '"'))))
