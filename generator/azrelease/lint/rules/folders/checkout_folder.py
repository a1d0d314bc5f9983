"""AZR236: files in another folder than their checkout goes to."""

import re

from azrelease.lint.facts.file_uses import FileUse
from azrelease.lint.facts.job_folders import SOURCES, WORKSPACE, RepositoryCheckout, WorkUnit, normalized, unit_texts
from azrelease.lint.facts.repository_files import has_file
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import SCRIPT_ACTIONS
from azrelease.syntax.embedded import is_computed

_SEVERAL = 2
_PATH = re.compile(
    r"\$\((?:Build\.SourcesDirectory|System\.DefaultWorkingDirectory|Build\.Repository\.LocalPath)\)[\\/](?P<folder>[\w.-]+|\$\(Build\.Repository\.Name\))(?=[\\/\s\"';)]|$)",
    re.IGNORECASE,
)


def check(file: LintedFile) -> Findings:
    """Files at the top of the sources with several checkouts; folders of repositories that are elsewhere."""
    units = {id(step): unit for unit in file.work_units if len(unit.checked_out) >= _SEVERAL for step in unit.steps}
    for use in file.file_uses if units else ():
        unit = units.get(id(use.step))
        if unit is None or unit.job.is_open or not _is_in_own_folder(unit):
            continue
        path = _relative(use)
        is_of_workspace = not use.path.casefold().startswith("$(build.")
        if is_of_workspace and any(
            (each.step.block.text("workspaceRepo") or "").casefold() == "true" for each in unit.checked_out
        ):
            continue  # relative paths begin in that repository
        if path is None or has_file(file.context.templates, file.path, path) is not True:
            continue
        message = f"`{use.path}` is not there: with several checkouts, each repository is in a folder of its own"
        hint = "Write `$(Build.SourcesDirectory)/REPOSITORY/…`, or give the checkout a `path` of `s`."
        span = file.document.text_span(use.node, use.start, use.end)
        yield file.finding(RULE.code, message, span, hint)
    yield from _folders(file)


def _folders(file: LintedFile) -> Findings:
    """`$(Build.SourcesDirectory)/FOLDER` of a repository whose checkout goes to another folder, or that is not checked out."""
    names = {alias: (each.block.text("name") or "") for alias, each in file.resources("repositories").items()}
    for unit in file.work_units:
        if unit.job.is_open and not (names and "template" in file.document.text):
            continue
        for _, node in unit_texts(unit):
            for match in _PATH.finditer(node.value) if "$(" in node.value else ():
                found = _problem(file, unit, match["folder"], names)
                if found is not None:
                    message, folder = found
                    written = match[0]
                    hint = f"Write `{folder}`." if folder else "Add a `checkout` of it."
                    span = file.document.text_span(node, match.start(), match.start() + len(written))
                    yield file.finding(RULE.code, message, span, hint)


def _problem(file: LintedFile, unit: WorkUnit, folder: str, names: dict[str, str]) -> tuple[str, str | None] | None:
    """What is wrong with a folder below the sources, and the right one."""
    name = folder.casefold()
    checked_out = unit.checked_out
    if name.startswith("$("):
        is_alone = len(checked_out) <= 1 and unit.has_sources and all(each.path is None for each in checked_out)
        message = "with one checkout, the repository is in `$(Build.SourcesDirectory)` itself"
        return (message, "$(Build.SourcesDirectory)") if is_alone else None
    if any(
        is_computed(each.repository) or (each.path is not None and is_computed(each.path.value)) for each in checked_out
    ):
        return None
    if has_file(file.context.templates, file.path, folder) is not False or _may_make(file, unit, folder):
        return None
    for each in checked_out:
        place = _place(each, names, alone=len(checked_out) == 1)
        if place is None:
            continue
        is_named = name in (each.repository, _last(names.get(each.repository, "")))
        is_at_path = each.path is not None and normalized(each.path.value) == name
        if (
            (is_named or is_at_path)
            and place.casefold() != f"{SOURCES}/{name}".casefold()
            and normalized(place) != f"{SOURCES}/{name}"
        ):
            return f"this repository is checked out to `{place}`", place
    if name in names and not any(each.repository == name for each in checked_out) and names[name]:
        return (
            f"the repository `{folder}` is not checked out in this job: its templates are used, and its files are not there",
            None,
        )
    return None


def _place(checkout: RepositoryCheckout, names: dict[str, str], *, alone: bool) -> str | None:
    """The folder of a checkout; None where that is not known."""
    if checkout.path is not None:
        path = checkout.path.value.strip().replace("\\", "/").strip("/")
        inner = path.removeprefix("s").strip("/") if path == "s" or path.startswith("s/") else None
        if inner is None:
            return f"$(Pipeline.Workspace)/{path}"
        return f"$(Build.SourcesDirectory)/{inner}".rstrip("/")
    if alone:
        return "$(Build.SourcesDirectory)"
    name = names.get(checkout.repository, "").rpartition("/")[2]
    return f"$(Build.SourcesDirectory)/{name}" if name and not is_computed(name) else None


def _last(name: str) -> str:
    return name.rpartition("/")[2].casefold()


def _may_make(file: LintedFile, unit: WorkUnit, folder: str) -> bool:
    """Whether a script of the job may make a folder of that name."""
    steps = {id(step) for step in unit.steps if step.action in SCRIPT_ACTIONS or step.action == "task"}
    made = re.compile(
        rf"(?:mkdir|clone|-o|--output|--out-dir|unzip|tar|New-Item|md|cp|mv|Copy-Item)\b[^\n]*\b{re.escape(folder)}\b",
        re.IGNORECASE,
    )
    return any(id(script.step) in steps and made.search(script.text) for script in file.scripts)


def _is_in_own_folder(unit: WorkUnit) -> bool:
    """Whether the repository of the pipeline is not at the top of the sources."""
    own = [each for each in unit.checked_out if each.repository == "self"]
    return bool(own) and all(each.path is None or each.path.value.strip("/\\. ").casefold() != "s" for each in own)


def _relative(use: FileUse) -> str | None:
    """The path of a file from the folder of the sources; None for a file elsewhere."""
    folder = (
        (use.step.block.text("workingDirectory") or use.step.input("workingDirectory", "cwd")) if use.script else None
    )
    if folder:
        return None
    path = normalized(use.path)
    if path.startswith(f"{SOURCES}/"):
        return use.path[-(len(path) - len(SOURCES) - 1) :]
    if is_computed(use.path) or path.startswith(("/", "~", "$", "%", "..", WORKSPACE)) or ":" in path:
        return None
    return use.path


_STEPS = (
    "resources:\n  repositories:\n  - repository: rules\n    type: git\n    name: quality/lint-rules\n    ref: refs/tags/v9\nsteps:\n- checkout: self\n  path: s\n"
    "- checkout: rules\n  path: rules\n- bash: python3 {}/lint.py\n"
)

RULE = Rule(
    code=Code("AZR236", "checkout-folder", Severity.WARNING),
    summary="a file in another folder than its repository is checked out to",
    why=(
        "One checkout goes to `$(Build.SourcesDirectory)` itself. With several, each repository is in a folder of its name below it, not of its alias; a `path` begins at "
        "`$(Pipeline.Workspace)`; a repository that only gives templates is not checked out (learn.microsoft.com/azure/devops/pipelines/repos/multi-repo-checkout). The rule asks for the checkouts of the job. "
        "It reports files that the repository at hand has at that path, and folders named after a repository that the repository at hand does not have."
    ),
    wrong=_STEPS.format("$(Build.SourcesDirectory)/rules"),
    right=_STEPS.format("$(Pipeline.Workspace)/rules"),
    check=check,
)
