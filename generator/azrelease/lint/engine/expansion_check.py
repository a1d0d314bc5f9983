"""Checks what the service makes of a pipeline: the rules on its expansion, and what the expansion refuses."""

import os
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from azrelease.diagnostics import (
    EXPANSION_LIMIT,
    FAILED_EVALUATION,
    KEY_CASING,
    MISSING_TEMPLATE,
    TEMPLATE_CYCLE,
    WRONG_TEMPLATE,
    WRONG_TYPE,
    CallChain,
    CallSite,
    Diagnostic,
    Severity,
)
from azrelease.errors import PluginError, UserError
from azrelease.expansion import (
    SELF,
    ConditionBranch,
    ExpandedDocument,
    Expansion,
    ExpansionProblem,
    ExpansionRequest,
    FolderFiles,
    Frame,
    SourceFile,
    TemplateCall,
    expand_source,
    expanded_document,
    repository_root,
)
from azrelease.lint.engine.call_chains import call_chain, united
from azrelease.lint.engine.reports import ExpandedFinding
from azrelease.lint.expanded_file import ExpandedFile
from azrelease.lint.facts.expressions import TEMPLATE
from azrelease.lint.facts.parsed_files import ParsedFiles
from azrelease.lint.facts.templates import Reach
from azrelease.lint.linted_file import LintContext, LintedFile
from azrelease.lint.rule import Check, Rule
from azrelease.lint.rules.references.undeclared_parameter import RULE as UNDECLARED_PARAMETER
from azrelease.redaction import RedactedText, is_secret, mask_values
from azrelease.syntax import FileKind
from azrelease.yaml_document import YamlDocument

_MOST_KEPT = 64
_USUAL_NAME = "azure-pipelines"
"""The beginning of the name that the service gives to a new pipeline."""

_OWN_VARIABLE = re.compile(r"variables\s*(?:\.\s*\w+|\[\s*'[^'.]*'\s*\]|\[\s*[^'\s])", re.IGNORECASE)
"""A variable without a dot in its name, as predefined ones have, or with a computed name."""

_EVERY_RUN = ExpansionRequest(are_parameters_unknown=True)
_USUAL_RUN = ExpansionRequest()
_ALONE = ExpansionRequest(are_parameters_unknown=True, is_part=True)


class _Found(NamedTuple):
    """A finding at its file.

    Attributes:
        document: that file; None for one that cannot be parsed.
        calls: the calls and loops of the places that it is found at.
        files: all files of the pipeline.
        secrets: the texts that are secrets by the name of what they are the value of.
    """

    diagnostic: Diagnostic
    document: YamlDocument | None
    calls: tuple[CallChain, ...]
    files: tuple[SourceFile, ...]
    secrets: frozenset[str]


class ExpansionCheck:
    """Checks the expansions of files. What a single file shows of itself is left to the check of that file.

    Args:
        context: what all files of a run share.
        parsed: parses files.
        rules: all rules.
        codes: the codes that are selected for a path.
    """

    def __init__(
        self,
        context: LintContext,
        parsed: ParsedFiles,
        rules: Sequence[Rule],
        codes: Callable[[str], frozenset[str]],
    ) -> None:
        self._context = context
        self._parsed = parsed
        self._codes = codes
        self._of_file = {rule.code.id: rule.check for rule in rules if rule.check is not None}
        of_expansion = [rule for rule in rules if rule.check is not None and not rule.of_text]
        self._of_expansion = _checks(of_expansion)
        self._failing = _checks(
            rule for rule in of_expansion if rule.code.severity is Severity.ERROR and not rule.of_every_run
        )
        self._folders: dict[tuple[Path, bool], FolderFiles] = {}
        self._own: OrderedDict[tuple[str, str], frozenset[int]] = OrderedDict()

    def findings(self, file: LintedFile, own: Sequence[Diagnostic]) -> tuple[ExpandedFinding, ...]:
        """What the expansion of a file shows and the file itself does not, each finding at its file, with the calls.

        Args:
            file: the file.
            own: everything that was found in the file itself.
        """
        has_templates = any(use.reach is Reach.FOUND for use in file.template_uses)
        if not has_templates and not _has_known_values(file):
            return ()
        kind = _kind(file)
        if kind is FileKind.TEMPLATE and not has_templates:
            return ()
        found: list[_Found] = []
        try:
            for request in _requests(file, kind, has_templates=has_templates):
                found += self._of_request(file, request, kind)
        except PluginError:
            raise
        except UserError:
            return ()  # a template that cannot be read, which is a finding where that file is checked
        return tuple(self._united(found, file, own))

    def _of_request(self, file: LintedFile, request: ExpansionRequest, kind: FileKind) -> Iterator[_Found]:
        expansion = self._expansion(file.document, request)
        document = expanded_document(expansion)
        expanded = ExpandedFile(document, self._context, kind)
        secrets = frozenset(value.value for name, value in expanded.settings if is_secret(name, value.value))
        for problem in self._problems(file, expansion, request):
            yield _found(*_of_problem(problem), expansion, secrets)
        # What only the usual values of parameters make suspect, another run may need.
        is_usual = request is _USUAL_RUN and bool(file.parameters)
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
            # Outside of a repository, the top folder that a path begins at is a guess.
            if code is MISSING_TEMPLATE and not in_repository:
                continue
            # A limit is not that of a run where both branches of a condition are expanded.
            if code is TEMPLATE_CYCLE and not any(map(_is_certain, problem.frames)):
                continue
            if code is EXPANSION_LIMIT and (has_cycle or request is not _USUAL_RUN):
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
        yield from (found for found in file.problems if found.code is not KEY_CASING)
        for code, check in checks:
            if code in selected:
                yield from check(file)

    def _expansion(self, document: YamlDocument, request: ExpansionRequest) -> Expansion:
        path = Path(document.path)
        root = repository_root(path)
        key = root, path.is_absolute()
        if key not in self._folders:
            self._folders[key] = _NamedFolder(root, is_absolute=path.is_absolute())
        location = Path(os.path.relpath(os.path.realpath(path), os.path.realpath(root))).as_posix()
        source = SourceFile(document.path, SELF, location, document)
        checkouts = {SELF: self._folders[key]}
        return expand_source(source, checkouts, request, parse=self._parsed.decode, checks_schema=False)

    def _united(
        self, found: Iterable[_Found], file: LintedFile, own: Sequence[Diagnostic]
    ) -> Iterator[ExpandedFinding]:
        """Equal findings as one, without secrets, and without those that the file itself has."""
        masks: dict[str, RedactedText] = {}
        for equal in _equal(found):
            first = equal[0]
            is_of_file = self._is_known(first, file, own)
            if is_of_file and (first.diagnostic.file == file.path or first.diagnostic.severity is not Severity.ERROR):
                continue
            files = {source.path: source.document for each in equal for source in each.files}
            for path in files.keys() - masks.keys():
                masks[path] = RedactedText(files[path].text, (), files[path].root)
            secrets = frozenset[str]().union(*(each.secrets for each in equal))
            diagnostic = worst([each.diagnostic for each in equal])._replace(
                calls=united(chain for each in equal for chain in each.calls if chain)
            )
            yield ExpandedFinding(_Mask([masks[path] for path in files], secrets).diagnostic(diagnostic), is_of_file)

    def _is_known(self, found: _Found, file: LintedFile, own: Sequence[Diagnostic]) -> bool:
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
        self._shown = str(folder) if is_absolute else os.path.relpath(folder)

    def path(self, location: str) -> str:
        """The path of a file."""
        return os.path.normpath(f"{self._shown}{os.sep}{location}")


def _has_known_values(file: LintedFile) -> bool:
    """Whether an expression of a file may have a value before the run: it reads more than predefined variables."""
    if "${{" not in file.document.text:
        return False
    texts = (expression.text for expression in file.expressions if expression.usage == TEMPLATE)
    return any("variables" not in text.casefold() or _OWN_VARIABLE.search(text) for text in texts)


def _kind(file: LintedFile) -> FileKind:
    """Pipeline or template, as far as the file, its name and the files around it show."""
    if file.kind is not FileKind.EITHER:
        return file.kind
    is_usual = Path(file.path).name.casefold().startswith(_USUAL_NAME) and "template" not in file.path.casefold()
    if (file.is_part and not is_usual) or file.is_included:
        return FileKind.TEMPLATE
    return FileKind.PIPELINE if is_usual else FileKind.EITHER


def _requests(file: LintedFile, kind: FileKind, *, has_templates: bool) -> tuple[ExpansionRequest, ...]:
    """What to expand a file with: nothing that a run may set otherwise, and the usual values of a pipeline."""
    if kind is not FileKind.PIPELINE:
        return (_ALONE,)
    if not file.parameters:
        return (_USUAL_RUN,)
    return (_EVERY_RUN, _USUAL_RUN) if has_templates else (_USUAL_RUN,)


def _at_file(found: Diagnostic, document: ExpandedDocument) -> tuple[Diagnostic, tuple[Frame | None]]:
    located = document.located(found)
    return located.diagnostic, (located.frame,)


def _of_problem(problem: ExpansionProblem) -> tuple[Diagnostic, Sequence[Frame | None]]:
    """A problem of the expansion; a warning where it is only in branches that the run may not take."""
    found, frames = problem
    certain = tuple(frame for frame in frames if _is_certain(frame))
    if frames and not certain and found.severity is Severity.ERROR:
        found = found._replace(level=Severity.WARNING)
    return found, certain or frames or (None,)


def chain_of(frame: Frame | None) -> Iterator[Frame]:
    """A call, loop or condition, and those around it."""
    while frame is not None:
        yield frame
        frame = frame.at.frame


def _is_certain(frame: Frame) -> bool:
    return not any(isinstance(around, ConditionBranch) and not around.is_known for around in chain_of(frame))


def _found(
    diagnostic: Diagnostic, frames: Iterable[Frame | None], expansion: Expansion, secrets: frozenset[str]
) -> _Found:
    document = next((file.document for file in expansion.files if file.path == diagnostic.file), None)
    return _Found(diagnostic, document, tuple(map(call_chain, frames)), expansion.files, secrets)


def _equal(found: Iterable[_Found]) -> Iterable[list[_Found]]:
    """Findings that are equal but for their calls."""
    by_place: dict[tuple[object, ...], list[_Found]] = {}
    refused: dict[tuple[object, ...], str] = {}
    for each in found:
        diagnostic = each.diagnostic
        # What is refused in a file leaves a pipeline that the schema refuses there again.
        first = refused.setdefault((diagnostic.code, diagnostic.file, diagnostic.span.line), diagnostic.message)
        if diagnostic.code is WRONG_TYPE and first != diagnostic.message:
            continue
        by_place.setdefault((diagnostic.code, diagnostic.file, diagnostic.span, diagnostic.message), []).append(each)
    return by_place.values()


def worst(equal: Sequence[Diagnostic]) -> Diagnostic:
    """The most severe of findings that are equal otherwise."""
    order = list(Severity)
    return min(equal, key=lambda found: (order.index(found.severity), found.hint or ""))


class _Mask:
    """Masks the secrets of all files of a pipeline: arguments bring them from one file to another."""

    def __init__(self, files: Sequence[RedactedText], secrets: frozenset[str]) -> None:
        self._files = files
        self._secrets = secrets

    def diagnostic(self, found: Diagnostic) -> Diagnostic:
        """A finding without secrets."""
        calls = tuple(tuple(self._site(site) for site in chain) for chain in found.calls)
        hint = found.hint and self._text(found.hint)
        return found._replace(message=self._text(found.message), hint=hint, calls=calls)

    def _site(self, site: CallSite) -> CallSite:
        return site._replace(arguments=tuple((name, self._text(value)) for name, value in site.arguments))

    def _text(self, text: str) -> str:
        text = mask_values(text, self._secrets)
        for file in self._files:
            text = file.message(text)
        return text
