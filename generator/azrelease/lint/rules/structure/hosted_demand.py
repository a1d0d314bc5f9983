"""AZR117: demands on hosted agents."""

from azrelease.lint.facts.scopes import scopes
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block
from azrelease.syntax.embedded import is_computed

_HOSTED = (
    "agent.", "ant", "azureps", "bower", "clang", "cmd", "cmake", "curl", "docker", "dotnetframework", "git", "gradle", "grunt", "gulp", "java", "jdk", "make",
    "maven", "msbuild", "msdeploy", "node", "npm", "php", "powershell", "python", "rake", "ruby", "sh", "sqlpackage", "svn", "vstest", "visualstudio", "windowskit", "windowssdk",
    "xamarin", "xcode", "android", "azureguestagent", "commandpromptype", "cmdline",
)  # fmt: skip
"""The beginnings of capabilities that hosted agents have or had."""


def check(file: LintedFile) -> Findings:
    """`demands` in pools with a `vmImage`."""
    for holder in scopes(file):
        for pool, _ in holder.blocks("pool"):
            yield from _of_pool(file, pool)


def _of_pool(file: LintedFile, pool: Block) -> Findings:
    name = (pool.text("name") or "azure pipelines").casefold()
    if pool.entry("vmImage") is None or name != "azure pipelines":
        return
    for node in pool.texts("demands"):
        if not is_computed(node.value) and not node.value.strip().casefold().startswith(_HOSTED):
            message = f"hosted agents may not have `{node.value}`: demands choose among agents of your own"
            yield file.finding(
                RULE.code, message, node, "Name the pool that has such agents: `pool: {name: NAME, demands: …}`."
            )


RULE = Rule(
    code=Code("AZR117", "hosted-demand", Severity.WARNING),
    summary="a demand on a hosted agent",
    why=(
        "No hosted agent has a capability that you define, so the job fails: *No agent found in pool Azure Pipelines which satisfies the following demand* "
        "(learn.microsoft.com/azure/devops/pipelines/process/demands). Says nothing of capabilities that hosted agents have, such as `msbuild`."
    ),
    wrong="pool:\n  vmImage: windows-2025\n  demands:\n  - SpecialSDK\nsteps:\n- script: build.cmd\n",
    right="pool:\n  name: Build machines\n  demands:\n  - SpecialSDK\nsteps:\n- script: build.cmd\n",
    check=check,
    of_run=True,
)
