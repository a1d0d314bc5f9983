"""AZR233: paths to an artifact in another folder than it is downloaded to."""

import re
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.lint.facts.job_folders import (
    SOURCES,
    STAGING,
    WORKSPACE,
    PlacedArtifact,
    WorkUnit,
    downloads,
    downloads_by_itself,
    normalized,
    publications,
    unit_texts,
)
from azrelease.lint.facts.repository_files import has_file
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import is_plural, misspelled
from azrelease.syntax import StepOutline

_PATH = re.compile(r"\$\((?:[A-Za-z]+\.)+[A-Za-z]+\)(?:[\\/]+[\w.$()\-]+)+")
_SHORT = 3
_MAKES = re.compile(
    r"\b(?:mkdir|md|New-Item)\b[^\n;|&]*$|(?:\s--?(?:output|out|destination|DestinationPath|OutFile|o|d)[ =:]|>)\s*[\"']?$",
    re.IGNORECASE,
)
"""What is before a folder or file that a command makes."""

_COPIES = re.compile(r"\b(?:cp|mv|Copy-Item|Move-Item|git clone)\b", re.IGNORECASE)

_NAMES = {
    WORKSPACE: "$(Pipeline.Workspace)",
    SOURCES: "$(Build.SourcesDirectory)",
    STAGING: "$(Build.ArtifactStagingDirectory)",
}


class _Placed(NamedTuple):
    """An artifact, and the folder with its content."""

    artifact: str
    folder: str
    is_shown: str


def check(file: LintedFile) -> Findings:
    """Paths below a folder of the agent that name an artifact of the run, where its content is elsewhere or was not downloaded."""
    names = (each.artifact for each in publications(file.outline.steps))
    published = frozenset(name.casefold() for name in names if name is not None)
    known = published | frozenset(file.resources("pipelines"))
    for unit in file.work_units:
        own = list(downloads(unit))
        if unit.job.is_open or any(each.folder is None for each in own) or not (known or own):
            continue
        is_automatic = downloads_by_itself(unit)
        placed = _placed(own, published if is_automatic else frozenset())
        for step, node in unit_texts(unit):
            for match in _PATH.finditer(node.value) if "$(" in node.value else ():
                if _is_target(node.value, match):
                    continue
                found = _problem(match[0], placed, frozenset() if is_automatic else known, published, unit)
                if found is not None and not _is_made(file, unit, step, found.artifact):
                    span = file.document.text_span(node, match.start(), match.end())
                    yield file.finding(RULE.code, found.message, span, found.hint)
        if own and not unit.has_sources and not unit.checked_out:
            yield from _patterns_in_sources(file, unit, placed)


class _Problem(NamedTuple):
    """What is wrong with a path, and the artifact that it names."""

    artifact: str
    message: str
    hint: str


def _problem(
    written: str, placed: list[_Placed], known: frozenset[str], published: frozenset[str], unit: WorkUnit
) -> _Problem | None:
    path = normalized(written)
    found = _elsewhere(path, placed)
    if found is not None:
        message = f"the artifact `{found.artifact}` is in `{found.is_shown}`, not here"
        return _Problem(found.artifact, message, f"Write `{_instead(written, found)}`.")
    name = _not_downloaded(path, known, placed)
    if name is None:
        return _misnamed(written, path, placed)
    what = "the artifact" if name in published else "an artifact of the pipeline"
    message = f"{what} `{name}` is not downloaded in this {'hook' if unit.hook else 'job'}"
    source = f"current` with `artifact: {name}`" if name in published else f"{name}`"
    return _Problem(name, message, f"Add `- download: {source} before it.")


def _misnamed(written: str, path: str, placed: list[_Placed]) -> _Problem | None:
    """A folder of the workspace with nearly the name of an artifact that is there."""
    name = path.removeprefix(f"{WORKSPACE}/").partition("/")[0]
    if not path.startswith(f"{WORKSPACE}/") or any(
        f"{each.folder}/".startswith(f"{WORKSPACE}/{name}/") for each in placed
    ):
        return None
    names = {
        each.artifact.casefold(): each for each in placed if each.folder == f"{WORKSPACE}/{each.artifact.casefold()}"
    }
    plural = next((each for each in names if is_plural(name, each)), None)
    meant = misspelled(name, names) or (plural if len(name) > _SHORT else None)
    if meant is None:
        return None
    found = names[meant]
    message = f"nothing puts a folder `{name}` here: the artifact `{found.artifact}` is in `{found.is_shown}`"
    rest = path[len(WORKSPACE) + 1 + len(name) :]
    end = written[len(written) - len(rest) :] if rest else ""
    return _Problem(name, message, f"Write `{found.is_shown}{end}`.")


def _is_target(text: str, match: re.Match[str]) -> bool:
    """Whether a command makes the folder or file of a path."""
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    rest = text[match.end() :].partition("\n")[0].strip(" \"'/\\")
    return _MAKES.search(before) is not None or (not rest and _COPIES.search(before) is not None)


def _instead(written: str, found: _Placed) -> str:
    rest = written.replace("\\", "/").casefold().partition(f"/{found.artifact.casefold()}")[2]
    return f"{found.is_shown}{written[len(written) - len(rest) :]}" if rest else found.is_shown


def _not_downloaded(path: str, published: frozenset[str], placed: list[_Placed]) -> str | None:
    """The artifact of the run that a path below the workspace begins with, where nothing puts it there."""
    if not path.startswith(f"{WORKSPACE}/"):
        return None
    name = path[len(WORKSPACE) + 1 :].partition("/")[0]
    is_there = any(
        each.folder == f"{WORKSPACE}/{name}" or each.folder.startswith(f"{WORKSPACE}/{name}/") for each in placed
    )
    is_inside = any(path.startswith(f"{each.folder}/") for each in placed)
    return name if name in published and not is_there and not is_inside else None


def _patterns_in_sources(file: LintedFile, unit: WorkUnit, placed: list[_Placed]) -> Findings:
    """Patterns below the folder of the sources, where nothing puts files there."""
    for step, node in unit_texts(unit):
        text = node.value.strip()
        path = normalized(text)
        if "\n" in text or "*" not in path or not path.startswith(f"{SOURCES}/*"):
            continue
        if any(not _only_fetches(other) for other in unit.before(step)):
            continue
        message = f"nothing is in this folder: the artifact `{placed[0].artifact}` is in `{placed[0].is_shown}`"
        rest = text[text.index(")") + 1 :]
        yield file.finding(RULE.code, message, node, f"Write `{placed[0].is_shown}{rest}`.")


def _only_fetches(step: StepOutline) -> bool:
    return step.action in ("download", "checkout") or step.task_name.startswith("download")


def _placed(own: list[PlacedArtifact], automatic: frozenset[str]) -> list[_Placed]:
    found = [
        _Placed(each.artifact, each.folder, _shown(each.folder, each.artifact))
        for each in own
        if each.artifact and each.folder
    ]
    return found + [_Placed(name, f"{WORKSPACE}/{name}", f"{_NAMES[WORKSPACE]}/{name}") for name in automatic]


def _shown(folder: str, artifact: str) -> str:
    """A normalized folder in the usual spelling."""
    root = next((root for root in _NAMES if folder == root or folder.startswith(f"{root}/")), None)
    text = folder if root is None else _NAMES[root] + folder[len(root) :]
    lower = artifact.casefold()
    return text[: -len(lower)] + artifact if text.endswith(f"/{lower}") else text


def _elsewhere(path: str, placed: list[_Placed]) -> _Placed | None:
    """The artifact that a path names, where none of that name is in the folder that the path leads to."""
    for each in placed:
        # DownloadPipelineArtifact puts the content of the artifact into the folder itself.
        name = each.artifact.casefold()
        inner = f"{each.folder}/{name}"
        if not each.folder.endswith(f"/{name}") and (path == inner or path.startswith(f"{inner}/")):
            return each
    for root in _NAMES:
        if not path.startswith(f"{root}/"):
            continue
        rest = f"{path[len(root) + 1 :]}/"
        named = [each for each in placed if rest.startswith(f"{each.artifact.casefold()}/")]
        if named and not any(path == each.folder or path.startswith(f"{each.folder}/") for each in placed):
            return named[0]
    return None


def _is_made(file: LintedFile, unit: WorkUnit, step: StepOutline, artifact: str) -> bool:
    """Whether a folder of that name may come from the repository, or from an earlier step."""
    may_be_source = bool(unit.checked_out) or unit.has_sources
    if may_be_source and has_file(file.context.templates, file.path, artifact) is not False:
        return True
    name = re.compile(rf"(?<![\w.-]){re.escape(artifact)}(?![\w-])", re.IGNORECASE)
    for other in unit.before(step):
        if other.action in ("download", "checkout") or other.task_name.startswith("download"):
            continue
        if other.action == "task" and other.task_name not in (
            "azurekeyvault",
            "usepythonversion",
            "usedotnet",
            "nodetool",
        ):
            return True
        texts = (entry.value.value for entry in other.block.entries if isinstance(entry.value, ScalarNode))
        if any(name.search(text) for text in texts):
            return True
    return False


_JOB = (
    "jobs:\n- job: build\n  steps:\n  - script: make site.zip\n  - publish: site.zip\n    artifact: drop\n- job: install\n  dependsOn: build\n  steps:\n"
    "  - checkout: none\n  - download: current\n    artifact: drop\n  - script: ./install.sh {}/drop/site.zip\n    workingDirectory: $(Agent.TempDirectory)\n"
)

RULE = Rule(
    code=Code("AZR233", "artifact-folder", Severity.WARNING),
    summary="a path to an artifact in another folder than that it is downloaded to",
    why=(
        "`download` and deployment jobs put an artifact into `$(Pipeline.Workspace)/ARTIFACT`, or `$(Pipeline.Workspace)/PIPELINE/ARTIFACT` of a pipeline resource, "
        "DownloadBuildArtifacts into `$(System.ArtifactsDirectory)/ARTIFACT`, and DownloadPipelineArtifact the content of one artifact into its `path` itself "
        "(learn.microsoft.com/azure/devops/pipelines/artifacts/pipeline-artifacts). The rule asks for the downloads of the job or hook. It says nothing where the repository or an earlier "
        "step may have made a folder of that name, and of downloads with computed names."
    ),
    wrong=_JOB.format("$(System.DefaultWorkingDirectory)"),
    right=_JOB.format("$(Pipeline.Workspace)"),
    check=check,
)
