"""`check --online`: what the service says of releases, beside what the rules find here."""

from collections.abc import Sequence
from pathlib import Path

from azrelease.application.registering import release_to_register, yaml_path
from azrelease.application.release_files import source_name
from azrelease.application.service import ServiceOptions
from azrelease.catalog.task_lock import known_tasks
from azrelease.catalog.tasks import Tasks
from azrelease.errors import InvalidFileError, UserError
from azrelease.lint import FileReport, Linter, LintOptions
from azrelease.lint.engine.file_recognition import is_release
from azrelease.registration import Project, ProjectTarget
from azrelease.registration.online import YamlFile, online_findings
from azrelease.release import LoadedRelease, load_document
from azrelease.rendering import render_pipeline
from azrelease.templating import templates_for
from azrelease.yaml_document import YamlDocument


def with_online_findings(
    reports: Sequence[FileReport], options: LintOptions, service: ServiceOptions
) -> list[FileReport]:
    """Reports with what the service says of the releases among them.

    Raises:
        UserError: the reports are of no release, or organization and project are not known.
        ServiceError: the service does not answer, or refuses.
    """
    linter, tasks = Linter(options), known_tasks(Path.cwd())
    projects: dict[tuple[str, str], Project] = {}
    releases = [loaded for report in reports if report.checked for loaded in _releases(report.path)]
    if not releases:
        raise UserError("--online is for release files, and there is none among these files")
    online: list[FileReport] = []
    for path, loaded in releases:
        if loaded is None:
            continue
        target = service.target([path])
        key = (target.address, target.project)
        if key not in projects:
            projects[key] = service.connect(target)
        online += _online_reports(path, loaded, target, projects[key], linter, options, tasks)
    return _merged(reports, online)


def _releases(name: str) -> list[tuple[Path, LoadedRelease | None]]:
    """The release of a file, without its content where it cannot be used: the rules here report that."""
    path = Path(name)
    if not path.is_file():
        return []  # standard input
    try:
        document = YamlDocument.read(path)
        if not is_release(name, document):
            return []
    except InvalidFileError:
        return []
    try:
        return [(path, load_document(document))]
    except InvalidFileError:
        return [(path, None)]


def _online_reports(
    path: Path,
    loaded: LoadedRelease,
    target: ProjectTarget,
    project: Project,
    linter: Linter,
    options: LintOptions,
    tasks: Tasks,
) -> list[FileReport]:
    registered = release_to_register(path, loaded.release, target)
    place = yaml_path(path, registered.release, target)
    # Written out: the service does not have the step templates that the branch does not have yet.
    text = render_pipeline(registered.pipeline, source=source_name(path, place), templates=templates_for(path))
    yaml = YamlFile(place.as_posix(), text)
    registered = registered._replace(yaml=target.path_in_repository(place))
    findings = tuple(online_findings(project, registered, loaded.document, yaml, today=options.today, tasks=tasks))
    texts = {**loaded.document.texts, yaml.path: yaml.text}
    by_file = {name: [f for f in findings if f.file == name] for name in texts}
    return [
        linter.report_online(name, text, by_file[name])
        for name, text in texts.items()
        if by_file[name] or name == loaded.document.path
    ]


def _merged(reports: Sequence[FileReport], online: Sequence[FileReport]) -> list[FileReport]:
    """Reports with further findings about the same files added, and those about other files after them."""
    extra = {report.path: report for report in online}
    known = {report.path for report in reports}
    joined = [
        report._replace(findings=(*report.findings, *extra[report.path].findings), checked=True)
        if report.path in extra
        else report
        for report in reports
    ]
    return [*joined, *(report for path, report in extra.items() if path not in known)]
