"""Loading several releases at once: all that is wrong in all of them is reported together."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from azrelease.diagnostics import Diagnostic, Severity
from azrelease.errors import InvalidFileError
from azrelease.release import LoadedRelease, Release, load

Item = TypeVar("Item")
Track = Callable[[Sequence[Item]], Iterable[Item]]
"""Yields items one by one, and may show how far it is."""


class LoadedReleases(NamedTuple):
    """Release files with what they hold, in the order of the files."""

    files: tuple[Path, ...]
    loaded: tuple[LoadedRelease, ...]

    @property
    def releases(self) -> tuple[Release, ...]:
        """The releases."""
        return tuple(each.release for each in self.loaded)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings about all of them."""
        return tuple(warning for each in self.loaded for warning in each.warnings)

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts of all files that the warnings are about, by path."""
        return {path: text for each in self.loaded for path, text in each.document.texts.items()}

    @property
    def base_files(self) -> tuple[Path, ...]:
        """The files that the releases extend."""
        documents = [each.document for each in self.loaded]
        return tuple(dict.fromkeys(Path(path) for d in documents for path in d.texts if path != d.path))


def load_releases(
    files: Sequence[Path],
    consequence: str = "",
    track: "Track[Path]" = iter,
    *,
    pipelines: Sequence[Path] | None = None,
) -> LoadedReleases:
    """Load release files, and check what they give to templates that can be read.

    Args:
        files: the files, as `find_releases` finds them.
        consequence: what follows when one of them cannot be used, for the message: "nothing was written".
        track: shows progress.
        pipelines: the file that each is rendered to; None for one beside each.

    Raises:
        InvalidFileError: releases cannot be used; it holds the problems and warnings of all of them.
        UserError: a file cannot be read.
    """
    loaded: list[LoadedRelease] = []
    diagnostics: list[Diagnostic] = []
    texts: dict[str, str] = {}
    targets = dict(zip(files, pipelines or (), strict=False))
    for path in track(files):
        try:
            release = _with_templates(load(path), targets.get(path))
        except InvalidFileError as error:
            diagnostics += error.diagnostics
            texts.update(error.texts)
            continue
        loaded.append(release)
        diagnostics += release.warnings
        texts.update(release.document.texts)
    failed = len(files) - len(loaded)
    if failed:
        summary = f"{failed} of {len(files)} releases cannot be used"
        raise InvalidFileError(diagnostics, texts, f"{summary}; {consequence}" if consequence else summary)
    return LoadedReleases(tuple(files), tuple(loaded))


def _with_templates(loaded: LoadedRelease, pipeline: Path | None) -> LoadedRelease:
    """A release with the warnings about its templates.

    Raises:
        InvalidFileError: a template does not take what the release gives it.
    """
    found = tuple(_template_findings(loaded, pipeline))
    if any(each.severity is Severity.ERROR for each in found):
        raise InvalidFileError((*loaded.warnings, *found), loaded.document.texts)
    return loaded._replace(warnings=(*loaded.warnings, *found))


def _template_findings(loaded: LoadedRelease, pipeline: Path | None) -> Iterator[Diagnostic]:
    release = loaded.release
    tasks = (task for stage in release.stages for _, task in stage.placed_tasks)
    if release.pipeline_template is None and not any(task.called_template for task in tasks):
        return
    # The reader of templates is imported only for a release that has any.
    from azrelease.lint.facts.release_templates import template_findings
    from azrelease.settings import find_settings_file, repository_folders

    settings = find_settings_file(Path(loaded.document.path).parent)
    repositories = {} if settings is None else repository_folders(settings)
    yield from template_findings(loaded, repositories, pipeline)
