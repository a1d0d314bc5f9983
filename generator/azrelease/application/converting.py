"""Classic release definitions to release files, and back."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.application.input_text import STANDARD, read_text
from azrelease.application.release_files import inherited_fields
from azrelease.catalog.task_lock import known_tasks
from azrelease.catalog.tasks import Tasks
from azrelease.classic import (
    ImportResult,
    ResourceNames,
    export_release,
    import_definition,
    read_definitions,
    read_task_groups,
)
from azrelease.diagnostics import Diagnostic
from azrelease.errors import OverwriteError, UserError
from azrelease.files import write_atomically
from azrelease.registration import classic_release, connect, organization_url
from azrelease.release import LoadedRelease, dump, load_alone
from azrelease.report.losses import LossReport
from azrelease.templating import templates_for
from azrelease.yaml_document import YamlDocument


class ClassicSource(NamedTuple):
    """A classic definition, where it comes from, and what is known about it."""

    name: str
    definition: Mapping[str, Any]
    names: ResourceNames
    task_groups: tuple[Mapping[str, Any], ...]

    @property
    def title(self) -> str:
        """The name in the definition."""
        return str(self.definition.get("name") or "")


class Converted(NamedTuple):
    """What became of one release or definition.

    Attributes:
        report: what became of its parts, and the file that was written.
        stopped: why nothing was written; empty where something was.
        text: the result.
        warnings: the warnings about the result.
        inherited: what the defaults of the repository add to the release; empty where they add nothing.
    """

    report: LossReport
    stopped: str
    text: str = ""
    warnings: tuple[Diagnostic, ...] = ()
    inherited: str = ""


def definitions_in_files(files: Sequence[Path], names: Path | None, task_groups: Sequence[Path]) -> list[ClassicSource]:
    """The definitions in exported files.

    Args:
        files: the files; `-` is standard input.
        names: a JSON file with names for ids.
        task_groups: exported task groups.

    Raises:
        UserError: a file cannot be used.
    """
    known, groups = read_names(names), read_task_group_files(task_groups)
    named = [("standard input" if path == STANDARD else str(path), path) for path in files]
    return [
        ClassicSource(name, definition, known, tuple(groups))
        for name, path in named
        for definition in read_definitions(read_text(path), name)
    ]


def definition_in_project(
    definition: str, organization: str | None, project: str | None, names: Path | None, task_groups: Sequence[Path]
) -> ClassicSource:
    """A definition of a project, by its id or name.

    Raises:
        UserError: organization or project are not known, or there is no such definition.
        ServiceError: the service does not answer, or refuses.
    """
    known, groups = read_names(names), read_task_group_files(task_groups)
    address = organization_url(organization)
    project = project_name(project)
    source = classic_release(connect(address), project, definition)
    both = ResourceNames(*({**old, **new} for old, new in zip(ResourceNames(**source.names), known, strict=True)))
    return ClassicSource(f"{address} {project} {definition}", source.definition, both, (*groups, *source.task_groups))


def project_name(given: str | None) -> str:
    """A given project, or that of the running pipeline.

    Raises:
        UserError: there is neither.
    """
    project = given or os.environ.get("SYSTEM_TEAMPROJECT")
    if not project:
        raise UserError("the project is unknown: pass --project, or set SYSTEM_TEAMPROJECT")
    return project


def import_definitions(
    sources: Sequence[ClassicSource], output: Path | None, *, accept_loss: bool, force: bool
) -> list[Converted]:
    """Make a release file from each definition.

    Args:
        sources: the definitions.
        output: a file, or for several definitions a folder; `-` writes nothing; None for the current folder.
        accept_loss: write releases though a control of the definition is lost.
        force: write over existing files.

    Raises:
        OverwriteError: a file already exists; nothing was written.
        UserError: the output cannot take them, or cannot be written.
    """
    if len(sources) > 1 and output is not None and not output.is_dir():
        what = "--output - prints one release" if output == STANDARD else f"{output}: --output takes an existing folder"
        raise UserError(f"{what}, but there are {len(sources)} definitions")
    today, tasks = datetime.now(UTC).date(), known_tasks(Path.cwd())
    imports = [_import(source, today, tasks) for source in sources]
    stopped = [stopped_by(each, accept_loss=accept_loss) for each in imports]
    titles = [source.title for source, why in zip(sources, stopped, strict=True) if not why]
    targets = iter(_targets(titles, output, many=len(sources) > 1, force=force))
    result: list[Converted] = []
    for source, each, why in zip(sources, imports, stopped, strict=True):
        report = LossReport(source.name, source.title, each.report, None, each.problems)
        if why or each.release is None:
            result.append(Converted(report, why))
            continue
        target, text = next(targets), dump(each.release, brief=True)
        report = report._replace(output=target.as_posix())
        if target == STANDARD:
            warnings = load_alone(YamlDocument.parse(text, "release.yml")).warnings
            result.append(Converted(report, "", text, tuple(warnings)))
        else:
            inherited = inherited_fields(text, target)
            write_atomically(target, text)
            result.append(Converted(report, "", text, inherited=inherited))
    return result


def import_one(path: Path, *, accept_loss: bool) -> tuple[ImportResult, Converted]:
    """The release of the only definition in a file; nothing is written.

    Raises:
        UserError: the file cannot be used, or holds several definitions.
    """
    sources = definitions_in_files([path], None, ())
    if len(sources) != 1:
        raise UserError(f"{path}: expected one definition, got {len(sources)}")
    imported = _import(sources[0], datetime.now(UTC).date(), known_tasks(Path.cwd()))
    report = LossReport(str(path), sources[0].title, imported.report, None, imported.problems)
    return imported, Converted(report, stopped_by(imported, accept_loss=accept_loss))


def export(
    file: Path,
    loaded: LoadedRelease,
    output: Path | None,
    *,
    names: Path | None = None,
    portal: bool = False,
    accept_loss: bool = False,
    force: bool = False,
) -> Converted:
    """Make a classic definition from a release file.

    Args:
        file: the release file.
        loaded: the release in it.
        output: the file to write; `-` writes nothing; None for `<name>.json` beside the release.
        names: a JSON file with names for the ids that the service asks for.
        portal: write enumerations as integers, as the portal does.
        accept_loss: write the definition though a control of the release is lost.
        force: write over an existing file.

    Raises:
        OverwriteError: the file already exists.
        UserError: the names cannot be used, or the output is the release itself.
    """
    made = export_release(
        loaded.release,
        names=read_names(names),
        portal=portal,
        tasks=known_tasks(Path.cwd()),
        templates=templates_for(file),
    )
    target = output or file.with_name(f"{file_stem(loaded.release.name)}.json")
    if target != STANDARD and target.resolve() == file.resolve():
        raise UserError(f"{target}: is the release itself; choose another --output")
    report = LossReport(str(file), loaded.release.name, made.report, None)
    lost = made.report.lost_controls()
    if lost and not accept_loss:
        return Converted(report, f"{_controls(len(lost))} cannot be exported; nothing was written. Pass --accept-loss.")
    text = json.dumps(made.definition, ensure_ascii=False, indent=2) + "\n"
    if target != STANDARD:
        if target.exists() and not force:
            raise OverwriteError(_exists(target))
        write_atomically(target, text)
        report = report._replace(output=target.as_posix())
    return Converted(report, "", text, tuple(loaded.warnings))


def stopped_by(imported: ImportResult, *, accept_loss: bool) -> str:
    """Why nothing is written; empty where something is."""
    if imported.release is None:
        return "no release can be made of it; see the report"
    lost = imported.report.lost_controls()
    if not lost or accept_loss:
        return ""
    return f"{_controls(len(lost))} cannot be carried; nothing was written. See the report, or pass --accept-loss."


def _import(source: ClassicSource, today: date, tasks: Tasks) -> ImportResult:
    return import_definition(
        source.definition,
        today=today,
        names=source.names,
        task_groups=source.task_groups,
        tasks=tasks,
    )


def _targets(titles: Sequence[str], output: Path | None, *, many: bool, force: bool) -> list[Path]:
    """The release file for each definition.

    Raises:
        OverwriteError: one already exists, and `force` is off.
    """
    if not many:
        targets = [output / "release.yml" if output and output.is_dir() else output or Path("release.yml")]
    else:
        targets = []
        for title in titles:
            stem = file_stem(title)
            names = (f"{stem}{f'-{number}' if number > 1 else ''}.release.yml" for number in range(1, len(titles) + 2))
            targets.append(next(path for name in names if (path := (output or Path()) / name) not in targets))
    existing = [target for target in targets[: len(titles)] if target != STANDARD and target.exists()]
    if existing and not force:
        raise OverwriteError("\n".join(map(_exists, existing)))
    return targets


def file_stem(title: str) -> str:
    """A name as the beginning of the name of a file."""
    return re.sub(r"[^\w.-]+", "-", title).strip("-.") or "release"


def _exists(path: Path) -> str:
    return f"{path}: already exists; choose another --output, or replace it with --force"


def _controls(count: int) -> str:
    return f"{count} control{'s' if count != 1 else ''}"


def read_names(path: Path | None) -> ResourceNames:
    """Names for ids, from a JSON file.

    Raises:
        UserError: the file cannot be used.
    """
    return ResourceNames.parse(read_text(path), str(path)) if path else ResourceNames()


def read_task_group_files(paths: Sequence[Path]) -> list[Mapping[str, Any]]:
    """The task groups in exported files.

    Raises:
        UserError: a file cannot be used.
    """
    return [group for path in paths for group in read_task_groups(read_text(path), str(path))]
