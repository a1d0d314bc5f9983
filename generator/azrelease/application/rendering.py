"""Rendering releases, as `render` does."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from azrelease.application.layouts import rendered_files
from azrelease.application.loading import LoadedReleases
from azrelease.application.release_files import pipeline_path
from azrelease.catalog.step_templates import is_step_template
from azrelease.errors import UserError
from azrelease.lowering import lower
from azrelease.rendering import GeneratedFile, RenderedFiles, stands_alone
from azrelease.settings import LayoutName, misnamed_templates
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
    loaded: LoadedReleases, targets: Sequence[Path], templates: Path | None = None, layout: LayoutName | None = None
) -> dict[Path, RenderedFiles]:
    """What releases are rendered to, by release file; nothing is written.

    Args:
        loaded: the releases.
        targets: where each is rendered to.
        templates: a folder of templates that replace the shipped ones; None for what the settings say.
        layout: the layout; None for what the settings say.

    Raises:
        UserError: releases need different texts of one step template, or the folder has templates that replace none.
        TemplateError: a template cannot be used.
    """
    given = None if templates is None else templates_in(templates)
    by_folder: dict[Path, Templates] = {}
    rendered: dict[Path, RenderedFiles] = {}
    for path, release, target in zip(loaded.files, loaded.releases, targets, strict=True):
        chosen = given or by_folder.setdefault(path.parent, templates_for(path))
        rendered[path] = rendered_files(path, lower(release, chosen), target, chosen, layout)
    return rendered


def files_of(rendered: Iterable[RenderedFiles]) -> tuple[GeneratedFile, ...]:
    """The files of releases, each once: they share step templates."""
    return tuple(dict.fromkeys(file for files in rendered for file in files.all))


def template_counts(written: Iterable[GeneratedFile]) -> tuple[str, ...]:
    """How many step templates were written, by folder."""
    counts = Counter(file.path.parent for file in written if is_step_template(file.text))
    return tuple(
        f"wrote {count} step template{'' if count == 1 else 's'} in {folder}" for folder, count in counts.items()
    )


def layout_change(rendered: Iterable[RenderedFiles]) -> str:
    """What changes where self-contained pipelines call step templates now; empty where none does."""
    changed = [files for files in rendered if files.templates and _stood_alone(files.pipeline)]
    if not changed:
        return ""
    lines = []
    for files in changed:
        before, after = len((files.pipeline.read() or "").splitlines()), len(files.pipeline.text.splitlines())
        lines.append(f"{files.pipeline.path}: {before} lines become {after}; its steps are calls of step templates")
    names = dict.fromkeys(file.path for files in changed for file in files.templates)
    listed = "\n".join(f"  {path}" for path in names)
    return "\n".join(
        (*lines, f"{len(names)} step templates, to be committed with it. The service makes the same of both:", listed)
    )


def _stood_alone(file: GeneratedFile) -> bool:
    return stands_alone(file.read() or "")


def templates_in(folder: Path) -> Templates:
    """The templates of a folder before the shipped ones.

    Raises:
        UserError: it has templates that replace none.
    """
    chosen = Templates(folder)
    wrong = [f"{folder}: {misnamed.message}. {misnamed.hint}" for misnamed in misnamed_templates(folder)]
    if wrong:
        raise UserError("\n".join(wrong))
    return chosen
