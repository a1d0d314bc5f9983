"""Rendering releases, as `render` does."""

from collections.abc import Sequence
from pathlib import Path

from azrelease.application.loading import LoadedReleases
from azrelease.application.release_files import pipeline_path, source_name
from azrelease.errors import UserError
from azrelease.lowering import lower
from azrelease.rendering import GeneratedFile, render_pipeline
from azrelease.settings import misnamed_templates
from azrelease.templating import Templates, templates_for


def pipeline_paths(releases: Sequence[Path], output: Path | None = None) -> list[Path]:
    """Where each release is rendered to: a given file, or one beside the release.

    Raises:
        UserError: two releases are rendered to the same file, or one to a release.
    """
    targets = [output or pipeline_path(path) for path in releases]
    inputs = {path.resolve() for path in releases}
    sources: dict[Path, Path] = {}
    for path, target in zip(releases, targets, strict=True):
        if target.resolve() in inputs:
            raise UserError(f"{target}: is a release file; write its pipeline to another file")
        first = sources.setdefault(target.resolve(), path)
        if first != path:
            raise UserError(f"{first} and {path} would both be written to {target}; rename one to <name>.release.yml")
    return targets


def render_releases(
    loaded: LoadedReleases, targets: Sequence[Path], templates: Path | None = None
) -> tuple[GeneratedFile, ...]:
    """What releases are rendered to; nothing is written.

    Args:
        loaded: the releases.
        targets: where each is rendered to.
        templates: a folder of templates that replace the shipped ones; None for what the settings say.

    Raises:
        UserError: the folder has templates that replace none.
        TemplateError: a template cannot be used.
    """
    given = None if templates is None else _templates_in(templates)
    by_folder: dict[Path, Templates] = {}
    rendered: list[GeneratedFile] = []
    for path, release, target in zip(loaded.files, loaded.releases, targets, strict=True):
        chosen = given or by_folder.setdefault(path.parent, templates_for(path))
        text = render_pipeline(lower(release, chosen), source=source_name(path, target), templates=chosen)
        rendered.append(GeneratedFile(target, text))
    return tuple(rendered)


def _templates_in(folder: Path) -> Templates:
    chosen = Templates(folder)
    wrong = [f"{folder}: {misnamed.message}. {misnamed.hint}" for misnamed in misnamed_templates(folder)]
    if wrong:
        raise UserError("\n".join(wrong))
    return chosen
