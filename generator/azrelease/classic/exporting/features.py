"""What a release has that a classic definition lacks, or expresses differently."""

from azrelease.classic.features import Feature, changed, lost, lost_control

TASK_ID_LOST = lost_control(
    "Task of the marketplace by name",
    "a definition names tasks by id, and azrelease does not know the id of this one",
    "Fetch the organization's tasks with `azrelease catalog sync`, or write the task by its id.",
)
INSTRUCTIONS = lost(
    "Approval: instructions", "a definition has no instructions", "Send them to the approvers yourself."
)
IDENTITY_ID = changed(
    "Approver",
    "the definition has only the name; the service needs an id as well",
    "Name the id with --names (`identities`), or choose the approver in the portal.",
)
POOL_ID = changed(
    "Agent pool",
    "the service needs the id of a queue",
    "Name it with --names (`pools`), or choose it in the portal.",
)
DEPLOYMENT_GROUP_ID = changed(
    "Machines",
    "a deployment group of that name, whose id the service needs",
    "Name it with --names (`deployment_groups`), or choose it in the portal.",
)
GROUP_ID = lost_control(
    "Variable group",
    "a definition names it by id, and azrelease does not know the id of this one",
    "Name it with --names (`variable_groups`).",
)
PIPELINE_ID = changed(
    "Artifact",
    "the definition has only the name; the service needs an id as well",
    "Name it with --names (`pipelines`), or choose it in the portal.",
)
CONNECTION_ID = changed(
    "Service connection by name",
    "the service needs an id",
    "Name it with --names (`service_connections`), or choose it in the portal.",
)
CONDITION_JOBS = changed(
    "Stage: condition",
    "its jobs get the condition: where it does not hold, the stage skips them and succeeds",
)
CONDITION_LOST = lost_control(
    "Stage: condition on other stages", "a definition compares only results of stages", "Use `depends_on`."
)
MANUAL_ORDER = lost_control(
    "Stage: started manually, after others",
    "users could start it before the other stages end",
    "Remove one of the two.",
)
CRON_LOST = lost_control(
    "Schedule",
    "the schedule of a definition has a time and days of the week only",
    "Write minute, hour and days of the week.",
)
SCHEDULE_BRANCHES = changed("Schedule: branches and name", "the schedule of a definition has neither")
STAGE_GROUP = changed("Stage: group", "a definition shows its stages without groups")
TRIGGER_STAGES = changed("Trigger: stages of the source", "the release starts when the whole run ends")
ROLLOUT = changed(
    "Rollout",
    "tasks with conditions follow success and failure on the same agent: if it is lost, nothing is rolled back",
)
MATRIX_LOST = lost_control(
    "Job: matrix",
    "a definition has one variable of that name for all jobs of a stage, with values separated by commas",
    "Give the variables of each job names of their own.",
)
ALL_ARTIFACTS = changed("Artifact: one of the pipeline's", "the job downloads all artifacts of the pipeline")
ENVIRONMENT = lost("Environment", "a stage of a definition is its own environment")
CHECKS_LOST = lost_control("Checks: branches, hours, templates", "a definition has no such checks", "Use gates.")
REGISTRATION_LOST = lost("Registration", "a definition has no file in a repository, and creates no variable groups")
SHARED_LOCK = lost_control(
    "Lock of an environment of another name",
    "a stage of a definition shares its lock with no other",
    "Remove `lock`, or `environment`.",
)
PROJECT_ID = changed(
    "Artifact: project",
    "the definition has only the name; the service needs an id as well",
    "Choose the artifact again in the portal.",
)
RUN_NUMBER = changed(
    "Artifact: a given run",
    "the definition has only the number; the service needs the id of the build",
    "Choose the version in the portal.",
)
TAG_COMMA = lost_control("Artifact: tag with a comma", "a definition separates tags by commas", "Rename the tag.")
APPROVERS_LOST = lost_control(
    "Manual validation: approvers",
    "every user who may manage deployments can resume a manual intervention",
    "Use `approval` of the stage.",
)
GOES_ON = lost_control(
    "Job: continues after an error", "only jobs with a matrix or copies can do so", "Set it on the tasks."
)
AT_ONCE = lost_control(
    "Machines: a number at once", "a definition has one at a time, or a percentage", "Write a percentage."
)
JOB_CONDITION_LOST = lost_control(
    "Job: condition on other jobs", "a definition cannot name jobs in it", "Use `succeeded()` or `failed()`."
)
GATES_SAMPLED = changed("Gates after a stage", "the service evaluates them until they succeed, or time out")
SCHEDULE_CHANGED = changed(
    "Schedule: only with changes", "changes of the artifact count, not those of the pipeline's repository"
)
VARIABLE_OTHER = changed(
    "A variable of the run",
    "in a classic release, it describes the artifact, or is empty",
    "Replace it by what you mean.",
)
CONDITION_OTHER = lost_control(
    "A condition on a variable of the run",
    "in a classic release, the variable describes the artifact, or is empty",
    "Write another condition.",
)
EXPRESSION_LOST = lost_control(
    "An expression of Azure Pipelines", "a definition takes `${{ }}` and `$[ ]` literally", "Write the value."
)

RELEASE_FEATURES: tuple[Feature, ...] = tuple(value for value in globals().values() if isinstance(value, Feature))
"""All features that an export changes or loses, in the order of this file."""
