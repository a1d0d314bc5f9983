"""Checkouts: git, as the user has installed it, and the repository that the URL of a remote names."""

import re
import subprocess
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import unquote

_AZURE = (
    re.compile(r"https://(?:[^/@]+@)?dev\.azure\.com/(?P<organization>[^/]+)/(?:(?P<project>[^/]+)/)?_git/(?P<repository>[^/]+)"),
    re.compile(r"https://(?:[^/@]+@)?(?P<organization>[^/.]+)\.visualstudio\.com/(?:DefaultCollection/)?(?:(?P<project>[^/]+)/)?_git/(?P<repository>[^/]+)"),
    re.compile(r"(?:ssh://)?[^@/]+@(?:vs-)?ssh\.(?:dev\.azure|visualstudio)\.com[:/]v3/(?P<organization>[^/]+)/(?P<project>[^/]+)/(?P<repository>[^/]+)"),
)  # fmt: skip
"""URLs of repositories in Azure Repos (learn.microsoft.com/azure/devops/repos/git/clone)."""

_SERVER = re.compile(
    r"(?P<address>https?://(?:[^/@]+@)?[^/]+/(?:[^/]+/)+?)(?:(?P<project>[^/]+)/)?_git/(?P<repository>[^/]+)"
)
"""An Azure DevOps Server."""

_GITHUB = re.compile(r"(?:https://(?:[^/@]+@)?|ssh://git@|git@)github\.com[:/](?P<repository>[^/]+/[^/]+?)(?:\.git)?")


class Remote(NamedTuple):
    """A repository of a remote. Only Azure DevOps Services have an address here; GitHub has no project."""

    type: Literal["azure_repos", "github"]
    repository: str
    address: str | None = None
    project: str | None = None


def parse_remote(url: str) -> Remote | None:
    """The repository that the URL of a remote names; None for other services."""
    url = url.strip().rstrip("/")
    for pattern in _AZURE:
        matched = pattern.fullmatch(url)
        if matched:
            # The URL of a repository that has the name of its project may leave the project out.
            project = unquote(matched["project"] or matched["repository"])
            address = f"https://dev.azure.com/{unquote(matched['organization'])}"
            return Remote("azure_repos", unquote(matched["repository"]), address, project)
    matched = _GITHUB.fullmatch(url)
    if matched:
        return Remote("github", matched["repository"])
    matched = _SERVER.fullmatch(url)
    if matched:
        # A remote must not decide where the token is sent: the user has to give the address.
        project = unquote(matched["project"] or matched["repository"])
        return Remote("azure_repos", unquote(matched["repository"]), None, project)
    return None


class Checkout(NamedTuple):
    """A checkout: its top folder, and the repository of its remote `origin`."""

    top: Path
    remote: Remote | None


def checkout_of(folder: Path) -> Checkout | None:
    """The checkout that a folder is in; None if there is none, or git is not installed."""
    top = _git(folder, "rev-parse", "--show-toplevel")
    if not top:
        return None
    url = _git(folder, "remote", "get-url", "origin")
    return Checkout(Path(top), parse_remote(url) if url else None)


def run_git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes | None:
    """The output of git about a folder; None if it fails, or is not installed.

    Args:
        folder: the folder.
        arguments: the command and its arguments.
        stdin: its standard input.
    """
    try:
        done = subprocess.run(  # noqa: S603  (no shell)
            ["git", "-C", str(folder), *arguments],  # noqa: S607  (the user's git, wherever it is)
            input=stdin,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _git(folder: Path, *arguments: str) -> str | None:
    output = run_git(folder, *arguments)
    return None if output is None else output.decode("utf-8", "replace").strip()
