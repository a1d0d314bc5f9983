"""The repository that a checkout came from: what the address of its remote tells."""

import re
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import unquote

from azrelease.registration.git import run_git

_AZURE = (
    re.compile(r"https://(?:[^/@]+@)?dev\.azure\.com/(?P<organization>[^/]+)/(?:(?P<project>[^/]+)/)?_git/(?P<repository>[^/]+)"),
    re.compile(r"https://(?:[^/@]+@)?(?P<organization>[^/.]+)\.visualstudio\.com/(?:DefaultCollection/)?(?:(?P<project>[^/]+)/)?_git/(?P<repository>[^/]+)"),
    re.compile(r"(?:ssh://)?[^@/]+@(?:vs-)?ssh\.(?:dev\.azure|visualstudio)\.com[:/]v3/(?P<organization>[^/]+)/(?P<project>[^/]+)/(?P<repository>[^/]+)"),
)  # fmt: skip
"""Addresses of repositories in Azure Repos (learn.microsoft.com/azure/devops/repos/git/clone)."""

_SERVER = re.compile(
    r"(?P<address>https?://(?:[^/@]+@)?[^/]+/(?:[^/]+/)+?)(?:(?P<project>[^/]+)/)?_git/(?P<repository>[^/]+)"
)
"""An Azure DevOps Server of one's own."""

_GITHUB = re.compile(r"(?:https://(?:[^/@]+@)?|ssh://git@|git@)github\.com[:/](?P<repository>[^/]+/[^/]+?)(?:\.git)?")


class Remote(NamedTuple):
    """Where a repository is. The address is known of Azure DevOps Services only, the project not of GitHub."""

    type: Literal["azure_repos", "github"]
    repository: str
    address: str | None = None
    project: str | None = None


def parse_remote(url: str) -> Remote | None:
    """What the address of a remote tells; None for other services."""
    url = url.strip().rstrip("/")
    for pattern in _AZURE:
        found = pattern.fullmatch(url)
        if found:
            # A repository that is called as its project can be named without it.
            project = unquote(found["project"] or found["repository"])
            address = f"https://dev.azure.com/{unquote(found['organization'])}"
            return Remote("azure_repos", unquote(found["repository"]), address, project)
    found = _GITHUB.fullmatch(url)
    if found:
        return Remote("github", found["repository"])
    found = _SERVER.fullmatch(url)
    if found:
        # Whoever names a remote must not decide where the token is sent: the address has to be said.
        project = unquote(found["project"] or found["repository"])
        return Remote("azure_repos", unquote(found["repository"]), None, project)
    return None


class Checkout(NamedTuple):
    """A checkout: its top folder, and where it came from."""

    top: Path
    remote: Remote | None


def checkout_of(folder: Path) -> Checkout | None:
    """The checkout that a folder is in; None where it is in none, or git is not there."""
    top = _told(folder, "rev-parse", "--show-toplevel")
    if not top:
        return None
    url = _told(folder, "remote", "get-url", "origin")
    return Checkout(Path(top), parse_remote(url) if url else None)


def _told(folder: Path, *arguments: str) -> str | None:
    answer = run_git(folder, *arguments)
    return None if answer is None else answer.decode("utf-8", "replace").strip()
