"""`azrelease check`."""

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from azrelease.cli.output import has_colours, note, say, write_text
from azrelease.cli.plain_values import day_of
from azrelease.cli.progress import counted
from azrelease.cli.service_options import USUAL_TIMEOUT, Asked, Organization, ProjectName, Timeout
from azrelease.cli.verbosity import asked
from azrelease.errors import InvalidFileError, UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.diagnostics import Diagnostic
    from azrelease.lint import FileReport, FileToCheck, LintOptions, LintSettings

FOUND, UNREAD = 1, 2


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    AZURE = "azure"
    GITHUB = "github"
    MARKDOWN = "markdown"


class Level(StrEnum):
    """From which severity on findings make the exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files, folders or patterns; `-` for standard input. Default: this folder.", show_default=False
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print findings.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write to instead of printing.")] = None,
    select: Annotated[
        list[str] | None, typer.Option("--select", help="Look for these only: codes, names, or beginnings (AZR2).")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option("--ignore", help="Do not look for these.")] = None,
    fail_on: Annotated[
        Level, typer.Option("--fail-on", help="Exit code 1 for findings of this severity and worse.")
    ] = Level.WARNING,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what is safe to mend.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="Also mend what may change what the pipeline does.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and write nothing.")] = False,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="File of known findings, which are left out.")
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write all findings to the baseline, as known.")
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="Settings. Default: azrelease.toml or pyproject.toml here or above."),
    ] = None,
    shellcheck: Annotated[
        bool | None, typer.Option("--shellcheck/--no-shellcheck", help="Hand bash scripts to shellcheck.")
    ] = None,
    today: Annotated[
        str | None, typer.Option("--today", help="Day that retirements are judged by, as 2027-01-31. Default: today.")
    ] = None,
    skip_others: Annotated[
        bool,
        typer.Option("--skip-others", help="Pass over named files that are neither pipelines nor releases, for hooks."),
    ] = False,
    online: Annotated[
        bool,
        typer.Option("--online", help="Ask Azure DevOps as well: about the YAML of releases, and what they name."),
    ] = False,
    organization: Organization = None,
    project: ProjectName = None,
    timeout: Timeout = USUAL_TIMEOUT,
    stdin_name: Annotated[
        str, typer.Option("--stdin-filename", help="What standard input is called in findings and settings.")
    ] = "azure-pipelines.yml",
) -> None:
    """Find what is wrong in release files, pipelines and templates.

    Example: azrelease check azure-pipelines.yml --format sarif --output findings.sarif
    """
    from azrelease.lint.engine.settings import find_settings, read_settings

    settings = read_settings(config) if config else find_settings(Path.cwd())
    settings = settings._replace(
        select=_codes(select, "--select") or settings.select, ignore=(*settings.ignore, *_codes(ignore, "--ignore"))
    )
    _check_codes(settings)
    options = _options(settings, day_of(today), settings.shellcheck if shellcheck is None else shellcheck)
    known = baseline or (Path(settings.baseline) if settings.baseline else None)
    if update_baseline and known is None:
        raise UserError("--update-baseline needs a file: --baseline FILE, or `baseline` in the settings")
    incomplete = False
    mending = Mending(wanted=fix or unsafe_fixes, unsafe=unsafe_fixes, diff=diff)
    if [str(path) for path in paths or ()] == ["-"]:
        reports = _standard_input(stdin_name, options, mending)
        if reports is None:
            return
    else:
        reports, incomplete = _checked(paths or [], options, mending, skip_others=skip_others)
    if online or organization or project:
        from azrelease.cli.online_check import with_online

        reports = with_online(reports, options, Asked(organization, project, timeout) if online else None)
    reports = _each_once(_at_releases(reports, options))
    reports = _without_known(reports, known, update=update_baseline)
    text = _formatted(reports, form, colour=output is None and has_colours())
    if output is None:
        write_text(text)
    else:
        from azrelease.files import write_atomically

        write_atomically(output, text)
    if incomplete:
        raise typer.Exit(UNREAD)
    if _fails(reports, fail_on):
        raise typer.Exit(FOUND)


class Mending(NamedTuple):
    """Whether files are mended: with fixes that are not safe, too; or only shown what would change."""

    wanted: bool
    unsafe: bool
    diff: bool


def _checked(
    paths: list[Path], options: "LintOptions", mending: Mending, *, skip_others: bool
) -> "tuple[list[FileReport], bool]":
    """The reports on files, and whether something that was named could not be looked at."""
    from azrelease.lint.engine.discovery import find_targets

    shared, own = _shared_and_own(paths)
    looked_at = [*own, *_releases()] if shared else own if paths else [Path(), *_elsewhere()]
    targets = find_targets(looked_at, options.settings) if looked_at else []
    if skip_others:
        targets = [target._replace(named=False) for target in targets]
    if mending.wanted or mending.diff:
        reports = _fixed(targets, options, mending)
    else:
        from azrelease.lint import check_files

        reports = list(counted(check_files(targets, options), len(targets), "files"))
    named = {target.path for target in targets if target.named}
    unread = any(not report.read and report.path in named for report in reports)
    unlooked = not (skip_others or shared) and _warn_where_nothing_was_checked(paths, reports)
    return reports, unread or unlooked


def _warn_where_nothing_was_checked(paths: list[Path], reports: "Sequence[FileReport]") -> bool:
    """Say where nothing was checked; returns whether a path that was given is among these."""
    from azrelease.lint.engine.discovery import unchecked_folders
    from azrelease.report.log_sanitizer import sanitized_line

    folders = unchecked_folders(paths, reports)
    if not any(report.checked for report in reports):
        folders = folders or paths or [Path()]
    elif not paths:
        return False
    for folder in folders:
        where = "this folder" if folder == Path() else sanitized_line(str(folder))
        say(f"warning: {where}: nothing to check; no pipeline, template or release, or git ignores them", error=True)
    return bool(folders and paths)


def _shared_and_own(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """The arguments that are settings or parts of releases, and the others.

    What releases share is checked with each of them.
    """
    from azrelease.settings import is_settings_file

    shared = [path for path in paths if path.is_file() and (is_settings_file(path) or _is_base(path))]
    return shared, [path for path in paths if path not in shared and path.suffix != ".toml"]


def _is_base(path: Path) -> bool:
    from azrelease.lint.engine.file_recognition import is_base
    from azrelease.yaml_document import YamlDocument

    try:
        return path.suffix in (".yml", ".yaml") and is_base(YamlDocument.read(path))
    except UserError:
        return False


def _releases() -> list[Path]:
    """The releases of the settings, or of this folder; none where there are none."""
    from azrelease.cli.release_files import find

    try:
        return find([])
    except InvalidFileError:
        raise
    except UserError:
        return []


def _elsewhere() -> list[Path]:
    """The releases that the settings name and that are not in this folder: a check of everything takes them, too."""
    from azrelease.cli.release_files import named_in_settings

    here = Path.cwd()
    return [path for path in named_in_settings() if not path.resolve().is_relative_to(here.resolve())]


def _codes(words: list[str] | None, option: str) -> tuple[str, ...]:
    """The codes of an option that may be given several times, and may list several with commas."""
    codes = tuple(code.strip() for word in words or () for code in word.split(",") if code.strip())
    if words and not codes:
        raise UserError(f"{option} needs codes or names of rules")
    return codes


def _check_codes(settings: "LintSettings") -> None:
    from azrelease.lint.engine.settings import check_codes
    from azrelease.lint.rules import by_id

    own = [word for entry in settings.per_path for word in (*entry.select, *entry.ignore, *entry.severity)]
    problems = check_codes((*settings.select, *settings.ignore, *settings.severity, *own), by_id())
    if problems:
        raise UserError("\n".join(dict.fromkeys(problems)))


def _options(settings: "LintSettings", today: date, shellcheck: bool) -> "LintOptions":
    from azrelease.catalog.task_lock import read_lock
    from azrelease.lint import LintOptions

    program = None
    if shellcheck:
        from azrelease.lint.facts.bash_programs import shellcheck as find

        program = find()
        if program is None:
            raise UserError("shellcheck is not installed; `pip install azrelease[shell]` brings it")
    return LintOptions(settings, today, read_lock(Path.cwd()), program)


def _fixed(targets: "Sequence[FileToCheck]", options: "LintOptions", mending: Mending) -> "list[FileReport]":
    from azrelease.files import write_atomically
    from azrelease.lint import Linter
    from azrelease.lint.engine.fixing import fix
    from azrelease.yaml_document import read_file

    linter = Linter(options)
    reports: list[FileReport] = []
    count = left_out = 0
    for target in targets:
        path = Path(target.path)
        try:
            raw = read_file(target.path)
        except UserError:
            reports.append(linter.check(target))
            continue
        found = fix(raw, target, linter, unsafe=mending.unsafe)
        left_out += found.left_out
        if mending.diff:
            write_text(_shown_difference(found.before, found.after, path.as_posix()))
            found = found._replace(report=linter.check_bytes(raw, target))
        elif found.after != found.before:
            write_atomically(path, found.after)
            count += found.fixes
        reports.append(found.report)
    if count:
        note(f"{count} finding{'' if count == 1 else 's'} fixed", error=True)
    if left_out:
        note(f"{left_out} fix{'' if left_out == 1 else 'es'} left out: they would lead to other findings", error=True)
    return reports


def _standard_input(name: str, options: "LintOptions", mending: Mending) -> "list[FileReport] | None":
    """Check what comes in; when mending, print the mended text instead of findings."""
    from azrelease.lint import FileToCheck, Linter
    from azrelease.lint.engine.fixing import fix

    raw = sys.stdin.buffer.read()
    linter, target = Linter(options), FileToCheck(name)
    if not (mending.wanted or mending.diff):
        return [linter.check_bytes(raw, target)]
    found = fix(raw, target, linter, unsafe=mending.unsafe)
    write_text(_shown_difference(found.before, found.after, name) if mending.diff else found.after)
    return None


def _shown_difference(before: str, after: str, name: str) -> str:
    """A difference to look at: without secrets, and without what an agent that prints it would act on."""
    from azrelease.redaction import redacted_difference
    from azrelease.report.log_sanitizer import sanitized_line, sanitized_lines

    shown = sanitized_line(name)
    return sanitized_lines(redacted_difference(before, after, shown, shown))


def _at_releases(reports: "list[FileReport]", options: "LintOptions") -> "list[FileReport]":
    """The reports, with what is found in generated pipelines reported at their releases, as nobody may edit those."""
    from azrelease.lint import Linter
    from azrelease.lint.engine.generated_reports import at_releases
    from azrelease.rendering.header import is_untouched

    return at_releases(reports, Linter(options), is_untouched) if len(reports) > 1 else reports


def _each_once(reports: "Sequence[FileReport]") -> "list[FileReport]":
    """The reports, without what was already said of a file that several releases are on top of."""
    said: set[Diagnostic] = set()
    found: list[FileReport] = []
    for report in reports:
        new = [f for f in report.findings if f.diagnostic not in said]
        said.update(f.diagnostic for f in new)
        found.append(report._replace(findings=tuple(new)))
    return found


def _without_known(reports: "list[FileReport]", path: Path | None, *, update: bool) -> "list[FileReport]":
    if path is None:
        return reports
    from azrelease.lint.engine.baseline import baseline_text, read_baseline, without_known

    if update:
        from azrelease.files import write_atomically

        write_atomically(path, baseline_text(reports, path))
        note(f"wrote {path}", error=True)
    return without_known(reports, read_baseline(path), path)


def _formatted(reports: "Sequence[FileReport]", form: Format, *, colour: bool) -> str:
    match form:
        case Format.TEXT:
            from azrelease.report.text import format_reports

            return format_reports(reports, colour=colour, counted=not asked.quiet)
        case Format.JSON:
            from azrelease.report.json_object import format_json

            return format_json(reports)
        case Format.SARIF:
            from azrelease.report.sarif import format_sarif

            return format_sarif(reports)
        case Format.JUNIT:
            from azrelease.report.junit import format_junit

            return format_junit(reports)
        case Format.AZURE:
            from azrelease.report.annotations import format_azure

            return format_azure(reports)
        case Format.GITHUB:
            from azrelease.report.annotations import format_github

            return format_github(reports)
        case Format.MARKDOWN:
            from azrelease.report.markdown import format_markdown

            return format_markdown(reports)


def _fails(reports: "Sequence[FileReport]", level: Level) -> bool:
    order = list(Level)
    worst = set(order[: order.index(level) + 1])
    return any(Level(diagnostic.severity) in worst for report in reports for diagnostic, _ in report.findings)
