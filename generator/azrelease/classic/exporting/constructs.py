"""What a release has that a classic definition cannot say, or says otherwise."""

from azrelease.classic.constructs import Construct, Handling

_W, _L = Handling.CHANGED, Handling.LOST

TASK_ID_LOST = Construct(
    "Task of the marketplace by name",
    _L,
    "a definition names tasks by id, and this one's is not known",
    "Fetch the organization's tasks with `azrelease catalog sync`, or write the task by its id.",
    control=True,
)
INSTRUCTIONS = Construct(
    "Approval: instructions", _L, "a definition has no place for them", "Tell the approvers yourself."
)
IDENTITY_ID = Construct(
    "Approver",
    _W,
    "by name; the service wants an id as well",
    "Name the id with --names (`identities`), or choose the approver in the portal.",
)
POOL_ID = Construct(
    "Agent pool",
    _W,
    "the service wants the id of a queue",
    "Name it with --names (`pools`), or choose it in the portal.",
)
DEPLOYMENT_GROUP_ID = Construct(
    "Machines",
    _W,
    "a deployment group of that name, whose id the service wants",
    "Name it with --names (`deployment_groups`), or choose it in the portal.",
)
GROUP_ID = Construct(
    "Variable group",
    _L,
    "a definition names it by id, and this one's is not known",
    "Name it with --names (`variable_groups`).",
    control=True,
)
PIPELINE_ID = Construct(
    "Artifact",
    _W,
    "by name; the service wants an id as well",
    "Name it with --names (`pipelines`), or choose it in the portal.",
)
CONNECTION_ID = Construct(
    "Service connection by name",
    _W,
    "the service wants an id",
    "Name it with --names (`service_connections`), or choose it in the portal.",
)
CONDITION_JOBS = Construct(
    "Stage: condition",
    _W,
    "the condition of its jobs: where it does not hold the jobs are skipped, and the stage has succeeded",
)
CONDITION_LOST = Construct(
    "Stage: condition on other stages",
    _L,
    "a definition knows results of stages only",
    "Use `depends_on`.",
    control=True,
)
MANUAL_ORDER = Construct(
    "Stage: started by hand, after others",
    _L,
    "people could start it before the others are done",
    "Remove one of the two.",
    control=True,
)
CRON_LOST = Construct(
    "Schedule",
    _L,
    "a definition knows a time on days of the week only",
    "Write minute, hour and days of the week.",
    control=True,
)
SCHEDULE_BRANCHES = Construct("Schedule: branches and name", _W, "a definition's schedule has none")
STAGE_GROUP = Construct("Stage: group", _W, "a definition shows its stages without groups")
TRIGGER_STAGES = Construct("Trigger: stages of the source", _W, "the release starts when the whole run is done")
ROLLOUT = Construct(
    "Rollout",
    _W,
    "what follows success and failure are tasks with conditions, on the same agent: where that is lost, "
    "nothing is rolled back",
)
MATRIX_LOST = Construct(
    "Job: matrix",
    _L,
    "a definition has one variable of that name for all jobs of a stage, whose values stand with commas between them",
    "Give the variables of each job names of their own.",
    control=True,
)
ALL_ARTIFACTS = Construct("Artifact: one of the pipeline's", _W, "all that the pipeline publishes is downloaded")
ENVIRONMENT = Construct("Environment", _L, "a stage of a definition is its own environment")
CHECKS_LOST = Construct(
    "Checks: branches, hours, templates", _L, "a definition has no such checks", "Use gates.", control=True
)
REGISTRATION_LOST = Construct(
    "Registration", _L, "a definition is not a file of a repository, and makes no variable groups"
)
SHARED_LOCK = Construct(
    "Lock of an environment of another name",
    _L,
    "a stage of a definition has a lock of its own, which it shares with no other",
    "Remove `lock`, or `environment`.",
    control=True,
)
PROJECT_ID = Construct(
    "Artifact: project", _W, "by name; the service wants an id as well", "Choose the artifact again in the portal."
)
RUN_NUMBER = Construct(
    "Artifact: a given run",
    _W,
    "by its number; the service wants the id of the build",
    "Choose the version in the portal.",
)
TAG_COMMA = Construct(
    "Artifact: tag with a comma", _L, "a definition separates tags by commas", "Name the tag otherwise.", control=True
)
APPROVERS_LOST = Construct(
    "Manual validation: approvers",
    _L,
    "a manual intervention can be resumed by everybody who may manage deployments",
    "Use `approval` of the stage.",
    control=True,
)
GOES_ON = Construct(
    "Job: goes on after an error",
    _L,
    "a definition has that for jobs in copies only",
    "Set it on the tasks.",
    control=True,
)
AT_ONCE = Construct(
    "Machines: a number at once",
    _L,
    "a definition knows one at a time, or a percentage",
    "Write a percentage.",
    control=True,
)
JOB_CONDITION_LOST = Construct(
    "Job: condition on other jobs",
    _L,
    "a definition cannot name jobs in it",
    "Use `succeeded()` or `failed()`.",
    control=True,
)
GATES_SAMPLED = Construct("Gates after a stage", _W, "they are asked again until they hold, or their time is over")
SCHEDULE_CHANGED = Construct(
    "Schedule: only with changes", _W, "changes of the artifact count, not those of the pipeline's repository"
)
VARIABLE_OTHER = Construct(
    "A variable of the run",
    _W,
    "in a classic release it tells of the artifact, or is empty",
    "Write what is meant instead.",
)
CONDITION_OTHER = Construct(
    "A condition on a variable of the run",
    _L,
    "in a classic release it tells of the artifact, or is empty",
    "Write another condition.",
    control=True,
)
EXPRESSION_LOST = Construct(
    "An expression of Azure Pipelines",
    _L,
    "a definition takes `${{ }}` and `$[ ]` as text",
    "Write the value.",
    control=True,
)

EXPORT_CONSTRUCTS: tuple[Construct, ...] = tuple(value for value in globals().values() if isinstance(value, Construct))
"""All of them, in the order of this file."""
