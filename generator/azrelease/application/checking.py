"""Checking files as `check` does: which files and rules, with or without fixes, online findings and baselines."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from azrelease.application.release_files import find_releases, named_in_settings
from azrelease.catalog.task_lock import read_lock
from azrelease.errors import InvalidFileError, UserError
from azrelease.files import write_atomically
from azrelease.lint import FileReport, FileToCheck, Linter, LintOptions, LintSettings, check_files
from azrelease.lint.engine.discovery import find_targets, unchecked_folders
from azrelease.lint.engine.expanded_reports import with_expansions
from azrelease.lint.engine.file_recognition import is_base
from azrelease.lint.engine.fixing import Fixed, fix
from azrelease.lint.engine.generated_reports import at_releases
from azrelease.lint.engine.settings import check_codes, find_settings, read_settings
from azrelease.lint.facts.bash_programs import shellcheck as find_shellcheck
from azrelease.lint.rules import by_id
from azrelease.settings import is_settings_file
from azrelease.yaml_document import YamlDocument, read_file

if TYPE_CHECKING:
    from azrelease.application.service import ServiceOptions
    from azrelease.diagnostics import Diagnostic

Track = Callable[[Iterator[FileReport], int], Iterable[FileReport]]
"""Yields reports as they come, and may show how many of them there are."""


class Fixing(NamedTuple):
    """How findings are fixed.

    Attributes:
        unsafe: also with fixes that may change what the pipeline does.
        write: write the fixed files; otherwise their findings are reported as without fixing.
    """

    unsafe: bool = False
    write: bool = True


class Checked(NamedTuple):
    """What a check of files found.

    Attributes:
        reports: the findings, by file.
        unchecked: the paths that were given and hold nothing to check.
        unread: whether a file that was given could not be read.
        fixed: the files with what fixes make of them; empty where none were asked for.
    """

    reports: tuple[FileReport, ...]
    unchecked: tuple[Path, ...] = ()
    unread: bool = False
    fixed: tuple[Fixed, ...] = ()


def lint_settings(path: Path | None, select: Sequence[str], ignore: Sequence[str]) -> LintSettings:
    """The settings of a file or of the current folder, with options of the command line.

    Args:
        path: the settings file; None for that of the current folder or above.
        select: codes, names or beginnings of codes to look for, in place of those of the settings.
        ignore: those not to look for, besides those of the settings.

    Raises:
        UserError: the file cannot be used, or a code does not exist.
    """
    settings = read_settings(path) if path else find_settings(Path.cwd())
    settings = settings._replace(select=tuple(select) or settings.select, ignore=(*settings.ignore, *ignore))
    own = [word for entry in settings.per_path for word in (*entry.select, *entry.ignore, *entry.severity)]
    problems = check_codes((*settings.select, *settings.ignore, *settings.severity, *own), by_id())
    if problems:
        raise UserError("\n".join(dict.fromkeys(problems)))
    return settings


def lint_options(settings: LintSettings, today: date, *, shellcheck: bool | None = None) -> LintOptions:
    """How files are checked in the current folder.

    Args:
        settings: which rules to look for.
        today: the day that retirements are judged by.
        shellcheck: whether shellcheck checks scripts; None for what the settings say.

    Raises:
        UserError: shellcheck is not installed, or the lock file of tasks cannot be used.
    """
    program = None
    if settings.shellcheck if shellcheck is None else shellcheck:
        program = find_shellcheck()
        if program is None:
            raise UserError("shellcheck is not installed; `pip install azrelease[shell]` installs it")
    return LintOptions(settings, today, read_lock(Path.cwd()), program)


def check_paths(
    paths: Sequence[Path],
    options: LintOptions,
    *,
    skip_others: bool = False,
    fixing: Fixing | None = None,
    track: Track = lambda reports, _count: reports,
) -> Checked:
    """Check files, folders and patterns; without any, the current folder and the releases of the settings.

    Args:
        paths: what to check. A settings file, or a file that releases extend, means all releases.
        options: how to check.
        skip_others: pass over named files that are neither pipelines nor releases.
        fixing: how findings are fixed; None where they are only reported.
        track: shows progress.

    Raises:
        UserError: a path does not exist, a pattern matches nothing, or a fixed file cannot be written.
    """
    shared, own = _shared_and_own(paths)
    chosen = [*own, *_releases()] if shared else own if paths else [Path(), *_releases_elsewhere()]
    targets = find_targets(chosen, options.settings) if chosen else []
    if skip_others:
        targets = [target._replace(may_be_other=True) for target in targets]
    fixed: tuple[Fixed, ...] = ()
    if fixing is None:
        reports = tuple(track(check_files(targets, options), len(targets)))
    else:
        linter = Linter(options)
        results = [_fix_file(target, linter, fixing) for target in targets]
        reports = tuple(report for report, _ in results)
        fixed = tuple(each for _, each in results if each is not None)
        # The expansion of a pipeline depends on its templates, so it is checked when all files are fixed.
        later = Linter(options)
        reports = tuple(
            report._replace(expanded=later.check(target).expanded)
            for report, target in zip(reports, targets, strict=True)
        )
    named = {target.path for target in targets if target.is_certain}
    unread = any(not report.read and report.path in named for report in reports)
    unchecked = () if skip_others or shared else _unchecked(paths, reports)
    return Checked(with_expansions(reports, Linter(options)), unchecked, unread, fixed)


def check_text(raw: bytes, name: str, options: LintOptions, fixing: Fixing | None = None) -> Checked:
    """Check the bytes of a file that need not exist.

    Args:
        raw: the bytes.
        name: the path that findings and settings use for it.
        options: how to check.
        fixing: how findings are fixed; nothing is written.
    """
    target, linter = FileToCheck(name), Linter(options)
    if fixing is None:
        report = linter.check_bytes(raw, target, expand=True)
        return Checked(with_expansions([report], linter, {name: raw.decode("utf-8-sig", errors="replace")}))
    fixed = fix(raw, target, linter, unsafe=fixing.unsafe)
    return Checked((fixed.report,), fixed=(fixed,))


def final_reports(
    reports: Sequence[FileReport], options: LintOptions, service: "ServiceOptions | None" = None
) -> list[FileReport]:
    """Reports with each finding once, those in generated pipelines at the releases they are generated from.

    Args:
        reports: the reports.
        options: how files are checked.
        service: the project to ask about the releases; None to ask nothing.

    Raises:
        UserError: the service is to be asked, and there is no release among the files.
        ServiceError: the service does not answer, or refuses.
    """
    if service is not None:
        from azrelease.application.online_checking import with_online_findings

        reports = with_online_findings(reports, options, service)
    if len(reports) > 1:
        reports = at_releases(reports, Linter(options), _is_untouched)
    reported: set[Diagnostic] = set()
    result: list[FileReport] = []
    for report in reports:
        # A file that several releases extend is checked with each of them.
        new = tuple(finding for finding in report.findings if finding.diagnostic not in reported)
        reported.update(finding.diagnostic for finding in new)
        result.append(report._replace(findings=new))
    return result


def _is_untouched(text: str) -> bool:
    # Rendering is imported where a generated pipeline is met: it needs the model of a release.
    from azrelease.rendering.header import is_untouched

    return is_untouched(text)


def _fix_file(target: FileToCheck, linter: Linter, fixing: Fixing) -> tuple[FileReport, Fixed | None]:
    """The report on a file, and what fixes make of it; nothing where it cannot be read."""
    try:
        raw = read_file(target.path)
    except UserError:
        return linter.check(target), None
    fixed = fix(raw, target, linter, unsafe=fixing.unsafe)
    if not fixing.write:
        return linter.check_bytes(raw, target), fixed
    if fixed.after != fixed.before:
        write_atomically(Path(target.path), fixed.after)
    return fixed.report, fixed


def _unchecked(paths: Sequence[Path], reports: Sequence[FileReport]) -> tuple[Path, ...]:
    folders = unchecked_folders(paths, reports)
    if not any(report.checked for report in reports):
        return tuple(folders or paths or [Path()])
    return tuple(folders if paths else ())


def _shared_and_own(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The arguments that are settings or parts of releases, and the others."""
    shared = [path for path in paths if path.is_file() and (is_settings_file(path) or _is_base(path))]
    return shared, [path for path in paths if path not in shared and path.suffix != ".toml"]


def _is_base(path: Path) -> bool:
    try:
        return path.suffix in (".yml", ".yaml") and is_base(YamlDocument.read(path))
    except UserError:
        return False


def _releases() -> list[Path]:
    """The releases of the settings, or of this folder."""
    try:
        return find_releases([])
    except InvalidFileError:
        raise
    except UserError:
        return []


def _releases_elsewhere() -> list[Path]:
    """The releases that the settings name outside of the current folder."""
    here = Path.cwd().resolve()
    return [path for path in named_in_settings() if not path.resolve().is_relative_to(here)]
