"""`azrelease check --online`: what the service says of releases, beside what is found here."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from azrelease.cli.loss_reports import known_tasks
from azrelease.cli.progress import waiting
from azrelease.cli.release_files import source_name
from azrelease.cli.service_options import Asked, connected
from azrelease.errors import InvalidFileError, UserError

if TYPE_CHECKING:
    from azrelease.diagnostics import Diagnostic
    from azrelease.lint import FileReport, Linter, LintOptions
    from azrelease.registration import Project, ProjectTarget, ReleaseToRegister
    from azrelease.registration.online import YamlFile
    from azrelease.release import Release
    from azrelease.yaml_document import YamlDocument


def with_online(reports: "Sequence[FileReport]", options: "LintOptions", asked: Asked | None) -> "list[FileReport]":
    """Reports with what the service says of the releases among them.

    Raises:
        UserError: the service is not to be asked, but options say which; or there is no release among the files.
        ServiceError: the service does not answer, or does not allow to ask.
    """
    if asked is None:
        raise UserError("--organization and --project are for --online: say that, or leave them out")
    paths = [report.path for report in reports if report.checked]
    return _merged(reports, _online_reports(paths, options, asked))


def _online_reports(paths: Sequence[str], options: "LintOptions", asked: Asked) -> "list[FileReport]":
    """Reports of what the service says of the releases among files.

    Raises:
        UserError: there is no release among them, or organization and project are not known.
        ServiceError: the service does not answer, or does not allow to ask.
    """
    from azrelease.lint import Linter
    from azrelease.lint.engine.file_recognition import is_release
    from azrelease.registration import find_target
    from azrelease.registration.online import online_findings
    from azrelease.release import load_document
    from azrelease.yaml_document import YamlDocument

    linter = Linter(options)
    found: list[FileReport] = []
    tasks = known_tasks()
    there: dict[tuple[str, str], Project] = {}
    releases = 0
    for name in paths:
        path = Path(name)
        if not path.is_file():
            continue  # standard input
        try:
            document = YamlDocument.read(path)
            if not is_release(name, document):
                continue
            releases += 1
            loaded = load_document(document)
        except InvalidFileError:
            continue  # it is told what is wrong in it without the service
        target = find_target(asked.organization, asked.project, path.parent)
        key = (target.address, target.project)
        if key not in there:
            there[key] = connected(target, asked.timeout)
        wanted, yaml = _rendered(path, loaded.release.completed(), target)
        with waiting(f"asking {target.address} about {name}"):
            findings = list(
                online_findings(there[key], wanted, loaded.document, yaml, today=options.today, tasks=tasks)
            )
        found += _reports(linter, findings, loaded.document, yaml)
    if not releases:
        raise UserError("--online is for release files, and there is none among these files")
    return found


def _merged(reports: "Sequence[FileReport]", more: "Sequence[FileReport]") -> "list[FileReport]":
    """Reports with further findings about the same files put in, and those about others behind."""
    extra = {report.path: report for report in more}
    known = {report.path for report in reports}
    joined = [
        report._replace(findings=(*report.findings, *extra[report.path].findings), checked=True)
        if report.path in extra
        else report
        for report in reports
    ]
    return [*joined, *(report for path, report in extra.items() if path not in known)]


def _rendered(path: Path, release: "Release", target: "ProjectTarget") -> "tuple[ReleaseToRegister, YamlFile]":
    from azrelease.cli.registering import yaml_place
    from azrelease.lowering import lower
    from azrelease.registration import ReleaseToRegister
    from azrelease.registration.online import YamlFile
    from azrelease.rendering import render_pipeline
    from azrelease.templating import templates_for

    output = yaml_place(path, release, target)
    templates = templates_for(path)
    pipeline = lower(release, templates)
    text = render_pipeline(pipeline, source=source_name(path, output), templates=templates)
    file = target.path_in_repository(output)
    return ReleaseToRegister(path.as_posix(), release, pipeline, target.repository, file), YamlFile(
        output.as_posix(), text
    )


def _reports(
    linter: "Linter", findings: "Sequence[Diagnostic]", document: "YamlDocument", yaml: "YamlFile"
) -> "list[FileReport]":
    texts = {**document.texts, yaml.path: yaml.text}
    found = {path: [finding for finding in findings if finding.file == path] for path in texts}
    return [
        linter.report_online(path, text, found[path])
        for path, text in texts.items()
        if found[path] or path == document.path
    ]
