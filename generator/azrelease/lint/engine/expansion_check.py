"""Checks what the service makes of a pipeline: the rules on its expansion, and what the expansion refuses."""

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from azrelease.diagnostics import (
    EXPANSION_LIMIT,
    FAILED_EVALUATION,
    KEY_CASING,
    MISSING_TEMPLATE,
    TEMPLATE_CYCLE,
    UNKNOWN_CONTEXT,
    UNKNOWN_FUNCTION,
    WRONG_TEMPLATE,
    Diagnostic,
    Severity,
)
from azrelease.errors import PluginError, UserError
from azrelease.expansion import (
    SELF,
    ExpandedDocument,
    Expansion,
    ExpansionProblem,
    ExpansionRequest,
    FolderFiles,
    Frame,
    SourceFile,
    TemplateCall,
    chain_of,
    expand_source,
    expanded_document,
    location_in,
    repository_root,
)
from azrelease.lint.engine.call_chains import call_chain
from azrelease.lint.engine.expansion_places import is_certain, is_in_branch, places_in_branches, text_at
from azrelease.lint.engine.expansion_requests import USUAL_RUN, kind_of, requests
from azrelease.lint.engine.found_in_expansion import FoundInExpansion, SecretMask, equal_findings
from azrelease.lint.engine.reports import ExpandedFinding
from azrelease.lint.expanded_file import ExpandedFile
from azrelease.lint.facts.parsed_files import ParsedFiles
from azrelease.lint.linted_file import LintContext, LintedFile
from azrelease.lint.rule import Check, Rule
from azrelease.lint.rules.references.undeclared_parameter import RULE as UNDECLARED_PARAMETER
from azrelease.redaction import is_secret
from azrelease.yaml_document import YamlDocument

_MOST_KEPT = 64

_REFUSING = frozenset((MISSING_TEMPLATE, UNKNOWN_FUNCTION, UNKNOWN_CONTEXT, FAILED_EVALUATION))
"""What authors write in a branch to refuse a value, such as a name with the message in it."""


class ExpansionCheck:
    """Checks the expansions of files. What a single file shows of itself is left to the check of that file.

    Args:
        context: what all files of a run share.
        parsed: parses files.
        rules: all rules.
        codes: the codes that are selected for a path.
        repositories: the folders of other repositories, by alias; those that do not exist are out of reach.
    """

    def __init__(
        self,
        context: LintContext,
        parsed: ParsedFiles,
        rules: Sequence[Rule],
        codes: Callable[[str], frozenset[str]],
        repositories: Mapping[str, Path],
    ) -> None:
        self._context = context
        self._parsed = parsed
        self._codes = codes
        self._repositories = {alias.casefold(): folder for alias, folder in repositories.items() if folder.is_dir()}
        self._of_file = {rule.code.id: rule.check for rule in rules if rule.check is not None}
        of_expansion = [rule for rule in rules if rule.check is not None and not rule.of_text]
        self._of_expansion = _checks(of_expansion)
        self._failing = _checks(
            rule for rule in of_expansion if rule.code.severity is Severity.ERROR and not rule.of_every_run
        )
        self._folders: dict[tuple[Path, bool], _NamedFolder] = {}
        self._own: OrderedDict[tuple[str, str], frozenset[int]] = OrderedDict()

    def findings(self, file: LintedFile, own: Sequence[Diagnostic]) -> tuple[ExpandedFinding, ...]:
        """What the expansion of a file shows and the file itself does not, each finding at its file, with the calls.

        Args:
            file: the file.
            own: everything that was found in the file itself.
        """
        found: list[FoundInExpansion] = []
        try:
            for request in requests(file, self._repositories):
                found += self._of_request(file, request)
        except PluginError:
            raise
        except UserError:
            return ()  # a template that cannot be read, which is a finding where that file is checked
        return tuple(self._united(found, file, own)) if found else ()

    def _of_request(self, file: LintedFile, request: ExpansionRequest) -> Iterator[FoundInExpansion]:
        expansion = self._expansion(file.document, request)
        document = expanded_document(expansion)
        expanded = ExpandedFile(document, self._context, kind_of(file))
        secrets = frozenset(value.value for name, value in expanded.settings if is_secret(name, value.value))
        is_usual = request is USUAL_RUN and bool(file.parameters)
        for problem in self._problems(file, expansion, request):
            # Authors refuse values: the usual ones too, where a run has to give others.
            is_refusal = problem.diagnostic.code in _REFUSING and any(map(is_in_branch, problem.frames))
            if not (is_usual and is_refusal):
                yield _found(*_of_problem(problem), expansion, secrets)
        refused = places_in_branches(document) if is_usual and expanded.problems else frozenset()
        for each in expanded.problems if expansion.pipeline.entries else ():
            if each.code is not KEY_CASING and each.span[:2] not in refused:
                yield _found(*_at_file(each, document), expansion, secrets)
        # What only the usual values of parameters make suspect, another run may need.
        checks = self._failing if is_usual else self._of_expansion
        for each in self._by_rules(expanded, expansion, checks) if expansion.pipeline.entries else ():
            if not is_usual or each.severity is Severity.ERROR:
                yield _found(*_at_file(each, document), expansion, secrets)
        expanded.forget()

    def _problems(
        self, file: LintedFile, expansion: Expansion, request: ExpansionRequest
    ) -> Iterator[ExpansionProblem]:
        """What the expansion refuses, without what an assumption of it may have led to."""
        in_repository = self._context.templates.repository(Path(file.path).absolute().parent) is not None
        has_cycle = any(problem.diagnostic.code is TEMPLATE_CYCLE for problem in expansion.problems)
        for problem in expansion.problems:
            code = problem.diagnostic.code
            # Outside of a repository, the top folder that a path begins at is a guess; and pipelines in use have
            # `@self` behind paths from the top folder.
            if code is MISSING_TEMPLATE and (not in_repository or "@" in text_at(problem.diagnostic, expansion)):
                continue
            # A limit is not that of a run where both branches of a condition are expanded.
            if code is TEMPLATE_CYCLE and not any(map(is_certain, problem.frames)):
                continue
            if code is EXPANSION_LIMIT and (has_cycle or request is not USUAL_RUN):
                continue
            if code is WRONG_TEMPLATE and any(map(self._is_known_at_call, problem.frames)):
                continue
            yield problem

    def _is_known_at_call(self, frame: Frame) -> bool:
        """Whether the check of the file with a reference has found that its template does not fit there."""
        at = next((around.at for around in chain_of(frame) if isinstance(around, TemplateCall)), None)
        if at is None:
            return False
        return at.span.line in self._own_lines(at.file.document, WRONG_TEMPLATE.id)

    def _by_rules(
        self, file: ExpandedFile, expansion: Expansion, checks: Sequence[tuple[str, Check]]
    ) -> Iterator[Diagnostic]:
        selected = frozenset[str]().union(*(self._codes(source.path) for source in expansion.files))
        for code, check in checks:
            if code in selected:
                yield from check(file)

    def _expansion(self, document: YamlDocument, request: ExpansionRequest) -> Expansion:
        path = Path(document.path)
        root = repository_root(path)
        source = SourceFile(document.path, SELF, location_in(root, path), document)
        folders = {**self._repositories, SELF: root}
        files = {alias: self._folder(folder, is_absolute=path.is_absolute()) for alias, folder in folders.items()}
        return expand_source(source, files, request, parse=self._parsed.decode, checks_schema=False)

    def _folder(self, folder: Path, *, is_absolute: bool) -> "_NamedFolder":
        key = folder, is_absolute
        if key not in self._folders:
            self._folders[key] = _NamedFolder(folder, is_absolute=is_absolute)
        return self._folders[key]

    def _united(
        self, found: Iterable[FoundInExpansion], file: LintedFile, own: Sequence[Diagnostic]
    ) -> Iterator[ExpandedFinding]:
        """Equal findings as one, without secrets, and without those that the file itself has."""
        mask = SecretMask()
        for equal in equal_findings(found):
            first = equal[0]
            is_of_file = self._is_known(first, file, own)
            if not is_of_file or (first.diagnostic.file != file.path and first.diagnostic.severity is Severity.ERROR):
                yield ExpandedFinding(mask.united(equal), is_of_file)

    def _is_known(self, found: FoundInExpansion, file: LintedFile, own: Sequence[Diagnostic]) -> bool:
        """Whether the check of the file of a finding has it: of that code, on one of its lines."""
        span, code = found.diagnostic.span, found.diagnostic.code
        for name in (code.id, UNDECLARED_PARAMETER.code.id) if code is FAILED_EVALUATION else (code.id,):
            lines: Iterable[int] = ()
            if found.diagnostic.file == file.path:
                lines = (each.span.line for each in own if each.code.id == name)
            elif found.document is not None:
                lines = self._own_lines(found.document, name)
            # A finding in a text that arguments are parts of is at the whole of it.
            if any(span.line <= line <= span.end_line for line in lines):
                return True
        return False

    def _own_lines(self, document: YamlDocument, code: str) -> frozenset[int]:
        """The lines on which the check of a file alone has findings of a code."""
        key = (document.path, code)
        if key in self._own:
            self._own.move_to_end(key)
            return self._own[key]
        file = LintedFile(document, self._context)
        check = self._of_file.get(code)
        found = [*document.problems, *file.problems, *(check(file) if check else ())]
        lines = frozenset(each.span.line for each in found if each.code.id == code)
        self._own[key] = lines
        if len(self._own) > _MOST_KEPT:
            self._own.popitem(last=False)
        return lines


def _checks(rules: Iterable[Rule]) -> tuple[tuple[str, Check], ...]:
    return tuple((rule.code.id, rule.check) for rule in rules if rule.check is not None)


class _NamedFolder(FolderFiles):
    """A repository whose files are named as the user names its pipelines: absolute, or from the current folder."""

    def __init__(self, folder: Path, *, is_absolute: bool) -> None:
        super().__init__(folder)
        self._shown = str(folder.absolute()) if is_absolute else os.path.relpath(folder)

    def path(self, location: str) -> str:
        """The path of a file."""
        return os.path.normpath(f"{self._shown}{os.sep}{location}")


def _at_file(found: Diagnostic, document: ExpandedDocument) -> tuple[Diagnostic, tuple[Frame | None]]:
    located = document.located(found)
    return located.diagnostic, (located.frame,)


def _of_problem(problem: ExpansionProblem) -> tuple[Diagnostic, Sequence[Frame | None]]:
    """A problem of the expansion; a warning where it is only in branches that the run may not take."""
    found, frames = problem
    certain = tuple(frame for frame in frames if is_certain(frame))
    if frames and not certain and found.severity is Severity.ERROR:
        found = found._replace(level=Severity.WARNING)
    return found, certain or frames or (None,)


def _found(
    diagnostic: Diagnostic, frames: Iterable[Frame | None], expansion: Expansion, secrets: frozenset[str]
) -> FoundInExpansion:
    document = next((file.document for file in expansion.files if file.path == diagnostic.file), None)
    return FoundInExpansion(diagnostic, document, tuple(map(call_chain, frames)), expansion.files, secrets)
