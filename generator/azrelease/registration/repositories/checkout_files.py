"""Files of a checkout that are to be pushed beside a release: those that git would take, and no secrets."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from azrelease.errors import UserError
from azrelease.redaction import names_secret_file
from azrelease.registration.git import run_git
from azrelease.registration.repositories.file import File, with_line_feeds

LARGEST = 5 * 1024 * 1024
"""Bytes of a file; models belong in an artifact."""


def included_files(paths: Sequence[Path], top: Path) -> tuple[File, ...]:
    """Files of a checkout, and the files in folders of it. Of a folder those that git ignores are left out.

    Args:
        paths: files and folders, as the user named them.
        top: the top of the checkout.

    Raises:
        UserError: one is not there, or must not be pushed; all of them are named.
    """
    found: dict[str, File] = {}
    problems: list[str] = []
    for path in paths:
        try:
            for name in _names(path, top):
                found[name] = _file(name, top)
        except UserError as error:
            problems += str(error).splitlines()
    problems += _filtered(tuple(found), top)
    if problems:
        raise UserError("\n".join(dict.fromkeys(problems)))
    return tuple(found.values())


def unknown_versions(blobs: Sequence[str], top: Path) -> frozenset[str]:
    """Which blobs a checkout has never had: somebody else wrote them, and they were not fetched."""
    answer = _told(top, "cat-file", "--batch-check", asked="".join(f"{blob}\n" for blob in blobs)) if blobs else None
    lines = (answer or "").splitlines()
    return frozenset(line.split()[0] for line in lines if line.endswith(" missing"))


def remember(files: Sequence[File], top: Path | None) -> None:
    """Have a checkout know what was pushed from it, so that it is not taken for somebody else's the next time."""
    for file in files if top is not None else ():
        run_git(top or Path(), "hash-object", "-w", "--no-filters", "--stdin", asked=file.content)


def _names(path: Path, top: Path) -> Iterator[str]:
    """The names of files from the top.

    Raises:
        UserError: it must not be pushed.
    """
    shown = path.as_posix()
    # Of the folder that the checkout is in, links are followed; below its top they are not.
    whole = Path(os.path.abspath(path))  # noqa: PTH100  (resolve() would follow links)
    inner = next((whole.relative_to(each) for each in (top, top.resolve()) if whole.is_relative_to(each)), None)
    if inner is None:
        raise UserError(f"{shown}: --include takes what is in the checkout, which begins at {top.name}")
    place = top
    for part in inner.parts:
        place /= part
        if place.is_symlink():
            raise UserError(f"{shown}: is a symbolic link, or in one; include what it leads to")
    if ".git" in inner.parts:
        raise UserError(f"{shown}: belongs to git itself")
    if not place.exists():
        raise UserError(f"{shown}: no such file or folder")
    listed = _told(
        top, "--literal-pathspecs", "ls-files", "-z", "-c", "-o", "--exclude-standard", "--", inner.as_posix()
    )
    if listed is None:
        raise UserError(
            f"{shown}: --include asks git what may be pushed, but this is no checkout of git, or git is missing"
        )
    names = [name for name in dict.fromkeys(listed.split("\0")) if name and os.path.lexists(top / name)]
    if not names:
        raise UserError(
            f"{shown}: git ignores it" if place.is_file() else f"{shown}: has no file that git does not ignore"
        )
    yield from sorted(names)


def _file(name: str, top: Path) -> File:
    path = top / name
    if not name.isprintable():
        raise UserError(f"{name!a}: a name with such characters cannot be pushed over REST; push it with git")
    if path.is_symlink():
        raise UserError(f"{name}: is a symbolic link, which cannot be pushed over REST; push it with git")
    if path.is_dir():
        raise UserError(f"{name}: is a repository of its own; push it with git")
    if names_secret_file(path.name):
        raise UserError(f"{name}: files of that name hold secrets; leave it out, or push it with git if it holds none")
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(f"{name}: has more than {LARGEST // 1024 // 1024} MB; push it with git")
        return File(name, with_line_feeds(path.read_bytes()))
    except OSError as error:
        raise UserError(f"{name}: cannot be read: {error.strerror or error}") from error


def _filtered(names: Sequence[str], top: Path) -> Iterator[str]:
    """Files that git keeps otherwise than they stand in the checkout, as those of Git LFS."""
    asked = "".join(f"{name}\0" for name in names)
    answer = (_told(top, "check-attr", "-z", "--stdin", "filter", asked=asked) or "") if names else ""
    told = answer.split("\0")
    for name, value in zip(told[::3], told[2::3], strict=False):
        if value not in ("unspecified", "unset"):
            yield f"{name}: git sends it through the filter {value}, which a push over REST does not; push it with git"


def _told(top: Path, *arguments: str, asked: str = "") -> str | None:
    answer = run_git(top, *arguments, asked=os.fsencode(asked))
    return None if answer is None else answer.decode("utf-8", "surrogateescape")
