"""What a release has that a classic definition lacks, or expresses differently."""

from azrelease.classic.features import Feature, changed, lost, lost_control

TASK_ID_LOST = lost_control(
    "Task of the marketplace by name",
    "a definition needs its id, which is unknown",
    "Fetch the organization's tasks with `azrelease catalog sync`, or write the task by its id.",
)
INSTRUCTIONS = lost("Approval: instructions", "a definition has none", "Send them to the approvers yourself.")
IDENTITY_ID = changed(
    "Approver", "the service needs an id, too", "Name it with --names (`identities`), or choose it in the portal."
)
POOL_ID = changed(
    "Agent pool", "the service needs the id of a queue", "Name it with --names (`pools`), or choose it in the portal."
)
DEPLOYMENT_GROUP_ID = changed(
    "Machines",
    "the service needs the id of a deployment group",
    "Name it with --names (`deployment_groups`), or choose it in the portal.",
)
GROUP_ID = lost_control(
    "Variable group", "a definition needs its id, which is unknown", "Name it with --names (`variable_groups`)."
)
PIPELINE_ID = changed(
    "Artifact", "the service needs an id, too", "Name it with --names (`pipelines`), or choose it in the portal."
)
CONNECTION_ID = changed(
    "Service connection by name",
    "the service needs an id",
    "Name it with --names (`service_connections`), or choose it in the portal.",
)
CONDITION_JOBS = changed(
    "Stage: condition", "its jobs get the condition: where it does not hold, the stage skips them and succeeds"
)
CONDITION_LOST = lost_control("Stage: condition on other stages", "a definition has results only", "Use `depends_on`.")
MANUAL_ORDER = lost_control(
    "Stage: started manually, after others", "users could start it before the others end", "Remove one of the two."
)
CRON_LOST = lost_control(
    "Schedule", "a definition has only a time and days of the week", "Write minute, hour and days of the week."
)
SCHEDULE_BRANCHES = changed("Schedule: branches and name", "the schedule of a definition has neither")
STAGE_GROUP = changed("Stage: group", "a definition shows its stages without groups")
TRIGGER_STAGES = changed("Trigger: stages of the source", "the release starts when the whole run ends")
ROLLOUT = changed(
    "Rollout", "tasks with conditions follow success and failure on the same agent; without the agent, no rollback runs"
)
MATRIX_LOST = lost_control(
    "Job: matrix",
    "all jobs of a stage share a variable of that name, with values between commas",
    "Name the variables of each job differently.",
)
ALL_ARTIFACTS = changed("Artifact: one of the pipeline's", "the job downloads all artifacts of the pipeline")
ENVIRONMENT = lost("Environment", "a stage of a definition is its own environment")
CHECKS_LOST = lost_control("Checks: branches, hours, templates", "a definition has no such checks", "Use gates.")
REGISTRATION_LOST = lost("Registration", "a definition has no file in a repository, and creates no variable groups")
SHARED_LOCK = lost_control(
    "Lock of an environment of another name", "stages of a definition share no lock", "Remove `lock` or `environment`."
)
PROJECT_ID = changed("Artifact: project", "the service needs an id, too", "Choose the artifact again in the portal.")
RUN_NUMBER = changed(
    "Artifact: a given run", "the service needs the build's id, not the number", "Choose the version in the portal."
)
TAG_COMMA = lost_control("Artifact: tag with a comma", "a definition separates tags by commas", "Rename the tag.")
APPROVERS_LOST = lost_control(
    "Manual validation: approvers", "every user who manages deployments can resume it", "Use `approval` of the stage."
)
GOES_ON = lost_control("Job: continues after an error", "only jobs with copies can", "Set it on the tasks.")
AT_ONCE = lost_control("Machines: a number at once", "a definition has one, or a percentage", "Write a percentage.")
JOB_CONDITION_LOST = lost_control(
    "Job: condition on other jobs", "a definition cannot name jobs in it", "Use `succeeded()` or `failed()`."
)
GATES_SAMPLED = changed("Gates after a stage", "the service evaluates them until they succeed, or time out")
SCHEDULE_CHANGED = changed("Schedule: only with changes", "changes of the artifact count, not those of the repository")
TEMPLATE_LOST = lost_control(
    "Template",
    "a definition has no templates, and the steps of this one are not in the release",
    "Write its tasks into the release, or choose a task group in the portal.",
)
PIPELINE_TEMPLATE_LOST = lost_control(
    "Template of the pipeline",
    "a definition cannot extend a template: whatever that requires or adds is missing",
    "Keep the pipeline in YAML where the organization requires the template.",
)
TEMPLATE_REPOSITORIES_LOST = lost("Repositories of templates", "a definition has no templates")
VARIABLE_OTHER = changed("A variable of the run", "a classic release has another value for it, or none", "Replace it.")
CONDITION_OTHER = lost_control(
    "A condition on a variable of the run", "a classic release has another value for it, or none", "Write another one."
)
EXPRESSION_LOST = lost_control("An expression of Azure Pipelines", "a definition takes it as text", "Write the value.")

RELEASE_FEATURES: tuple[Feature, ...] = tuple(value for value in globals().values() if isinstance(value, Feature))
"""All features that an export changes or loses, in the order of this file."""
