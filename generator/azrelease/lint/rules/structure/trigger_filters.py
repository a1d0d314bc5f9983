"""AZR114: filters of triggers that match nothing, or not what they seem to."""

import re
from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block
from azrelease.syntax.embedded import is_computed

_REGULAR = re.compile(r"^\^|\$$|\\[dwsb.]|\.\+|\(\?|\[[^\]]*-[^\]]*\][+*]|\|")
_ANY_NAME = re.compile(r"(?:^|/)\.\*")
"""Of branches, no part of whose name begins with a dot."""

_BRACKETS = re.compile(r"\[[^\]]*\][+*]?")
"""Brackets in the name of a branch or tag, of which the documentation says nothing."""

_NONE = frozenset(("none", "refs/heads/none"))
_ALL = frozenset(("*", "**", "refs/heads/*", "**/*"))
_ONLY_AZURE_REPOS = frozenset(("bitbucket", "githubenterprise"))


def check(file: LintedFile) -> Findings:
    """The filters of `trigger`, `pr`, `schedules` and the triggers of resources."""
    for holder, is_schedule in _holders(file):
        yield from _of_holder(file, holder, is_schedule=is_schedule)
    for key in ("trigger", "pr"):
        for node in file.root.texts(key):
            yield from _branch(file, node)
    for resource in file.resources("repositories").values():
        entry = resource.block.entry("trigger")
        kind = (resource.block.text("type") or "git").casefold()
        if entry is not None and kind in _ONLY_AZURE_REPOS and not _is_none(entry.value):
            message = f"a push to a repository of type `{kind}` starts nothing: triggers of repositories work in Azure Repos only"
            hint = "Remove the trigger, and start the run from a pipeline of that repository."
            yield file.finding(RULE.code, message, entry, hint)


def _of_holder(file: LintedFile, holder: Block, *, is_schedule: bool) -> Findings:
    yield from _of_branches(file, holder, is_schedule=is_schedule)
    for kind in ("branches", "tags", "paths"):
        for filters, _ in holder.blocks(kind):
            yield from _excluded(file, kind, list(filters.texts("include")), list(filters.texts("exclude")))
    for node in (*_patterns(holder, "branches"), *_patterns(holder, "tags")):
        yield from _branch(file, node)
    for node in _patterns(holder, "paths"):
        yield from _path(file, node)


def _is_none(value: object) -> bool:
    return isinstance(value, ScalarNode) and value.value.casefold() in ("none", "")


def _holders(file: LintedFile) -> Iterator[tuple[Block, bool]]:
    """The blocks with filters, each with whether it is a schedule."""
    for key in ("trigger", "pr"):
        for block, _ in file.root.blocks(key):
            yield block, False
    for block, _ in file.root.blocks("schedules"):
        yield block, True
    for kind in ("pipelines", "repositories"):
        for resource in file.resources(kind).values():
            for block, _ in resource.block.blocks("trigger"):
                yield block, False


def _patterns(holder: Block, kind: str) -> Iterator[ScalarNode]:
    yield from holder.texts(kind)
    for filters, _ in holder.blocks(kind):
        yield from filters.texts("include")
        yield from filters.texts("exclude")


def _of_branches(file: LintedFile, holder: Block, *, is_schedule: bool) -> Findings:
    for filters, _ in holder.blocks("branches"):
        include = list(filters.texts("include"))
        for node in include:
            if node.value.casefold() in _NONE:
                what = "no branch" if is_schedule else "the branch `none`"
                message = f"this is a branch with the name `none`, so {'the schedule starts nothing' if is_schedule else 'it matches ' + what}"
                hint = (
                    "Name the branch, such as `main`."
                    if is_schedule
                    else "Write `trigger: none`, or name the branches."
                )
                yield file.finding(RULE.code, message, node, hint)


def _excluded(file: LintedFile, kind: str, include: list[ScalarNode], exclude: list[ScalarNode]) -> Findings:
    """What is included and excluded again."""
    excluded = {node.value.casefold().strip("/"): node for node in exclude if not is_computed(node.value)}
    everything = next((excluded[text] for text in excluded if text in _ALL), None)
    if everything is not None and include and kind != "paths":
        message = f"this excludes all {kind}, so nothing is left that starts a run"
        yield file.finding(RULE.code, message, everything, "Remove it: what is not in `include` is left out anyway.")
        return
    for node in include:
        same = excluded.get(node.value.casefold().strip("/"))
        if same is not None:
            message = f"`{node.value}` is also included: it is excluded, and starts nothing"
            yield file.finding(RULE.code, message, same, "Remove one of the two.")


def _branch(file: LintedFile, node: ScalarNode) -> Findings:
    text = node.value
    if is_computed(text):
        return
    if _REGULAR.search(text) or _ANY_NAME.search(text):
        message = f"`{text}` looks like a regular expression, and filters know only `*` and `?`"
        rest = _BRACKETS.sub("", text)
        level = None if _REGULAR.search(rest) or _ANY_NAME.search(rest) else Severity.INFO
        yield file.finding(RULE.code, message, node, f"Write `{_as_wildcard(text)}`.", level=level)
    elif text.startswith(("/", "./", "origin/")) or "\\" in text:
        right = text.replace("\\", "/").removeprefix("./").removeprefix("origin/").lstrip("/")
        yield file.finding(RULE.code, f"no branch is called `{text}`", node, f"Write `{right}`.")


def _path(file: LintedFile, node: ScalarNode) -> Findings:
    text = node.value
    if is_computed(text):
        return
    if text.startswith("./") or "\\" in text:
        right = text.replace("\\", "/").removeprefix("./")
        message = f"`{text}` may match no file: a path begins at the top of the repository, and has `/`"
        yield file.finding(RULE.code, message, node, f"Write `{right}`.")
    elif _REGULAR.search(text) and not text.startswith("."):
        message = f"`{text}` looks like a regular expression, and filters know only `*`, `**` and `?`"
        yield file.finding(RULE.code, message, node, f"Write `{_as_wildcard(text)}`.")


def _as_wildcard(text: str) -> str:
    plain = re.sub(r"\\[dw]\+?|\.\*|\.\+|\[[^\]]*\][+*]?", "*", text.strip("^$"))
    return re.sub(r"\\(.)|[()|?].*$", lambda match: match[1] or "*", plain)


RULE = Rule(
    code=Code("AZR114", "trigger-filter", Severity.WARNING),
    summary="a filter of a trigger that does not match what it seems to",
    why=(
        "The pipeline never starts, without an error. Filters have the wildcards `*` and `?`; what is excluded is not included again; `none` is a word of `trigger` and `pr` themselves; "
        "triggers of repository resources work in Azure Repos only (learn.microsoft.com/azure/devops/pipelines/repos/azure-repos-git, Wildcards; "
        "pipelines/process/scheduled-triggers; pipelines/repos/multi-repo-checkout, Triggers)."
    ),
    wrong="schedules:\n- cron: 0 3 * * *\n  branches:\n    include: [none]\nsteps:\n- script: make check\n",
    right="schedules:\n- cron: 0 3 * * *\n  branches:\n    include: [main]\nsteps:\n- script: make check\n",
    check=check,
    of_run=True,
)
