"""What is known before a run, from the options of `expand`: parameters, variables, and other repositories."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from azrelease.application.release_files import find_releases, pipeline_path
from azrelease.errors import UserError
from azrelease.expansion import SELF, ExpansionRequest, SourceFile, yaml_text
from azrelease.expansion.literals import literal
from azrelease.settings import find_settings_file, repository_folders
from azrelease.yaml_document import YamlDocument, scalar_value

USUAL_PIPELINE = Path("azure-pipelines.yml")


def pipeline_files(given: Sequence[Path]) -> list[Path]:
    """The given files, else azure-pipelines.yml here, else the pipelines of the releases of the settings.

    Raises:
        UserError: none is given, and there is none to find; or one does not exist.
    """
    for path in given:
        if path.is_dir():
            raise UserError(f"{path}: is a folder; name the file of a pipeline")
        if not path.exists():
            raise UserError(f"{path}: no such file")
    if given:
        return list(given)
    if USUAL_PIPELINE.is_file():
        return [USUAL_PIPELINE]
    found = [path for path in map(pipeline_path, _releases()) if path.is_file()]
    if not found:
        raise UserError(f"no {USUAL_PIPELINE} here, and no release with a rendered pipeline: name the file")
    return found


def pipeline_file(given: Sequence[Path]) -> Path:
    """The one file of `pipeline_files`.

    Raises:
        UserError: as for `pipeline_files`, or there are several.
    """
    found = pipeline_files(given)
    if len(found) > 1:
        names = ", ".join(path.as_posix() for path in found[:5])
        raise UserError(f"one pipeline is expanded, but there are {len(found)}: {names}; name one of them")
    return found[0]


def expansion_request(
    parameters: Sequence[str] = (),
    parameters_file: Path | None = None,
    variables: Sequence[str] = (),
    repositories: Sequence[str] = (),
) -> ExpansionRequest:
    """What is known before the run.

    Args:
        parameters: `NAME=VALUE`; lists and mappings as YAML or JSON.
        parameters_file: a YAML or JSON mapping of parameters; `parameters` go before it.
        variables: `NAME=VALUE`.
        repositories: `ALIAS=FOLDER`, before those of the settings.

    Raises:
        UserError: one of them cannot be used.
        InvalidFileError: the file of parameters or the settings cannot be used.
    """
    texts = {} if parameters_file is None else parameters_of(YamlDocument.read(parameters_file))
    for each in parameters:
        name, value = _pair(each, "--parameter", "NAME=VALUE")
        texts = {other: text for other, text in texts.items() if other.casefold() != name.casefold()} | {name: value}
    return ExpansionRequest(
        parameters=texts,
        variables=dict(_pair(each, "--variable", "NAME=VALUE") for each in variables),
        repositories=_repositories(repositories),
    )


def absent_repositories() -> dict[str, Path]:
    """The repositories of the settings whose folders do not exist here, by alias: their templates are unknown."""
    return {alias: folder for alias, folder in _folders_of_settings().items() if not folder.is_dir()}


def parameters_of(document: YamlDocument) -> dict[str, str]:
    """The parameters of a YAML mapping as the texts that `ExpansionRequest` takes.

    Raises:
        UserError: it is not a mapping of names.
    """
    root = document.root
    if not isinstance(root, yaml.MappingNode):
        raise UserError(f"{document.path}: must be a mapping of parameters, `image: ubuntu-24.04`")
    return texts_of(root, document)


def texts_of(mapping: yaml.MappingNode, document: YamlDocument) -> dict[str, str]:
    """The entries of a mapping as texts: a scalar as it is written, a list or mapping as YAML."""
    return {key.value: _text(value, document) for key, value in mapping.value if isinstance(key, yaml.ScalarNode)}


def texts_of_values(values: Mapping[str, object], what: str) -> dict[str, str]:
    """Values of Python as texts: booleans as YAML has them, lists and mappings as YAML.

    Args:
        values: the values by name.
        what: what they are, for the message.

    Raises:
        UserError: a value has a type that YAML does not have.
    """
    try:
        return parameters_of(YamlDocument.parse(yaml.safe_dump(dict(values)), what))
    except yaml.YAMLError as error:
        raise UserError(f"{what}: {error}") from error


def _text(node: yaml.Node, document: YamlDocument) -> str:
    if isinstance(node, yaml.ScalarNode):
        return "" if scalar_value(node) is None else str(node.value)
    return yaml_text(literal(node, SourceFile(document.path, SELF, document.path, document)))


def _repositories(given: Sequence[str]) -> dict[str, Path]:
    absent = absent_repositories()
    found = {alias: folder for alias, folder in _folders_of_settings().items() if alias not in absent}
    for each in given:
        alias, folder = _pair(each, "--repository", "ALIAS=FOLDER")
        found = {other: path for other, path in found.items() if other.casefold() != alias.casefold()}
        found[alias] = Path(folder)
    return found


def _folders_of_settings() -> dict[str, Path]:
    settings = find_settings_file(Path.cwd())
    return {} if settings is None else repository_folders(settings)


def _releases() -> list[Path]:
    try:
        return find_releases([])
    except UserError:
        return []


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UserError(f"{option} {text}: must be {form}")
    return name.strip(), value
