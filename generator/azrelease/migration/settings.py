"""The settings of a v1 service: from its two files, and from the arguments of the command.

The name of a setting is that of the field of ModelDeploy, wherever the setting comes from.
"""

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.catalog.azure_ml_v1 import setting_fields
from azrelease.diagnostics import NO_COUNTERPART, Code, Diagnostic, Span
from azrelease.errors import UserError
from azrelease.release.fields import is_rooted
from azrelease.release.tasks.model_deploy import ModelDeploy
from azrelease.yaml_document import KEY, YamlDocument, YamlFloat, YamlInt

Route = tuple[str | int, ...]


class SourceLocation(NamedTuple):
    """A span of a file."""

    file: str
    span: Span

    def finding(self, code: Code, message: str, hint: str | None = None) -> Diagnostic:
        """A finding at the location."""
        return Diagnostic(code, message, self.file, self.span, hint)


class Setting(NamedTuple):
    """A setting of a service.

    Attributes:
        value: the text, which may contain macros.
        label: its name in the file, or that of the argument.
        location: where it comes from.
        base: the folder of the artifact that a path starts in.
    """

    value: str
    label: str
    location: SourceLocation
    base: str = "."

    @property
    def path(self) -> str:
        """The value as a path of the artifact."""
        return self.value if is_rooted(self.value) else posixpath.normpath(posixpath.join(self.base, self.value))

    @property
    def is_on(self) -> bool:
        """Whether a switch is on."""
        return self.value.lower() == "true"


Settings = Mapping[str, Setting]


class ServiceSettings(NamedTuple):
    """Settings, and findings about unknown ones."""

    settings: Settings
    findings: tuple[Diagnostic, ...]


NO_SETTINGS = frozenset(
    ("task", "name", "display_name", "condition", "continue_on_error", "timeout", "retries", "env", "enabled",
     "service_connection", "service", "working_directory", "deployment_config", "inference_config", "model",
     "model_metadata", "overwrite", "no_wait", "verbose", "tags", "properties")
)  # fmt: skip
"""Fields of ModelDeploy that are not settings of the service."""


def read_settings(task: ModelDeploy, location: SourceLocation, folder: Path) -> ServiceSettings:
    """All settings of a service; the arguments of the command override the files.

    Args:
        task: the completed task that deploys the service.
        location: the task in the release.
        folder: folder of this machine with the files of the artifact.

    Raises:
        InvalidFileError: a file of the service is not valid YAML.
        UserError: a file of the service is not readable.
    """
    settings: dict[str, Setting] = {}
    findings: list[Diagnostic] = []
    for path, fields in (
        (task.deployment_config, setting_fields("deployment_configuration")),
        (task.inference_config, setting_fields("inference_configuration")),
    ):
        document = None if path is None else _document(path, folder)
        if document is not None:
            findings += _read(document, fields, task.working_directory or ".", settings)
        elif path is not None:
            message = f"`{path}` does not exist here, so its settings are not migrated"
            hint = "Pass the folder with the files of the artifact with --files."
            findings.append(location.finding(NO_COUNTERPART, message, hint))
    for name in type(task).model_fields:
        value = getattr(task, name)
        if name not in NO_SETTINGS and value is not None:
            settings[name] = Setting(str(value), name, location)
    return ServiceSettings(settings, tuple(findings))


def _read(
    document: YamlDocument, fields: Mapping[str, str], base: str, settings: dict[str, Setting]
) -> Iterator[Diagnostic]:
    """Add the settings of a file; findings for those without a known counterpart."""
    hint = "Look it up, and add it to the new files."
    if not isinstance(document.data, dict):
        location = SourceLocation(document.path, document.span(()))
        yield location.finding(NO_COUNTERPART, "expected a mapping; nothing of it is migrated", hint)
    for route, value in _leaves(document.data):
        label = ".".join(map(str, route))
        name = fields.get(label.casefold())
        location = SourceLocation(document.path, document.span((*route, KEY)))
        if name is None:
            yield location.finding(NO_COUNTERPART, f"`{label}` has no known counterpart", hint)
        else:
            settings[name] = Setting(_text(value), label, location, base)


def local_path(path: str, folder: Path) -> Path | None:
    """A path of the artifact on this machine; None where the file does not exist."""
    if is_rooted(path) or "$" in path:
        return None
    here = folder / posixpath.normpath(path)
    return here if here.is_file() else None


def _document(path: str, folder: Path) -> YamlDocument | None:
    here = local_path(path, folder)
    try:
        return None if here is None else YamlDocument.read(here)
    except OSError as error:
        raise UserError(f"{here}: not readable: {error.strerror or error}") from error


def _leaves(data: Any, route: Route = ()) -> Iterator[tuple[Route, Any]]:  # noqa: ANN401  (any YAML)
    """All values with their routes; a list is one value."""
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*route, key))
        elif value not in (None, ""):
            yield (*route, key), value


def _text(value: Any) -> str:  # noqa: ANN401  (any YAML)
    if isinstance(value, YamlInt | YamlFloat):
        return value.text
    return str(value).lower() if isinstance(value, bool) else str(value)
