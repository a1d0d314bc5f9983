"""The import of many definitions in one go: a folder of exports, or all of a project."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from azrelease.application.batch_sources import BatchSource, BatchSources
from azrelease.application.converting import file_stem
from azrelease.application.imported_file import (
    ImportedFile,
    ImportState,
    free_path,
    imported_files,
    write_together,
)
from azrelease.application.release_files import inherited_fields
from azrelease.catalog.task_lock import known_tasks
from azrelease.classic import (
    GroupKey,
    ImportResult,
    TaskGroupTemplate,
    group_key,
    import_definition,
    step_templates,
)
from azrelease.classic.json_node import path_text
from azrelease.diagnostics import PLAIN_SECRET, Diagnostic, Severity
from azrelease.errors import InvalidFileError, ServiceError, UserError
from azrelease.expansion import location_in, repository_root
from azrelease.release import Release, dump
from azrelease.release.plain_secrets import plain_secrets
from azrelease.report.batch_imports import BatchEntry, BatchOutcome, BatchReport, BatchTemplate, ImportDecision
from azrelease.report.losses import LossReport
from azrelease.settings import find_settings_file, shared_defaults
from azrelease.templating import shipped_templates
from azrelease.templating.yaml_scalars import comment
from azrelease.yaml_document import YamlDocument

if TYPE_CHECKING:
    from azrelease.catalog.tasks import Tasks

_ACCEPT = "--accept-loss writes the release without it"
_FORCE = "--force replaces the file"
_RELEASES = "*.release.yml"
_TEMPLATES = "task-groups"
"""The folder of the templates of task groups, beside the releases."""


class BatchResult(NamedTuple):
    """What an import of many definitions did, and the warnings about the releases it wrote."""

    report: BatchReport
    warnings: tuple[str, ...]


Track = Callable[[Sequence[BatchSource]], Iterable[BatchSource]]
"""Yields definitions one by one, and may show how far it is."""


def import_batch(
    sources: BatchSources,
    output: Path,
    *,
    accept_loss: bool = False,
    force: bool = False,
    track: Track = lambda sources: sources,
) -> BatchResult:
    """Write a release file for each definition. What an earlier run has written stays, and is not written again.

    Args:
        sources: the definitions.
        output: the folder of the releases.
        accept_loss: write releases though a control of their definition is lost.
        force: write over files that were edited by hand, or that no import wrote.
        track: shows progress.

    Raises:
        UserError: the output cannot be used.
    """
    if output.exists() and not output.is_dir():
        raise UserError(f"{output.as_posix()}: is a file; --all writes into a folder")
    batch = _Batch(sources, output, accept_loss=accept_loss, force=force)
    entries = [batch.entry(source) for source in track(sources.definitions)]
    entries += [
        BatchEntry(name, "", BatchOutcome.STOPPED, decisions=(ImportDecision(mistake),))
        for name, mistake in sources.broken
    ]
    report = BatchReport(tuple(entries), tuple(batch.used_templates(entries)), sources.others)
    return BatchResult(report, tuple(batch.warnings))


class _Batch:
    """A run: what it knows, and the files that it has named so far."""

    def __init__(self, sources: BatchSources, output: Path, *, accept_loss: bool, force: bool) -> None:
        self._sources = sources
        self._output = output
        self._accept_loss = accept_loss
        self._force = force
        self._today: date = datetime.now(UTC).date()
        self._tasks: Tasks = known_tasks(Path.cwd())
        self._existing = imported_files(output, _RELEASES)
        self._taken = {path.name.casefold(): key for key, path in self._existing.items()}
        self.warnings: list[str] = []
        self._templates = self._step_templates()
        self._written_templates: set[str] = set()

    def entry(self, source: BatchSource) -> BatchEntry:
        """Import a definition: what became of it."""
        target = self._target(source)
        stopped = BatchEntry(source.name, source.title, BatchOutcome.STOPPED, target.as_posix())
        try:
            definition = source.read()
        except ServiceError as error:
            return stopped._replace(decisions=(ImportDecision(str(error)),))
        imported = import_definition(
            definition,
            today=self._today,
            names=self._sources.names,
            task_groups=self._sources.task_groups,
            tasks=self._tasks,
            step_templates=self._templates,
        )
        loss = LossReport(source.name, source.title, imported.report, None, imported.problems)
        decisions = tuple(_decisions(imported, accept_loss=self._accept_loss))
        stopped = stopped._replace(loss=loss, decisions=decisions)
        if imported.release is None:
            return stopped
        file = ImportedFile(target, source.key, source.key, dump(imported.release, brief=True))
        called = tuple(template for template in self._templates.values() if template.file in _called(imported.release))
        stopped = stopped._replace(templates=tuple(map(self._shown, called)))
        try:
            return self._written(file, stopped, called)
        except InvalidFileError as error:
            return stopped._replace(decisions=tuple(map(_invalid, error.diagnostics)))
        except UserError as error:
            return stopped._replace(decisions=(ImportDecision(str(error)),))

    def _written(self, file: ImportedFile, stopped: BatchEntry, called: Sequence[TaskGroupTemplate]) -> BatchEntry:
        """Write a release with the templates that it calls, unless they exist already.

        Raises:
            UserError: it cannot be written, or is not valid where it is.
        """
        state = file.state()
        # The loss of what was written before was accepted then.
        if stopped.decisions and state is not ImportState.CURRENT and (state is not ImportState.EDITED or self._force):
            return stopped
        loss = _with_output(stopped.loss, file.path)
        done = stopped._replace(outcome=BatchOutcome.UNCHANGED, decisions=(), loss=loss)
        states = {each: each.state() for each in (*map(self._template_file, called), file)}
        refused = [each for each, found in states.items() if found in (ImportState.CONFLICT, ImportState.FOREIGN)]
        if refused and not self._force:
            decisions = tuple(_refusal(each.path, states[each]) for each in refused)
            return stopped._replace(decisions=decisions)
        kept = (ImportState.CURRENT,) if self._force else (ImportState.CURRENT, ImportState.EDITED)
        missing = [each for each, found in states.items() if found not in kept]
        _refuse_secrets(each for each in missing if each is not file)
        warning = inherited_fields(file.text, file.path) if file in missing else ""
        write_together(missing)
        self.warnings += [warning] if warning else []
        self._written_templates |= {each.key for each in missing if each is not file}
        if file in missing:
            return done._replace(outcome=BatchOutcome.WRITTEN)
        return done._replace(is_edited=state is ImportState.EDITED)

    def used_templates(self, entries: Sequence[BatchEntry]) -> Iterator[BatchTemplate]:
        """The templates that releases call, and whether this run wrote them."""
        for template in self._templates.values():
            shown = self._shown(template)
            there = (each for each in entries if each.outcome is not BatchOutcome.STOPPED)
            callers = sum(shown in each.templates for each in there)
            file = self._template_file(template)
            outcome = BatchOutcome.WRITTEN if file.key in self._written_templates else BatchOutcome.UNCHANGED
            if callers:
                yield BatchTemplate(shown, template.title, outcome, callers, file.state() is ImportState.EDITED)

    def _step_templates(self) -> Mapping[GroupKey, TaskGroupTemplate]:
        """The templates of all task groups, each with the file that it has in every run."""
        existing = imported_files(self._output / _TEMPLATES, "*.yml")
        taken = {path.name.casefold(): key for key, path in existing.items()}
        groups = sorted(self._sources.task_groups, key=lambda group: (str(group.get("name")), group_key(group)))
        files: dict[GroupKey, str] = {}
        folder = _templates_folder(self._output)
        for group in groups:
            key = _template_key(group_key(group))
            path = existing.get(key)
            if path is None:
                stem = file_stem(str(group.get("name") or group_key(group)[0]))
                paths = (self._output / _TEMPLATES / f"{stem}{'' if n == 1 else f'-{n}'}.yml" for n in count(1))
                path = free_path(paths, key, taken)
            taken[path.name.casefold()] = key
            files[group_key(group)] = f"{folder}/{path.name}"
        return step_templates(groups, files, today=self._today, names=self._sources.names, tasks=self._tasks)

    def _template_file(self, template: TaskGroupTemplate) -> ImportedFile:
        source = f"the task group `{template.title}`, version {template.key[1]}"
        text = template.text(shipped_templates())
        return ImportedFile(self._path(template), source, _template_key(template.key), text)

    def _path(self, template: TaskGroupTemplate) -> Path:
        return self._output / _TEMPLATES / PurePosixPath(template.file).name

    def _shown(self, template: TaskGroupTemplate) -> str:
        return self._path(template).as_posix()

    def _target(self, source: BatchSource) -> Path:
        """The release file of a definition: the one that an earlier run wrote, else the first free one of its name."""
        key = comment(source.key)
        path = self._existing.get(key)
        if path is None:
            stem = file_stem(source.title)
            paths = (self._output / f"{stem}{'' if n == 1 else f'-{n}'}.release.yml" for n in count(1))
            path = free_path(paths, source.key, self._taken)
        self._taken[path.name.casefold()] = key
        return path


def _invalid(problem: Diagnostic) -> ImportDecision:
    what = f"{problem.file}:{problem.span.line}: {problem.message}"
    if problem.code is PLAIN_SECRET:
        return ImportDecision(what, "Make it a secret variable in the portal, and export the definition again.")
    advice = "The settings of the repository add fields to each release: change them, or choose another --output."
    return ImportDecision(what, advice)


def _refuse_secrets(templates: Iterable[ImportedFile]) -> None:
    """Refuse templates with secrets in plain text, as releases are refused.

    Raises:
        InvalidFileError: one has a secret.
    """
    for template in templates:
        document = YamlDocument.parse(template.text, template.path.as_posix())
        found = [each for each in plain_secrets(document) if each.severity is Severity.ERROR]
        if found:
            raise InvalidFileError(found, document.texts)


def _templates_folder(output: Path) -> str:
    """The folder of the templates as releases name it.

    It is beside the releases; where the settings have all releases extend a template, it is named from the top of the
    repository.
    """
    settings = find_settings_file(output)
    defaults = None if settings is None else shared_defaults(settings)
    names = () if defaults is None else (key.value for key, _ in defaults.value)
    if "pipeline_template" not in names:
        return _TEMPLATES
    return f"/{location_in(repository_root(output / _TEMPLATES), output / _TEMPLATES)}"


def _template_key(key: GroupKey) -> str:
    return f"{key[0]} {key[1]}"


def _called(release: Release) -> frozenset[str]:
    """The files of the templates that a release calls."""
    called = (task.called_template for stage in release.stages for _, task in stage.placed_tasks)
    return frozenset(template[0] for template in called if template is not None)


def _decisions(imported: ImportResult, *, accept_loss: bool) -> Iterator[ImportDecision]:
    """Why a definition is not written, each with what decides it."""
    for problem in imported.problems:
        yield ImportDecision(
            f"no valid release can be made of it: {problem}", "Correct it in the portal, and export it."
        )
    for entry in () if accept_loss else imported.report.lost_controls():
        first, *more = map(path_text, entry.paths)
        places = f"{first} (and {len(more)} more)" if more else first
        yield ImportDecision(f"{places}: {entry.feature.title}: {entry.message}", entry.feature.advice, _ACCEPT)


def _refusal(path: Path, state: ImportState) -> ImportDecision:
    shown = path.as_posix()
    if state is ImportState.CONFLICT:
        what = f"{shown}: was edited by hand, and the import makes something else of the definition now"
        return ImportDecision(what, "Make the change in the release, or discard what was edited.", _FORCE)
    return ImportDecision(f"{shown}: already exists, and no import wrote it", "Choose another --output.", _FORCE)


def _with_output(loss: LossReport | None, path: Path) -> LossReport | None:
    return None if loss is None else loss._replace(output=path.as_posix())
