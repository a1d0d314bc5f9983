"""The files that `bootstrap` pushes: releases, what they extend, their YAML, and what the user includes."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from azrelease.application.loading import LoadedReleases
from azrelease.application.registering import checkout_top, rendered_yaml, yaml_path
from azrelease.errors import OverwriteError, UserError
from azrelease.registration import ProjectTarget, ReleaseToRegister
from azrelease.registration.credentials import secret_variable
from azrelease.registration.repositories import File, included_files
from azrelease.rendering import FileState, GeneratedFile, RenderedFiles, write

_TOKENS = ("AZURE_DEVOPS_EXT_PAT", "SYSTEM_ACCESSTOKEN")
_SHORTEST_SECRET = 8
"""Characters; a shorter text may be in a file by chance."""
_LARGEST_PUSH = 20 * 1024 * 1024
"""Bytes of all files together: they are one request."""


def files_to_write(
    loaded: LoadedReleases, releases: Sequence[ReleaseToRegister], target: ProjectTarget
) -> tuple[RenderedFiles, ...]:
    """The YAML of each release with its step templates, and where they belong in the checkout.

    Raises:
        UserError: two of them belong to the same file, or one to that of a release.
        OverwriteError: a person wrote or edited the file at one of the paths.
    """
    sources: dict[Path, Path] = {}
    rendered: list[RenderedFiles] = []
    inputs = {file.resolve() for file in loaded.files}
    for file, each in zip(loaded.files, releases, strict=True):
        path = yaml_path(file, each.release, target)
        if path.resolve() in inputs:
            raise UserError(f"{path}: is a release file; write its pipeline to another file")
        first = sources.setdefault(path.resolve(), file)
        if first != file:
            raise UserError(f"{first} and {file} would both be rendered to {path}; rename one of them")
        rendered.append(rendered_yaml(file, each, target))
    every = dict.fromkeys(file for files in rendered for file in files.all)
    refused = [file.path for file in every if file.state() in (FileState.EDITED, FileState.FOREIGN)]
    if refused:
        raise OverwriteError(
            "\n".join(
                f"{path}: edited by hand, or not written by azrelease. Move the change into the release file, or "
                "discard it with `azrelease render --force`."
                for path in refused
            )
        )
    return tuple(rendered)


def pushed_files(
    loaded: LoadedReleases,
    releases: Sequence[ReleaseToRegister],
    rendered: Sequence[RenderedFiles],
    target: ProjectTarget,
    include: Sequence[Path],
) -> tuple[File, ...]:
    """What is pushed: the releases, the files that they extend, their YAML and step templates, and what is included.

    Raises:
        UserError: a file is outside of the checkout, or must not be pushed.
    """
    top = checkout_top(target)
    checks = [top / path for path in pull_request_checks(releases) if target.checkout and (top / path).is_file()]
    found = {file.path: file for file in included_files([*include, *checks, *loaded.base_files], top)}
    for file, each, yaml in zip(loaded.files, releases, rendered, strict=True):
        if not file.resolve().is_relative_to(top.resolve()):
            raise UserError(f"{file}: outside of the checkout; run in the checkout of the release")
        try:
            content = file.read_bytes().replace(b"\r\n", b"\n")
        except OSError as error:
            raise UserError(f"{file}: cannot be read: {error.strerror or error}") from error
        path = target.path_in_repository(file)
        found[path] = File(path, content)
        found[each.yaml] = File(each.yaml, yaml.pipeline.text.encode())
        for template in yaml.templates:
            place = target.path_in_repository(template.path)
            found[place] = File(place, template.text.encode())
    files = tuple(found[path] for path in sorted(found))
    secrets = dict(_secrets(releases))
    for each_file in files:
        name = next((name for name, value in secrets.items() if value in each_file.content), None)
        if name is not None:
            raise UserError(f"{each_file.path}: contains the value of {name}; remove it. Nothing was pushed.")
    if sum(len(each_file.content) for each_file in files) > _LARGEST_PUSH:
        raise UserError(f"the files are larger than {_LARGEST_PUSH // 1024 // 1024} MB together; push them with git")
    return files


def pull_request_checks(releases: Sequence[ReleaseToRegister]) -> tuple[str, ...]:
    """The YAML files of the pipelines that check pull requests, from the top of the repository."""
    found = (each.release.registration for each in releases)
    return tuple(dict.fromkeys(r.pull_request_check.yaml for r in found if r and r.pull_request_check))


def _secrets(releases: Sequence[ReleaseToRegister]) -> Iterator[tuple[str, bytes]]:
    """Environment variables that hold a secret, and their values with the line endings that files are pushed with."""
    for name in (*_TOKENS, *(secret_variable(name) for each in releases for name in each.secrets)):
        value = os.fsencode(os.environ.get(name, "")).replace(b"\r\n", b"\n").strip()
        if len(value) >= _SHORTEST_SECRET:
            yield name, value


def write_rendered(rendered: Sequence[RenderedFiles]) -> tuple[GeneratedFile, ...]:
    """Write the YAML in the checkout where it is missing or outdated, as `render` does; returns what was written.

    Raises:
        UserError: it cannot be written, or was edited meanwhile.
    """
    every = tuple(dict.fromkeys(file for files in rendered for file in files.all))
    for file in every:
        try:
            file.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{file.path.parent}: cannot be created: {error.strerror or error}") from error
    return write(every)
