"""What `check` knows of a job: its model, on what the service makes of a pipeline."""

from pathlib import Path

from azrelease import catalog
from azrelease.errors import UserError
from azrelease.expansion import ExpansionRequest, expand_document, expanded_document
from azrelease.lint import LintOptions
from azrelease.lint.engine.expansion_requests import kind_of
from azrelease.lint.engine.file_recognition import is_base, is_release
from azrelease.lint.expanded_file import ExpandedFile
from azrelease.lint.facts.parsed_files import ParsedFiles
from azrelease.lint.facts.templates import TemplateLibrary
from azrelease.lint.linted_file import LintContext, LintedFile
from azrelease.lint.run_model import RunModel, job_names, run_models
from azrelease.suggestions import suggestion
from azrelease.syntax import FileKind
from azrelease.yaml_document import YamlDocument


def explained_run(path: Path, job: str, options: LintOptions) -> list[RunModel]:
    """The models of the jobs of a name in a pipeline, with the usual values of its parameters, or in a template.

    Raises:
        UserError: the file cannot be read, is a release, or has no such job.
        InvalidFileError: the file is not YAML.
    """
    document = YamlDocument.read(path)
    if is_release(str(path), document) or is_base(document):
        raise UserError(f"{path}: is a release; name the pipeline that `azrelease render` writes")
    tasks = catalog.BUILT_IN if options.tasks is None else catalog.Tasks(options.tasks)
    context = LintContext(options.today, TemplateLibrary(ParsedFiles()), tasks)
    file = LintedFile(document, context)
    kind = kind_of(file)
    is_part = kind is FileKind.TEMPLATE
    request = ExpansionRequest(are_parameters_unknown=is_part, is_part=is_part)
    expanded = ExpandedFile(expanded_document(expand_document(document, path, request)), context, kind)
    found = run_models(expanded, job)
    if not found:
        names = job_names(expanded)
        hint = suggestion(job, names) or (f"Its jobs are {', '.join(names)}." if names else "It has no jobs.")
        raise UserError(f"{path}: no job `{job}`. {hint}")
    return found
