"""AZR841: steps that fail with what git says on its way."""

import re

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_GIT = re.compile(
    r"(?:^|[\s;&|(])git\s+(?:-\S+\s+)*(?:checkout|switch|clone|fetch|pull|push|submodule)\b(?![^\n]*(?:2>|--quiet|\s-q\b))"
)


def check(file: LintedFile) -> Findings:
    """`failOnStderr: true` in a step whose script calls git."""
    for step in file.outline.steps:
        node = (
            step.block.scalar("failOnStderr")
            or step.inputs.get("failonstderr")
            or step.inputs.get("failonstandarderror")
        )
        if node is None or node.value.casefold() != "true":
            continue
        for script in file.scripts_of(step):
            match = _GIT.search(script.text)
            if match is not None:
                words = " ".join(match[0].split()[:2])
                message = (
                    f"`{words}` writes its progress to the standard error, so this step may fail though all went well"
                )
                yield file.finding(RULE.code, message, node, "Remove it, or write `git … --quiet`.")


_STEPS = "steps:\n- pwsh: |\n    git checkout -b release\n    ./stamp.ps1\n{}"

RULE = Rule(
    code=Code("AZR841", "stderr-fails", Severity.WARNING),
    summary="a step fails with what git writes to the standard error",
    why=(
        "Git writes progress and hints to the standard error, and `failOnStderr` fails a step for any text there "
        "(learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-pwsh). Says nothing of calls that are quiet or redirected."
    ),
    wrong=_STEPS.format("  failOnStderr: true\n"),
    right=_STEPS.format(""),
    check=check,
)
