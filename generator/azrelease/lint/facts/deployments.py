"""What stages, jobs and steps of a release are for, as far as their names and commands say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from azrelease.lint.facts import dependencies
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import Command, program_calls
from azrelease.lint.linted_file import LintedFile
from azrelease.name_words import name_words
from azrelease.syntax import Block, JobOutline, StageOutline, StepOutline
from azrelease.syntax.embedded import is_computed

_PRODUCTION = frozenset(("prod", "production", "prd", "live"))
_NOT = frozenset(("non", "pre", "not", "no", "preprod", "nonprod"))

_TRIAL = frozenset(
    ("dev", "development", "devel", "test", "tests", "testing", "tst", "qa", "quality", "stage", "staging", "stg",
     "uat", "acc", "acceptance", "preprod", "preproduction", "pre", "ppe", "nonprod", "non", "sandbox", "sbx", "demo",
     "int", "integration", "ci", "build", "smoke", "perf", "performance", "load", "experiment", "playground", "review",
     "lab", "trial", "sit", "alpha", "beta", "preview", "canary", "dry", "rehearsal", "shadow", "validate",
     "validation", "verify", "verification", "local", "feature", "nightly", "dogfood", "internal", "rollback",
     "cleanup", "clean", "destroy", "teardown", "infra", "infrastructure")
)  # fmt: skip
"""Words of stages that deploy for a trial, or that deploy no model to users."""

_TEST_TOOLS = re.compile(
    r"(?:^|[\s;&|(])(?:pytest|py\.test|tox|nox|nosetests|jest|mocha|ctest|phpunit|dotnet (?:test|vstest)"
    r"|(?:python3?|py) -m (?:pytest|unittest)|(?:npm|yarn|pnpm) (?:run )?test|(?:go|cargo|sbt|make) test"
    r"|(?:mvn|gradle|\./gradlew|\./mvnw)\b[^\n]*\btest)(?![\w.-])"
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
"""The values of an input with which a task deploys; with others it only looks or prepares."""


def is_production(name: str | None) -> bool:
    """Whether a name says that it is about production: `prod`, `Deploy_Production`, `prod-eu`; not `preprod`."""
    words = name_words(name or "")
    return any(word in _PRODUCTION and not (index and words[index - 1] in _NOT) for index, word in enumerate(words))


def is_trial(name: str | None) -> bool:
    """Whether a name says that it is about something before production, or beside it."""
    return not is_production(name) and any(word in _TRIAL for word in name_words(name or ""))


class DeployingStage(NamedTuple):
    """A stage that deploys.

    Attributes:
        name: its name.
        is_trial: whether its names say that users do not get what it deploys.
    """

    name: str
    is_trial: bool


def last_deployments(deploying: Sequence[DeployingStage], waits_for: Mapping[str, set[str]]) -> set[str]:
    """The stages behind which nothing is deployed, where something is deployed before or beside them: production.

    A release that deploys once says nothing of where.

    Args:
        deploying: the stages that deploy.
        waits_for: for each stage of the release the stages that it waits for directly.
    """
    names = {stage.name for stage in deploying}
    if len(names) < _LEAST_PLACES:
        return set()
    followed = {name for start in names for name in reachable(start, waits_for) - {start}}
    return {stage.name for stage in deploying if not stage.is_trial and stage.name not in followed}


_LEAST_PLACES = 2


def reachable(start: str, waits_for: Mapping[str, set[str]]) -> set[str]:
    """A stage, and the stages that it waits for, directly or not."""
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
    """Whether a script that runs tests ends with their result, as far as can be seen: nothing comes behind them."""
    found = _TEST_TOOLS.search(script.text)
    if found is None or "||" in script.text or re.search(r"\bexit 0\b|--version|--help", script.text):
        return False
    stops = re.search(r"^\s*set -\w*e", script.text, re.MULTILINE) is not None
    _, _, behind = script.lines_joined_as_in_sh.replace("\\\n", "  ")[found.end() :].partition("\n")
    return stops or not any(line.strip() and not line.lstrip().startswith("#") for line in behind.split("\n"))


def pytest_calls(script: Script) -> Iterator[Command]:
    """The calls of pytest in a script, from its name on."""
    for command in program_calls(script.lines_joined_as_in_sh, "pytest", "py.test", "python", "python3", "coverage"):
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
    """The first step of a stage that deploys something, of those that can be told; None when there is none."""
    calls = {
        id(call.script.step) for call in file.azure_ml_calls if call.name.endswith(("deploy", "-deployment create"))
    }
    return next((step for step in stage.steps if _is_deployment(step) or id(step) in calls), None)


def _is_deployment(step: StepOutline) -> bool:
    if step.task_name not in DEPLOY_TASKS:
        return False
    if step.task_name in _DEPLOYING:
        name, deploying = _DEPLOYING[step.task_name]
        given = step.input(name)
        if given is not None and not is_computed(given):
            return given.casefold() in deploying
    return step.task_name != "helmdeploy"  # which lists releases if it is not told what to do


def waits_for_person(stage: StageOutline, job: JobOutline | None = None) -> bool:
    """Whether a manual validation stands before a job, or in a stage."""
    validated = {other.name.casefold() for other in stage.jobs if other.name and any(map(_is_validation, other.steps))}
    if job is None:
        return bool(validated) or any(_is_validation(step) for step in stage.steps)
    way = dependencies.way_to(dependencies.jobs(stage), job.block, in_order=False)
    return any(name in validated for _, names in way for name in names or ())


def stages_before(stages: tuple[StageOutline, ...], stage: StageOutline) -> list[StageOutline] | None:
    """The stages that a stage waits for, directly or not; None when they cannot all be seen."""
    written = [found for found in stages if not found.is_implicit]
    way = list(dependencies.way_to(dependencies.stages(stages), stage.block, in_order=True))
    if any(names is None for _, names in way):
        return None
    return [written[index] for index, _ in way[1:]]


def has_condition(file: LintedFile, job: JobOutline) -> bool:
    """Whether a condition stands at the job, its stage, or anything that these wait for."""
    if job.block.entry("condition") or job.stage.block.entry("condition"):
        return True
    if any(step.action == "reviewApp" for step in job.steps):
        return True  # an environment for a pull request is what that is for
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
