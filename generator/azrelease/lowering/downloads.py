"""What a job downloads before its tasks run."""

from collections.abc import Iterator, Sequence

from azrelease.lowering.resources import WORKSPACE, source_of
from azrelease.pipeline import CheckoutStep, DownloadStep, Step, TaskStep
from azrelease.release import ArtifactSource, Release
from azrelease.release.job import Download
from azrelease.release.source import (
    AnySource,
    ContainerSource,
    GitHubReleaseSource,
    GitSource,
    HostedRepositorySource,
    JenkinsSource,
    PackageSource,
    PipelineSource,
)

NOTHING: tuple[Step, ...] = (DownloadStep("none"),)
"""Keeps a deployment from downloading all there is."""


def lower_downloads(release: Release, chosen: Sequence[Download] | None, *, deployment: bool) -> tuple[Step, ...]:
    """The steps that download the sources of a completed release.

    Args:
        release: the release.
        chosen: what the job wants of them; None for all.
        deployment: whether the job is a deployment, which downloads artifacts by default; other jobs check out
            the repository of the pipeline by default.
    """
    if chosen is None:
        sources = (*((release.artifact,) if release.artifact else ()), *release.sources)
        steps = tuple(step for source in sources for step in _steps(source, None))
    else:
        steps = tuple(
            step
            for download in chosen
            if (source := source_of(release, download.alias)) is not None
            for step in _steps(source, download)
        )
    if not deployment and not any(isinstance(step, CheckoutStep) for step in steps):
        return (CheckoutStep("none"), *steps)
    if deployment and not any(isinstance(step, DownloadStep) and step.keyword == "download" for step in steps):
        return (*NOTHING, *steps)
    return steps


def _steps(source: ArtifactSource | AnySource, chosen: Download | None) -> Iterator[Step]:
    alias = source.alias or ""
    artifacts: tuple[str | None, ...] = chosen.artifacts if chosen and chosen.artifacts else (None,)
    patterns = chosen.patterns if chosen else ()
    if isinstance(source, ArtifactSource):
        for name in artifacts:
            title = f"Download {alias}" if isinstance(source, PipelineSource) else "Download the artifact"
            yield DownloadStep(alias, name or source.name, title, patterns)
    elif isinstance(source, JenkinsSource):
        for name in artifacts:
            yield DownloadStep(alias, name, f"Download {alias}", patterns, keyword="downloadBuild")
    elif isinstance(source, GitSource | HostedRepositorySource):
        yield CheckoutStep(alias, alias, source.fetch_depth, source.submodules, source.lfs)
    elif isinstance(source, PackageSource):
        yield _package(source)
    elif isinstance(source, GitHubReleaseSource):
        yield _github_release(source)
    else:
        assert isinstance(source, ContainerSource)


def _package(source: PackageSource) -> TaskStep:
    inputs: dict[str, str | None] = {
        "packageType": source.kind,
        "feed": source.feed,
        "view": source.view,
        "definition": source.package,
        "version": source.version,
        "downloadPath": f"{WORKSPACE}/{source.alias}",
    }
    given = tuple((name, value) for name, value in inputs.items() if value is not None)
    return TaskStep("DownloadPackage@1", given, f"Download {source.alias}")


def _github_release(source: GitHubReleaseSource) -> TaskStep:
    inputs: dict[str, str | None] = {
        "connection": source.service_connection,
        "userRepository": source.repository,
        "defaultVersionType": "latest" if source.version is None else "specificTag",
        "version": source.version,
        "downloadPath": f"{WORKSPACE}/{source.alias}",
    }
    given = tuple((name, value) for name, value in inputs.items() if value is not None)
    return TaskStep("DownloadGitHubRelease@0", given, f"Download {source.alias}")
