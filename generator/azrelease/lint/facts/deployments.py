"""The purpose of stages, jobs and steps, as far as names and commands show it: deploy, test, publish, approve."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from azrelease.lint.facts import dependencies
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import Command
from azrelease.lint.linted_file import LintedFile
from azrelease.name_words import name_words
from azrelease.syntax import Block, JobOutline, StageOutline, StepOutline
from azrelease.syntax.embedded import is_computed

_PRODUCTION = frozenset(("prod", "production", "prd", "live"))
_NEGATIVE = frozenset(("non", "pre", "not", "no", "preprod", "nonprod"))

_TRIAL = frozenset(
    ("dev", "development", "devel", "test", "tests", "testing", "tst", "qa", "quality", "stage", "staging", "stg",
     "uat", "acc", "acceptance", "preprod", "preproduction", "pre", "ppe", "nonprod", "non", "sandbox", "sbx", "demo",
     "int", "integration", "ci", "build", "smoke", "perf", "performance", "load", "experiment", "playground", "review",
     "lab", "trial", "sit", "alpha", "beta", "preview", "canary", "dry", "rehearsal", "shadow", "validate",
     "validation", "verify", "verification", "local", "feature", "nightly", "dogfood", "internal", "rollback",
     "cleanup", "clean", "destroy", "teardown", "infra", "infrastructure")
)  # fmt: skip
"""Words of stages that deploy nothing to users."""

_TEST_TOOLS = re.compile(
    r"(?:^|[\s;&|(])(?:pytest|py\.test|tox|nox|nosetests|jest|mocha|ctest|phpunit|dotnet (?:test|vstest)"
    r"|(?:python3?|py) -m (?:pytest|unittest)|(?:npm|yarn|pnpm) (?:run )?test|(?:go|cargo|sbt|make) test"
    r"|(?:mvn|\./mvnw)\b[^\n]*\b(?:test|verify|install)|(?:gradle|\./gradlew)\b[^\n]*\b(?:test|check))(?![\w.-])"
)
_SWALLOWED = re.compile(r"\|\|\s*(?:true|:|exit 0)|set \+e|continue-on-collection")

DEPLOY_TASKS = frozenset(
    ("azurewebapp", "azurermwebappdeployment", "azurefunctionapp", "azurefunctionappcontainer", "azurewebappcontainer",
     "azureresourcemanagertemplatedeployment", "kubernetesmanifest", "helmdeploy", "azurecontainerapps",
     "sqlazuredacpacdeployment", "azurespringcloud", "iiswebappdeploymentonmachinegroup")
)  # fmt: skip

_DEPLOYING = {
    "helmdeploy": ("command", ("install", "upgrade", "rollback")),
    "kubernetesmanifest": ("action", ("deploy", "promote", "patch", "scale")),
    "azureresourcemanagertemplatedeployment": ("deploymentMode", ("incremental", "complete")),
}
"""The values of an input with which a task deploys; with others it only reads or prepares."""


def is_production(name: str | None) -> bool:
    """Whether a name is that of a production: `prod`, `Deploy_Production`, `prod-eu`; not `preprod`."""
    words = name_words(name or "")
    return any(
        word in _PRODUCTION and not (index and words[index - 1] in _NEGATIVE) for index, word in enumerate(words)
    )


def is_trial(name: str | None) -> bool:
    """Whether a name is that of something other than production, such as a test or a staging."""
    return not is_production(name) and any(word in _TRIAL for word in name_words(name or ""))


def last_deployments(deploying: Mapping[str, Iterable[str | None]], waits_for: Mapping[str, set[str]]) -> set[str]:
    """The stages after which no other deploys, where several deploy: production, unless a name says otherwise.

    Args:
        deploying: the stages that deploy, each with its names and those of its environments.
        waits_for: for each stage of the release the stages that it depends on directly.
    """
    if len(deploying) <= 1:
        return set()
    followed = {name for start in deploying for name in reachable(start, waits_for) - {start}}
    return {stage for stage, names in deploying.items() if stage not in followed and not any(map(is_trial, names))}


def reachable(start: str, waits_for: Mapping[str, set[str]]) -> set[str]:
    """A stage, and the stages that it depends on, directly or not."""
    queue, seen = [start], {start}
    for name in queue:
        more = waits_for.get(name, set()) - seen
        seen |= more
        queue.extend(more)
    return seen


def runs_tests(script: Script) -> bool:
    """Whether a script runs tests, and fails with them."""
    return _TEST_TOOLS.search(script.text) is not None and _SWALLOWED.search(script.text) is None


def fails_with_tests(script: Script) -> bool:
    """Whether a script that runs tests fails with them, as far as can be seen: no command follows."""
    found = _TEST_TOOLS.search(script.text)
    if found is None or "||" in script.text or re.search(r"\bexit 0\b|--version|--help", script.text):
        return False
    stops = re.search(r"^\s*set -\w*e", script.text, re.MULTILINE) is not None
    _, _, rest = script.lines_joined_as_in_sh.replace("\\\n", "  ")[found.end() :].partition("\n")
    return stops or not any(line.strip() and not line.lstrip().startswith("#") for line in rest.split("\n"))


def pytest_calls(script: Script) -> Iterator[Command]:
    """The calls of pytest in a script, without a program before it."""
    for command in script.calls("pytest", "py.test", "python", "python3", "coverage"):
        words = [word.text for word in command]
        if words[0].rpartition("/")[2] in ("pytest", "py.test"):
            yield command
        elif "-m" in words and words.index("-m") + 1 < len(words) and words[words.index("-m") + 1] == "pytest":
            yield command[words.index("-m") + 1 :]


def publishes(step: StepOutline) -> bool:
    """Whether a step publishes test results."""
    return step.task_name == "publishtestresults"


def publishing_steps(file: LintedFile) -> dict[int, list[StepOutline]]:
    """The steps that publish test results, by the identity of their job."""
    found: dict[int, list[StepOutline]] = {}
    for step in file.outline.steps:
        if publishes(step):
            found.setdefault(id(step.job), []).append(step)
    return found


def deploys(file: LintedFile, stage: StageOutline) -> StepOutline | None:
    """The first step of a stage that is known to deploy something; None when there is none."""
    calls = {
        id(call.script.step) for call in file.azure_ml_calls if call.name.endswith(("deploy", "-deployment create"))
    }
    return next((step for step in stage.steps if deploys_by_task(step) or id(step) in calls), None)


def deploys_by_task(step: StepOutline) -> bool:
    """Whether a step has a task that deploys, with inputs that make it deploy."""
    if step.task_name not in DEPLOY_TASKS:
        return False
    if step.task_name in _DEPLOYING:
        name, deploying = _DEPLOYING[step.task_name]
        given = step.input(name)
        if given is not None and not is_computed(given):
            return given.casefold() in deploying
    return step.task_name != "helmdeploy"  # without a command, helm lists releases


def waits_for_person(stage: StageOutline, job: JobOutline | None = None) -> bool:
    """Whether a manual validation is before a job, or in a stage."""
    validated = {other.name.casefold() for other in stage.jobs if other.name and any(map(_is_validation, other.steps))}
    if job is None:
        return bool(validated) or any(_is_validation(step) for step in stage.steps)
    way = dependencies.way_to(dependencies.jobs(stage), job.block, in_order=False)
    return any(name in validated for _, names in way for name in names or ())


def stages_before(stages: tuple[StageOutline, ...], stage: StageOutline) -> list[StageOutline] | None:
    """The stages that a stage depends on, directly or not; None when they cannot all be seen."""
    written = [found for found in stages if not found.is_implicit]
    way = list(dependencies.way_to(dependencies.stages(stages), stage.block, in_order=True))
    if any(names is None for _, names in way):
        return None
    return [written[index] for index, _ in way[1:]]


def is_conditional(file: LintedFile, job: JobOutline) -> bool:
    """Whether the job, its stage, or anything that these depend on has a condition, or is under an `${{ if }}`."""
    if job.guards or job.stage.guards or job.block.entry("condition") or job.stage.block.entry("condition"):
        return True
    if any(step.action == "reviewApp" for step in job.steps):
        return True  # it creates an environment for a pull request
    working = [step for step in job.steps if step.action not in ("checkout", "download")]
    if working and not job.is_open and all(step.block.entry("condition") for step in working):
        return True
    jobs, stages = dependencies.jobs(job.stage), dependencies.stages(file.outline.stages)
    return _may_stop(jobs, job.block, in_order=False) or _may_stop(stages, job.stage.block, in_order=True)


def _may_stop(members: Sequence[dependencies.Member], block: Block, *, in_order: bool) -> bool:
    way = dependencies.way_to(members, block, in_order=in_order)
    return any(names is None or members[index].block.entry("condition") for index, names in way)


def _is_validation(step: StepOutline) -> bool:
    return step.task_name in ("manualvalidation", "manualintervention")
