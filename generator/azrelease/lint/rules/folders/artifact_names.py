"""AZR238: artifacts with a name or a path that the service refuses."""

import re

from azrelease.lint.facts.job_folders import publications
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_REFUSED = re.compile(r"[\\/\":<>|*?]")
_REF = re.compile(r"\$\((Build\.SourceBranch|System\.PullRequest\.(?:Source|Target)Branch)\)", re.IGNORECASE)
_COMPUTED = re.compile(r"\$\([^)]*\)|\$\{\{.*?\}\}|\$\[.*\]")


def check(file: LintedFile) -> Findings:
    """The names of pipeline artifacts, and the paths that are published."""
    for each in publications(file.outline.steps):
        if not each.is_pipeline_artifact:
            continue
        text = str(each.node.value) if each.node is not each.step.head else ""
        plain = _COMPUTED.sub(lambda match: "_" * len(match[0]), text)
        refused, ref = _REFUSED.search(plain), _REF.search(text)
        if refused is not None:
            span = file.document.text_span(each.node, refused.start(), refused.end())
            hint = f"Write `{_REFUSED.sub('-', plain).strip('-')}`." if plain == text else "Leave it out."
            yield file.finding(RULE.code, f"the name of an artifact cannot have `{refused[0]}`", span, hint)
        elif ref is not None:
            span = file.document.text_span(each.node, ref.start(), ref.end())
            message = f"`{ref[0]}` is a full ref such as `refs/heads/main`, and the name of an artifact cannot have `/`"
            yield file.finding(RULE.code, message, span, "Write `$(Build.SourceBranchName)`.")
        if each.path is not None and ("*" in each.path.value or "?" in each.path.value):
            message = "this publishes one file or folder, and knows no wildcards"
            hint = "Copy the files into a folder with CopyFiles@2, and publish the folder."
            yield file.finding(RULE.code, message, each.path, hint)


_STEPS = "steps:\n- script: make site\n- publish: site\n  artifact: {}\n"

RULE = Rule(
    code=Code("AZR238", "artifact-name", Severity.ERROR),
    summary="an artifact with a name or path that is refused",
    why=(
        'The step fails: *Artifact name is not valid*. A name has none of `\\ / " : < > | * ?`; the path is one file or folder '
        "(learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-pipeline-artifact-v1). Says nothing of macros in it but those of branches."
    ),
    wrong=_STEPS.format("eu/site"),
    right=_STEPS.format("eu-site"),
    check=check,
    of_run=True,
)
