"""AZR620: results that are published from another folder than they are written to."""

import re

from azrelease.lint.facts.deployments import publishing_steps
from azrelease.lint.facts.job_folders import SOURCES, WorkUnit, normalized
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import StepOutline

_REPORT = re.compile(
    r"--(?:junitxml|junit-xml|reporter-junit-export|log-junit|junitfile|junit-output|outputFile)(?:=|\s+)[\"']?(?P<path>(?:\$\([\w.]+\)|[^\s\"'$])+\.xml)"
)
_RESULTS = re.compile(r"(?<!\S)(?:--results-directory|-r)(?:\s+|=|:)\S+")


def check(file: LintedFile) -> Findings:
    """Reports outside of the folder that PublishTestResults searches; results of DotNetCoreCLI that its own publication does not find."""
    publishing = publishing_steps(file)
    for script in file.scripts:
        steps = publishing.get(id(script.step.job))
        if not steps or script.step.job.is_open:
            continue
        for match in _REPORT.finditer(script.text):
            path = normalized(match["path"])
            if (
                path.startswith("$(")
                and not path.startswith(f"{SOURCES}/")
                and not any(_searches(step, path) for step in steps)
            ):
                message = "PublishTestResults searches `$(System.DefaultWorkingDirectory)`, and this is outside of it"
                where = (script, match.start("path"), match.end("path"))
                hint = f"Give PublishTestResults `searchFolder: {match['path'].rpartition('/')[0]}`."
                yield file.in_script(RULE.code, message, where, hint)
    yield from _of_dotnet(file)


def _searches(step: StepOutline, path: str) -> bool:
    """Whether a publication may find a file: in its folder, or by a pattern that begins with a folder."""
    folder = normalized(step.input("searchFolder") or SOURCES)
    patterns = [normalized(line) for line in (step.input("testResultsFiles") or "").splitlines()]
    root = path.partition("/")[0]
    return (
        path.startswith(f"{folder}/")
        or folder == path.rpartition("/")[0]
        or any(each.startswith(root) for each in patterns)
    )


def _of_dotnet(file: LintedFile) -> Findings:
    for unit in file.work_units:
        tests = [step for step in unit.steps if step.task_name == "dotnetcorecli" and _is(step, "command", "test")]
        publishing = [step for step in tests if _is(step, "publishTestResults", "true", usual="true")]
        if not publishing:
            continue
        if not any(step.task_name == "publishtestresults" for step in unit.steps):
            for step in publishing:
                yield from _results(file, step)
        writes_to_temp = all(_RESULTS.search(step.input("arguments") or "") is None for step in publishing)
        scripts = (script.text for step in unit.steps for script in file.scripts_of(step))
        if (
            writes_to_temp
            and not unit.job.is_open
            and not any("collect" in each or "coverage" in each for each in scripts)
        ):
            yield from _coverage(file, unit)


def _is(step: StepOutline, name: str, value: str, usual: str = "") -> bool:
    return (step.input(name) or usual).casefold() == value


def _results(file: LintedFile, step: StepOutline) -> Findings:
    node = step.inputs.get("arguments")
    match = _RESULTS.search(node.value) if node is not None else None
    if node is not None and match is not None:
        message = "the task publishes what is in `$(Agent.TempDirectory)`, and this writes the results elsewhere"
        span = file.document.text_span(node, match.start(), match.end())
        hint = "Remove it, or write `publishTestResults: false` and publish them with PublishTestResults@2."
        yield file.finding(RULE.code, message, span, hint)


def _coverage(file: LintedFile, unit: WorkUnit) -> Findings:
    for step in unit.steps:
        node = step.inputs.get("summaryfilelocation") if step.task_name == "publishcodecoverageresults" else None
        path = normalized(node.value) if node is not None else ""
        if node is not None and (path.startswith(SOURCES) or not path.startswith("$(")):
            message = "DotNetCoreCLI writes coverage to `$(Agent.TempDirectory)`, and this looks below the sources"
            yield file.finding(RULE.code, message, node, "Write `$(Agent.TempDirectory)/**/coverage.cobertura.xml`.")


_STEPS = "steps:\n- script: pytest --junitxml=$(Agent.TempDirectory)/unit.xml\n- task: PublishTestResults@2\n  condition: succeededOrFailed()\n  inputs:\n    testResultsFiles: '**/unit.xml'\n{}"

RULE = Rule(
    code=Code("AZR620", "results-elsewhere", Severity.WARNING),
    summary="results are published from another folder than they are written to",
    why=(
        "PublishTestResults searches `$(System.DefaultWorkingDirectory)` unless `searchFolder` says otherwise (learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-test-results-v2); DotNetCoreCLI writes and publishes results in "
        "`$(Agent.TempDirectory)` (microsoft/azure-pipelines-tasks, DotNetCoreCLIV2, testcommand.ts). The task warns, and succeeds. Says nothing of paths that other variables are a part of."
    ),
    wrong=_STEPS.format(""),
    right=_STEPS.format("    searchFolder: $(Agent.TempDirectory)\n"),
    check=check,
)
