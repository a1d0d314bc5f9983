"""AZR237: files of Git LFS and of submodules that the checkout does not fetch."""

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch

from yaml import ScalarNode

from azrelease.lint.facts.job_folders import SOURCES, WorkUnit, normalized, unit_texts
from azrelease.lint.facts.repository_files import read_text
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_LFS = re.compile(r"^(\S+)[^\n]*\bfilter=lfs\b", re.MULTILINE)
_MODULE = re.compile(r"^\s*path\s*=\s*(\S+)", re.MULTILINE)
_WORD = re.compile(r"[^\s\"'=;|&<>()]+")
_OFF = frozenset(("", "false"))


def check(file: LintedFile) -> Findings:
    """Paths in steps that are in `.gitattributes` or `.gitmodules` of the repository at hand, in jobs that check it out without them."""
    library = file.context.templates
    patterns = _LFS.findall(read_text(library, file.path, ".gitattributes") or "")
    modules = _MODULE.findall(read_text(library, file.path, ".gitmodules") or "")
    if not patterns and not modules:
        return
    for unit in file.work_units:
        if unit.job.is_open or not unit.has_sources:
            continue
        has_lfs, has_modules = _fetches(unit, "lfs"), _fetches(unit, "submodules")
        scripts = " ".join(script.text for step in unit.steps for script in file.scripts_of(step))
        if patterns and not has_lfs and "git lfs" not in scripts:
            yield from _unfetched(file, unit, lambda path: _is_any(path, patterns), "a file of Git LFS", "lfs: true")
        if modules and not has_modules and "git submodule" not in scripts and "--recurse-submodules" not in scripts:
            yield from _unfetched(file, unit, lambda path: _is_in(path, modules), "in a submodule", "submodules: true")


def _unfetched(file: LintedFile, unit: WorkUnit, is_it: Callable[[str], bool], what: str, setting: str) -> Findings:
    for node, start, end, path in _paths(unit):
        if is_it(path):
            message = f"`{path}` is {what}, which this job does not fetch"
            span = file.document.text_span(node, start, end)
            yield file.finding(RULE.code, message, span, f"Add `- checkout: self` with `{setting}` to the steps.")
            return


def _fetches(unit: WorkUnit, key: str) -> bool:
    own = [each for each in unit.checked_out if each.repository == "self"]
    return any((each.step.block.text(key) or "").casefold() not in _OFF for each in own)


def _is_any(path: str, patterns: list[str]) -> bool:
    return any(_matches(path, pattern) for pattern in patterns)


def _is_in(path: str, folders: list[str]) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in folders)


def _matches(path: str, pattern: str) -> bool:
    name = path.rpartition("/")[2]
    return fnmatch(path, pattern.lstrip("/")) or ("/" not in pattern and fnmatch(name, pattern))


def _paths(unit: WorkUnit) -> Iterator[tuple[ScalarNode, int, int, str]]:
    """The relative paths in the steps, each with its place."""
    texts = [node for _, node in unit_texts(unit)]
    texts += [node for step in unit.steps if (node := step.block.scalar("publish")) is not None]
    for node in texts:
        for match in _WORD.finditer(node.value):
            path = normalized(match[0]).removeprefix(f"{SOURCES}/").removeprefix("./")
            if "/" in path or "." in path:
                yield node, match.start(), match.end(), path


RULE = Rule(
    code=Code("AZR237", "unfetched-files", Severity.WARNING),
    summary="a file of Git LFS or of a submodule that the checkout does not fetch",
    why=(
        "A checkout fetches neither unless it says `lfs: true` or `submodules: true`: a file of LFS is a pointer of a few lines, the folder of a submodule is empty "
        "(learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-checkout). The rule asks for `.gitattributes` and `.gitmodules` of the repository at hand, and says nothing without them."
    ),
    wrong="steps:\n- checkout: self\n- bash: ./rank.sh models/ranker.onnx\n",
    right="steps:\n- checkout: self\n  lfs: true\n- bash: ./rank.sh models/ranker.onnx\n",
    beside=((".gitattributes", "*.onnx filter=lfs diff=lfs merge=lfs -text\n"),),
    check=check,
)
