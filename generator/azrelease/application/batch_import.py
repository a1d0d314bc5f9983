"""The import of many definitions in one go: a folder of exports, or all of a project."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from azrelease.application.converting import file_stem, project_name, read_names, read_task_group_files
from azrelease.application.imported_file import (
    ImportedFile,
    ImportState,
    free_path,
    imported_files,
    write_together,
)
from azrelease.application.input_text import read_text
from azrelease.application.release_files import inherited_fields
from azrelease.catalog.task_lock import known_tasks
from azrelease.classic import (
    GroupKey,
    ImportResult,
    ResourceNames,
    StepTemplate,
    group_key,
    import_definition,
    read_exported_file,
    step_templates,
)
from azrelease.classic.json_node import path_text
from azrelease.diagnostics import PLAIN_SECRET, Diagnostic, Severity
from azrelease.errors import InvalidFileError, ServiceError, UserError
from azrelease.registration import ClassicProject, connect, organization_url
from azrelease.release import Release, dump
from azrelease.release.plain_secrets import plain_secrets
from azrelease.report.batch_imports import BatchEntry, BatchOutcome, BatchReport, BatchTemplate, ImportDecision
from azrelease.report.losses import LossReport
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


class BatchSource(NamedTuple):
    """A definition to import.

    Attributes:
        key: what distinguishes it from all others, in each run.
        name: how it is called in the summary.
        title: its name.
        read: reads it.
    """

    key: str
    name: str
    title: str
    read: Callable[[], Mapping[str, Any]]


class BatchSources(NamedTuple):
    """All that is imported together.

    Attributes:
        definitions: the definitions.
        task_groups: the task groups that they may call.
        names: names for their ids.
        broken: files that were most likely meant to be definitions, each with what is wrong with it.
        others: files of other kinds, each with what it is.
    """

    definitions: tuple[BatchSource, ...]
    task_groups: tuple[Mapping[str, Any], ...]
    names: ResourceNames
    broken: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()


class BatchResult(NamedTuple):
    """What an import of many definitions did, and the warnings about the releases it wrote."""

    report: BatchReport
    warnings: tuple[str, ...]


Track = Callable[[Sequence[BatchSource]], Iterable[BatchSource]]
"""Yields definitions one by one, and may show how far it is."""


def sources_in_folders(
    paths: Sequence[Path], output: Path, names: Path | None, task_groups: Sequence[Path]
) -> BatchSources:
    """The definitions and task groups in exported files.

    Args:
        paths: folders, which are searched with the folders below them for `*.json`, or files.
        output: the folder that the releases are written to.
        names: a JSON file with names for ids.
        task_groups: further exported task groups.

    Raises:
        UserError: a path does not exist or cannot be read, or there is no definition.
    """
    named = {path.resolve() for path in (names, *task_groups) if path is not None}
    definitions: list[BatchSource] = []
    groups = [*read_task_group_files(task_groups)]
    broken: list[tuple[str, str]] = []
    others: list[str] = []
    for path in (file for file in _json_files(paths) if file.resolve() not in named):
        shown = path.as_posix()
        try:
            found = read_exported_file(read_text(path), shown)
        except UserError as error:
            broken.append((shown, str(error)))
            continue
        groups += found.task_groups
        for index, definition in enumerate(found.definitions):
            part = f"#{index + 1}" if len(found.definitions) > 1 else ""
            title = str(definition.get("name") or "")
            key = f"{_from(output, path)}{part}"
            definitions.append(BatchSource(key, f"{shown}{part}", title, partial(_same, definition)))
        if found.is_broken:
            broken.append((shown, found.mistake))
        elif found.mistake:
            others.append(found.mistake)
    if not definitions and not broken:
        where = ", ".join(path.as_posix() for path in paths)
        raise UserError(f"{where}: no release definition in any *.json; export them in the portal: Releases, …, Export")
    return BatchSources(tuple(definitions), tuple(groups), read_names(names), tuple(broken), tuple(others))


def sources_in_project(
    organization: str | None,
    project: str | None,
    definition: str | None,
    names: Path | None,
    task_groups: Sequence[Path],
) -> BatchSources:
    """The definitions of a project, each of which is read when it is imported.

    Args:
        organization: the address of the organization; None for that of the environment.
        project: the project; None for that of the environment.
        definition: the id or name of the only one to import; None for all.
        names: a JSON file with names for ids.
        task_groups: exported task groups.

    Raises:
        UserError: organization or project are not known, or there is no definition.
        ServiceError: the service does not answer, or refuses.
    """
    known, groups = read_names(names), read_task_group_files(task_groups)
    address, project = organization_url(organization), project_name(project)
    found = ClassicProject(connect(address), project)
    chosen = [
        (identifier, title)
        for identifier, title in found.definitions
        if definition is None or definition == identifier or definition.casefold() == title.casefold()
    ]
    if not chosen:
        which = "no release definition" if definition is None else f"no release definition `{definition}`"
        raise UserError(f"project {project} of {address} has {which}")
    definitions = (
        BatchSource(
            f"{address} {project} {identifier}", f"{project} {identifier}", title, partial(found.definition, identifier)
        )
        for identifier, title in chosen
    )
    names_by_id = ResourceNames(*({**old, **new} for old, new in zip(ResourceNames(**found.names), known, strict=True)))
    return BatchSources(tuple(definitions), (*groups, *found.task_groups), names_by_id)


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

    def _written(self, file: ImportedFile, stopped: BatchEntry, called: Sequence[StepTemplate]) -> BatchEntry:
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

    def _step_templates(self) -> Mapping[GroupKey, StepTemplate]:
        """The templates of all task groups, each with the file that it has in every run."""
        existing = imported_files(self._output / _TEMPLATES, "*.yml")
        taken = {path.name.casefold(): key for key, path in existing.items()}
        groups = sorted(self._sources.task_groups, key=lambda group: (str(group.get("name")), group_key(group)))
        files: dict[GroupKey, str] = {}
        for group in groups:
            key = _template_key(group_key(group))
            path = existing.get(key)
            if path is None:
                stem = file_stem(str(group.get("name") or group_key(group)[0]))
                paths = (self._output / _TEMPLATES / f"{stem}{'' if n == 1 else f'-{n}'}.yml" for n in count(1))
                path = free_path(paths, key, taken)
            taken[path.name.casefold()] = key
            files[group_key(group)] = f"{_TEMPLATES}/{path.name}"
        return step_templates(groups, files, today=self._today, names=self._sources.names, tasks=self._tasks)

    def _template_file(self, template: StepTemplate) -> ImportedFile:
        source = f"the task group `{template.title}`, version {template.key[1]}"
        text = template.text(shipped_templates())
        return ImportedFile(self._output / template.file, source, _template_key(template.key), text)

    def _shown(self, template: StepTemplate) -> str:
        return (self._output / template.file).as_posix()

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


def _same(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    return definition


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


def _json_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files, and the JSON files in the folders; hidden folders are passed over.

    Raises:
        UserError: a path does not exist, or a folder cannot be read.
    """
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise UserError(f"{path.as_posix()}: no such file or folder")
        for file in _below(path) if path.is_dir() else [path]:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _below(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise UserError(f"{error.filename}: cannot be read: {error.strerror}") from error

    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        yield from (Path(place) / name for name in sorted(files) if name.casefold().endswith(".json"))


def _from(output: Path, path: Path) -> str:
    """A file as seen from the folder of the releases; the same from wherever the import is started."""
    try:
        return Path(os.path.relpath(path, output)).as_posix()
    except ValueError:  # another drive on Windows
        return path.name
