"""AZR120: triggers for pull requests in Azure Repos."""

import re

from azrelease.lint.facts.repository_files import read_text
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_ORIGIN = re.compile(r'\[remote "origin"\][^\[]*?^\s*url\s*=\s*(?P<url>\S+)', re.MULTILINE | re.DOTALL)
_AZURE_REPOS = re.compile(
    r"(?:^|[@/.])(?:dev\.azure\.com|ssh\.dev\.azure\.com|[\w-]+\.visualstudio\.com)[/:]", re.IGNORECASE
)


def check(file: LintedFile) -> Findings:
    """`pr` in a pipeline of a repository whose origin is Azure Repos."""
    entry = file.root.entry("pr")
    if entry is None or not file.runs_for_pull_requests:
        return
    origin = _ORIGIN.search(read_text(file.context.templates, file.path, ".git/config") or "")
    if origin is not None and _AZURE_REPOS.search(origin["url"]):
        message = "`pr` has no effect in Azure Repos, where this repository is"
        hint = "Add a build validation to the policies of the branch, and remove `pr`."
        yield file.finding(RULE.code, message, entry, hint)


_FILE = "trigger: none\n{}steps:\n- script: make test\n"

RULE = Rule(
    code=Code("AZR120", "ignored-trigger", Severity.WARNING),
    summary="a trigger for pull requests in a repository of Azure Repos",
    why=(
        "Azure Repos starts runs for pull requests by the build validation of a branch policy, and ignores `pr` "
        "(learn.microsoft.com/azure/devops/pipelines/repos/azure-repos-git, PR triggers). The rule asks for the origin of the repository at hand, and says nothing of others."
    ),
    wrong=_FILE.format("pr:\n- main\n"),
    right=_FILE.format(""),
    beside=((".git/config", '[remote "origin"]\n\turl = https://dev.azure.com/contoso/models/_git/churn\n'),),
    check=check,
    of_run=True,
)
