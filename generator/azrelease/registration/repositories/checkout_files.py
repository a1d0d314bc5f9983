"""Files of a checkout to push with a release: those that git does not ignore, and no secrets."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from azrelease.errors import UserError
from azrelease.redaction import names_secret_file
from azrelease.registration.checkout import run_git
from azrelease.registration.repositories.file import File, with_line_feeds

LARGEST = 5 * 1024 * 1024
"""Bytes of a file; models belong in an artifact."""


def included_files(paths: Sequence[Path], top: Path) -> tuple[File, ...]:
    """Files of a checkout, and files in its folders, without those that git ignores.

    Args:
        paths: files and folders, as the user named them.
        top: the top folder of the checkout.

    Raises:
        UserError: some do not exist, or must not be pushed; the message names all of these.
    """
    files: dict[str, File] = {}
    problems: list[str] = []
    for path in paths:
        try:
            for name in _names(path, top):
                files[name] = _file(name, top)
        except UserError as error:
            problems += str(error).splitlines()
    problems += _filtered(tuple(files), top)
    if problems:
        raise UserError("\n".join(dict.fromkeys(problems)))
    return tuple(files.values())


def unknown_versions(blobs: Sequence[str], top: Path) -> frozenset[str]:
    """The blobs that a checkout does not have: others pushed them, and they were not fetched."""
    output = _git(top, "cat-file", "--batch-check", stdin="".join(f"{blob}\n" for blob in blobs)) if blobs else None
    lines = (output or "").splitlines()
    return frozenset(line.split()[0] for line in lines if line.endswith(" missing"))


def remember(files: Sequence[File], top: Path | None) -> None:
    """Add what was pushed from a checkout to its objects, so that the next comparison recognizes it."""
    for file in files if top is not None else ():
        run_git(top or Path(), "hash-object", "-w", "--no-filters", "--stdin", stdin=file.content)


def _names(path: Path, top: Path) -> Iterator[str]:
    """The names of the files of a path, from the top folder. Raises `UserError` if the path must not be pushed."""
    shown = path.as_posix()
    # Links above the top folder are followed, links below it are not.
    whole = Path(os.path.abspath(path))  # noqa: PTH100  (resolve() would follow links)
    inner = next((whole.relative_to(each) for each in (top, top.resolve()) if whole.is_relative_to(each)), None)
    if inner is None:
        raise UserError(f"{shown}: is outside of the checkout {top.name}; --include takes what is inside")
    place = top
    for part in inner.parts:
        place /= part
        if place.is_symlink():
            raise UserError(f"{shown}: is a symbolic link, or in one; include its target")
    if ".git" in inner.parts:
        raise UserError(f"{shown}: belongs to git itself")
    if not place.exists():
        raise UserError(f"{shown}: no such file or folder")
    listed = _git(
        top, "--literal-pathspecs", "ls-files", "-z", "-c", "-o", "--exclude-standard", "--", inner.as_posix()
    )
    if listed is None:
        raise UserError(f"{shown}: --include needs git and a checkout; install git, or run in a checkout")
    names = [name for name in dict.fromkeys(listed.split("\0")) if name and os.path.lexists(top / name)]
    if not names:
        raise UserError(f"{shown}: git ignores it" if place.is_file() else f"{shown}: git ignores all files in it")
    yield from sorted(names)


def _file(name: str, top: Path) -> File:
    path = top / name
    if not name.isprintable():
        raise UserError(f"{name!a}: the REST API does not accept these characters; push it with git")
    if path.is_symlink():
        raise UserError(f"{name}: is a symbolic link, which the REST API does not accept; push it with git")
    if path.is_dir():
        raise UserError(f"{name}: is a nested repository; push it with git")
    if names_secret_file(path.name):
        raise UserError(
            f"{name}: files of this name usually hold secrets; leave it out, or push it with git if it holds none"
        )
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(f"{name}: is larger than {LARGEST // 1024 // 1024} MB; push it with git")
        return File(name, with_line_feeds(path.read_bytes()))
    except OSError as error:
        raise UserError(f"{name}: cannot be read: {error.strerror or error}") from error


def _filtered(names: Sequence[str], top: Path) -> Iterator[str]:
    """Files that git stores differently from the checkout, such as those of Git LFS."""
    stdin = "".join(f"{name}\0" for name in names)
    output = (_git(top, "check-attr", "-z", "--stdin", "filter", stdin=stdin) or "") if names else ""
    parts = output.split("\0")
    for name, value in zip(parts[::3], parts[2::3], strict=False):
        if value not in ("unspecified", "unset"):
            yield f"{name}: git applies the filter {value}, which the REST API does not; push it with git"


def _git(top: Path, *arguments: str, stdin: str = "") -> str | None:
    output = run_git(top, *arguments, stdin=os.fsencode(stdin))
    return None if output is None else output.decode("utf-8", "surrogateescape")
