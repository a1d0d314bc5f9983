"""AZR242: script files that are looked for in the working directory."""

import posixpath

from azrelease.lint.facts.job_folders import SOURCES, normalized
from azrelease.lint.facts.repository_files import has_file
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import is_computed

_INPUTS = ("scriptpath", "filepath")


def check(file: LintedFile) -> Findings:
    """A script of a task that the repository at hand has below the working directory, and not at its path."""
    for step in file.outline.steps:
        node = next((step.inputs[name] for name in _INPUTS if name in step.inputs), None)
        folder = step.input("workingDirectory", "cwd")
        if node is None or not folder or is_computed(node.value):
            continue
        below = normalized(folder).removeprefix(f"{SOURCES}/")
        text = node.value.strip().replace("\\", "/")
        if is_computed(below) or text.startswith("/") or below == SOURCES:
            continue
        inner = posixpath.normpath(f"{folder.strip().replace(chr(92), '/').rstrip('/')[-len(below) :]}/{text}")
        library = file.context.templates
        if has_file(library, file.path, text) is False and has_file(library, file.path, inner):
            message = (
                f"`{text}` is not there: the path begins at the top of the repository, not in the working directory"
            )
            yield file.finding(RULE.code, message, node, f"Write `{inner}`.")


_STEPS = (
    "steps:\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: ml-azure\n    scriptType: bash\n    scriptLocation: scriptPath\n    scriptPath: {}\n"
    "    workingDirectory: deployment\n"
)

RULE = Rule(
    code=Code("AZR242", "script-folder", Severity.ERROR),
    summary="a script file is looked for in the working directory",
    why=(
        "Tasks take the path of their script from `$(System.DefaultWorkingDirectory)`, and start it in `workingDirectory` (microsoft/azure-pipelines-agent, TaskRunner.cs, `filePath` inputs). "
        "It reports only scripts that the repository at hand has below the working directory, and not at their path."
    ),
    wrong=_STEPS.format("roll-out.sh"),
    right=_STEPS.format("deployment/roll-out.sh"),
    beside=(("deployment/roll-out.sh", "echo one\n"),),
    check=check,
    of_run=True,
)
