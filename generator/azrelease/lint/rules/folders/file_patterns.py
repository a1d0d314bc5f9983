"""AZR239: patterns and paths of files that match nothing."""

import re

from yaml import ScalarNode

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import StepOutline

_PATTERNS = frozenset(
    ("contents", "itempattern", "patterns", "pattern", "testresultsfiles", "summaryfilelocation", "package", "packages", "packagestopush", "searchpattern", "projects",
     "testassemblyver2", "archivefilepatterns", "files")
)  # fmt: skip
_ENDINGS = (
    "csproj", "css", "dll", "exe", "html", "jar", "js", "json", "msi", "nupkg", "pdb", "sln", "trx", "vsix", "war", "whl", "xml", "yaml", "yml", "zip", "py", "ps1", "md", "txt", "bicep", "tf",
)  # fmt: skip
_WHOLE_NAME = re.compile(rf"(?:^|[\\/])\.(?:{'|'.join(_ENDINGS)})$", re.IGNORECASE)
_ROOTS = ("agent", "app", "azp", "bin", "boot", "cygdrive", "data", "dev", "etc", "home", "lib", "media", "mnt", "opt", "proc", "root", "run", "srv", "sys", "tmp", "tools", "usr", "users",
          "var", "volumes", "workspace", "workspaces", "__w", "_work", "github", "library", "applications", "c", "d", "vsts", "src", "build", "work", "private", "nix")  # fmt: skip
"""Folders at the root of a machine or a container."""

_ROOTED = re.compile(r"/(?P<first>[\w.-]+)(?:/|$)")


def check(file: LintedFile) -> Findings:
    """Patterns of known inputs, of `download` and `Contents` of CopyFiles; folders at the root of the machine."""
    for step in file.outline.steps:
        for name, node in _inputs(step):
            yield from _lines(file, step, name, node)
    for known in file.known_tasks:
        for entry, definition in known.given:
            value = entry.value
            if definition is None or definition.type != "filepath" or not isinstance(value, ScalarNode):
                continue
            match = _ROOTED.match(value.value)
            if (
                match is not None
                and match["first"].casefold() not in _ROOTS
                and known.step.job.block.entry("container") is None
            ):
                message = f"`{value.value}` may not exist: it begins at the root of the machine"
                yield file.finding(RULE.code, message, value, f"Write `{value.value.lstrip('/')}`.")


def _lines(file: LintedFile, step: StepOutline, name: str, node: ScalarNode) -> Findings:
    lines = node.value.split("\n")
    offset = 0
    for line in lines:
        found = _problem(step, name, line.strip(), is_block=len(lines) > 1)
        if found is not None and line.strip():
            start = offset + len(line) - len(line.lstrip())
            message, hint = found
            span = file.document.text_span(node, start, start + len(line.strip()))
            yield file.finding(RULE.code, message, span, hint)
        offset += len(line) + 1


def _inputs(step: StepOutline) -> list[tuple[str, ScalarNode]]:
    found = [(name, node) for name, node in step.inputs.items() if name in _PATTERNS]
    node = step.block.scalar("patterns") if step.action == "download" else None
    return [*found, ("patterns", node)] if node is not None else found


def _problem(step: StepOutline, name: str, pattern: str, *, is_block: bool) -> tuple[str, str] | None:
    if pattern.startswith("#"):
        return None
    bare = pattern.removeprefix("!")
    match = _WHOLE_NAME.search(bare)
    if match is not None and "*" in bare:
        dot = bare.rindex(".")
        return (
            f"this matches files whose whole name is `{bare[dot:]}`",
            f"Write `{pattern[: pattern.rindex('.')]}*{bare[dot:]}`.",
        )
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"" and (is_block or "*" in bare):
        return "the quotes are a part of the pattern, so no file matches", f"Write `{bare[1:-1]}`."
    is_rooted = bare.startswith(("/", "$(Build.", "$(System.", "$(Pipeline.", "$(Agent."))
    if step.task_name == "copyfiles" and name == "contents" and is_rooted and not pattern.startswith("!"):
        folder = (step.input("SourceFolder") or "$(Build.SourcesDirectory)").strip()
        if not bare.casefold().startswith(folder.casefold()):
            return (
                f"`Contents` is looked for in `SourceFolder`, `{folder}`: this finds nothing",
                "Name the folder in `SourceFolder`, and the rest in `Contents`.",
            )
    return None


_STEPS = "steps:\n- script: mvn package\n- task: CopyFiles@2\n  inputs:\n    Contents: '{}'\n    TargetFolder: $(Build.ArtifactStagingDirectory)\n"

RULE = Rule(
    code=Code("AZR239", "file-pattern", Severity.WARNING),
    summary="a pattern or path of files that matches nothing",
    why=(
        "The task finds no file, and many succeed all the same. `**/.war` is a file with that whole name; quotes in a block are a part of the pattern; `Contents` of CopyFiles is looked for in `SourceFolder`; `/dist` is at the root of the machine "
        "(learn.microsoft.com/azure/devops/pipelines/tasks/file-matching-patterns). Says nothing of absolute paths in containers, and of folders that machines have."
    ),
    wrong=_STEPS.format("**/.war"),
    right=_STEPS.format("**/*.war"),
    check=check,
)
