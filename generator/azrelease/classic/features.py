"""What becomes of each feature of a classic release definition: the rows of the loss table and of every report.

The rows are data, and look alike. Source of what Azure Pipelines has and has not:
learn.microsoft.com/azure/devops/pipelines/release and …/yaml-schema.
"""

from enum import StrEnum
from functools import partial
from typing import NamedTuple


class ConversionOutcome(StrEnum):
    """What becomes of a feature."""

    CARRIED = "carried"
    REGISTERED = "carried by registration"
    CHANGED = "carried with a change"
    LOST = "lost"
    MEANINGLESS = "no meaning"


class Feature(NamedTuple):
    """A feature of a definition, or of a release that is exported.

    Attributes:
        title: its name in reports.
        meaning: what becomes of it, for the user.
        advice: what to do about it; empty where nothing is necessary.
        outcome: what becomes of it, in one word.
        control: whether it decides what runs, when, and with whose consent; losing one stops an import or export.
    """

    title: str
    meaning: str
    advice: str = ""
    outcome: ConversionOutcome = ConversionOutcome.CARRIED
    control: bool = False


carried = partial(Feature, outcome=ConversionOutcome.CARRIED)
registered = partial(Feature, outcome=ConversionOutcome.REGISTERED)
changed = partial(Feature, outcome=ConversionOutcome.CHANGED)
lost = partial(Feature, outcome=ConversionOutcome.LOST)
lost_control = partial(Feature, outcome=ConversionOutcome.LOST, control=True)
meaningless = partial(Feature, outcome=ConversionOutcome.MEANINGLESS)

RESTORED = carried("A definition that azrelease exported", "it is unchanged, and becomes the exported release again")

NAME = carried("Name of the definition", "`name`")
NAME_CHANGED = changed("Name of the definition", "`-` replaces characters that the name of a pipeline cannot contain")
FOLDER = registered("Folder", "`folder`, the folder of the pipeline")
DESCRIPTION = carried("Description", "`description`")
TAGS = registered("Tags", "`tags` of the pipeline")
RUN_NAME = carried("Release name format", "`run_name`")
RUN_NAME_CHANGED = changed("Release name format", "its variables have other values in YAML", "Check `run_name`.")
DISABLED = lost_control(
    "Disabled definition",
    "the definition starts no release, but the pipeline can start runs",
    "Import with --accept-loss, then disable the pipeline in Azure DevOps.",
)
YAML_PROCESS = lost_control("Process", "the definition is not a classic one: a YAML file defines its stages")
RETENTION = lost("Retention", "the project decides how long it keeps runs", "Set it in the project, or retain runs.")

ARTIFACT = carried("Artifact: a build", "`artifact`, or an item of `sources`")
ARTIFACT_PROJECT = carried("Artifact: project of the build", "`project`")
ARTIFACT_VERSION = carried("Artifact: default version", "`version`, `branch`, `tags`")
TAGS_TIDIED = changed("Artifact: tags of the default version", "the tags lose the blanks around them")
VERSION_ASKED = changed(
    "Artifact: version asked for at each release",
    "a pipeline takes the latest version; a user can choose another one when starting a run in the portal",
)
VERSION_BRANCH = changed(
    "Artifact: version from the build's own branch",
    "the definition lacks the default branch; a pipeline takes the latest run of any branch",
    "Set `branch`, or name it with --names (`default_branches`).",
)
ALIAS = carried("Artifact: alias", "`alias`, the folder of the download")
ALIAS_CHANGED = changed("Artifact: alias", "`-` replaces characters that YAML does not accept, in paths too")
ONE_ARTIFACT = changed("Artifact: only one of the build's is used", "the pipeline downloads only that one")
PRIMARY = carried("Artifact: primary", "`artifact`; variables `Build.…` become variables of its run")
REPOSITORY = carried("Artifact: a repository (Azure Repos, GitHub, Bitbucket)", "a checkout in `sources`")
REPOSITORY_COMMIT = changed(
    "Artifact: a given commit", "a checkout takes the branch", "Check out the commit in a script."
)
CONTAINER = carried("Artifact: an image (Azure Container Registry, Docker Hub)", "an image in `sources`")
IMAGE_VERSION = lost_control(
    "Artifact: a given tag of an image", "`sources` has no image tags", "Name it in the tasks."
)
JENKINS = carried("Artifact: Jenkins", "a Jenkins job in `sources`")
PACKAGE = carried("Artifact: a package (Azure Artifacts)", "a package in `sources`; a step downloads it")
PACKAGE_LATEST = changed("Artifact: latest version of a package", "the download step needs a version", "Set `version`.")
GITHUB_RELEASE = carried("Artifact: a GitHub release", "a GitHub release in `sources`; a step downloads it")
SERVICE_ID = changed(
    "Service connection by id",
    "the id replaces the name; Azure Pipelines accepts both in this project",
    "Name it with --names, or import from the organization.",
)
ARTIFACT_LOST = lost_control(
    "Artifact: TFVC, TeamCity, external TFS, NuGet feeds elsewhere, several builds",
    "YAML has no such source",
    "Download it in a task, and add the task to each stage.",
)
ARTIFACT_UNNAMED = changed(
    "Artifact by id", "the definition lacks the name of the pipeline", "Set `pipeline` to its name."
)
ARTIFACT_EXTRA = lost_control("Artifact: further settings", "YAML has no such setting")

CD_TRIGGER = carried("Trigger: continuous deployment", "`trigger.continuous_deployment`, or `trigger` of the source")
CD_FILTER = carried("Trigger: branches and tags", "`branches` and `tags` of the trigger")
CD_TAGGING = lost_control(
    "Trigger: when a build is tagged", "a pipeline starts when a build ends, not on a tag", "Tag the build earlier."
)
CD_TAG_PATTERN = lost_control("Trigger: tags by pattern", "a pipeline's trigger takes whole tags", "List the tags.")
CD_MIXED = lost_control(
    "Trigger: branches with different tags",
    "a trigger has the same tags for all its branches",
    "Remove the tags, or create a pipeline for each branch.",
)
CD_BUILD_BRANCH = lost_control(
    "Trigger: the build's own branch", "the definition does not name it", "Name it with --names (`default_branches`)."
)
CONTAINER_TRIGGER = carried("Trigger: a new image", "`trigger` of the image")
CONTAINER_FILTER = lost_control("Trigger: tags of an image by pattern", "YAML lacks tag patterns", "Filter in a task.")
REPOSITORY_TRIGGER = carried("Trigger: a push (Azure Repos)", "`trigger` of the repository")
TRIGGER_LOST = lost_control(
    "Trigger: pull request, package, push elsewhere",
    "YAML has no such trigger for this kind of source",
    "Start the pipeline from a build validation policy, or on a schedule.",
)
SCHEDULE = carried("Trigger: schedule", "`trigger.schedules`, in UTC")
SCHEDULE_ZONE = changed("Trigger: schedule in a time zone", "YAML uses UTC: daylight saving time shifts the local time")
SCHEDULE_MOVED = changed("Trigger: schedule in a time zone without summer time", "the same time, written in UTC")
SCHEDULE_CHANGES = changed(
    "Trigger: schedule only with changes",
    "a pipeline compares the repository of its YAML file, not the artifact",
    "Set `always: true` to release every new artifact.",
)
SCHEDULE_LOST = lost_control("Trigger: schedule", "azrelease does not know its days or its time zone")

STAGE = carried("Stage", "`stages`, with its name as `display_name`")
STAGE_ORDER = carried("Stage: after others, at once, alone", "`depends_on`, and `condition` for other results")
STAGE_MANUAL = carried("Stage: started manually", "`trigger: manual`")
STAGE_FILTER = carried("Stage: only artifacts of some branches", "`condition` on the branch of the source")
STAGE_FILTER_WRITTEN = changed("Stage: only artifacts of some branches", "the filter keeps the branch alone")
STAGE_FILTER_LOST = lost_control(
    "Stage: only artifacts with tags, or of the build's own branch", "YAML lacks such filters"
)
STAGE_CONDITION_LOST = lost_control("Stage: condition", "azrelease does not know what the stage waits for")
STAGE_SCHEDULE = lost_control(
    "Stage: schedule",
    "a schedule starts a pipeline, not one of its stages",
    "Add a business hours check to the environment, or schedule the pipeline.",
)
STAGE_REDEPLOY = lost_control(
    "Stage: redeploy trigger", "a pipeline deploys again only when a user starts it", "Use a rollout, or a failure job."
)
LOCK = registered("Stage: one deployment at a time", "`lock`: an exclusive lock on the environment")
LOCK_MANY = changed("Stage: some deployments at a time", "an exclusive lock admits one", "Remove `lock` to admit all.")
OWNER = lost("Stage: e-mail", "users subscribe to notifications of the environment themselves")
STAGE_OPTION = lost("Stage: badge, work items, deployment status", "environments show deployments and work items")

APPROVAL = registered("Approval before a stage", "`approval`: an approval check on the environment")
APPROVAL_AFTER = carried("Approval after a stage", "`approval_after`: a manual validation at the end of the stage")
APPROVAL_AFTER_SOME = lost_control(
    "Approval after a stage: some of several", "a manual validation waits for one approver, or for all of them"
)
APPROVER = registered("Approver", "a user by e-mail address, a group by name")
APPROVER_ID = changed("Approver by id", "the release file has the id as name", "Name it with --names (`identities`).")
APPROVER_TWICE = lost_control(
    "Approver named twice", "a check asks each approver once", "Remove one from the definition, or name another one."
)
APPROVER_LOST = lost_control("Approver without name and id", "the definition does not say whom to ask")
APPROVAL_TIMEOUT = carried("Approval: timeout", "`timeout`")
APPROVAL_TIMEOUT_CUT = changed("Approval: timeout", "Azure Pipelines waits at most 30 days")
APPROVAL_ORDER = carried("Approval: order, number, requester", "`order`, `minimum`, `requester_may_approve`")
APPROVAL_ORDER_KEPT = changed("Approval: some of several, in an order", "all must approve in turn, which is stricter")
APPROVAL_REVALIDATE = lost_control(
    "Approval: identity checked again",
    "a check does not ask approvers to sign in again",
    "Remove the setting from the definition, or approve outside of Azure Pipelines.",
)
APPROVAL_SKIP = changed("Approval: skipped for the same approver", "every stage asks for approval, which is stricter")
APPROVAL_GATE_ORDER = changed("Approval: before or after gates", "Azure Pipelines orders the checks of an environment")
APPROVAL_MAIL = lost("Approval: notification", "Azure Pipelines always notifies approvers")

GATES = registered("Gates before a stage", "`gates`: checks on the environment")
GATES_AFTER = changed(
    "Gates after a stage", "`gates_after`: an agentless job evaluates them once; a gate that fails then fails the stage"
)
GATE_SAMPLING = carried("Gates: interval and timeout", "`interval` and `timeout`")
GATE_DELAY = changed("Gates: delay before the first time", "checks start at once", "Add a Delay task before the stage.")
GATE_STEADY = lost_control("Gates: minimum time of success", "one success passes a check", "Require it in the gate.")

PHASE = carried("Job on an agent", "the stage's `tasks`, or `jobs`")
PHASE_NAME = carried("Job: name", "`display_name`")
PHASE_NAME_LOST = changed("Job: name", "the only job of a stage has the name of the stage")
PHASE_SERVER = carried("Agentless job", "`runs_on: server`")
PHASE_MACHINES = changed(
    "Deployment group job",
    "`runs_on: machines`: an environment must contain the machines",
    "Register each of them in the environment, with its tags.",
)
PHASE_LOST = lost_control("Job of another kind", "it runs neither on an agent, nor agentless, nor on machines")
MACHINE_HEALTH = carried("Deployment group: how many at once", "`at_once`")
MACHINE_TAGS = carried("Deployment group: tags", "`tags`")
POOL = carried("Agent pool, image", "`agent`")
POOL_RETIRED = changed("Retired image", "the nearest available image replaces it")
POOL_DEFAULT = changed(
    "Hosted pool without an image",
    "a classic job then runs on Windows; the nearest available image replaces it",
    "Set `agent` to run on another system.",
)
POOL_UNKNOWN = changed("Agent pool by id", "the definition lacks its name", "Name it with --names (`pools`).")
DEMANDS = carried("Job: demands", "`demands`")
DEMANDS_LOST = lost_control("Job: demands of a hosted agent", "demands do not select hosted images")
PHASE_CONDITION = carried("Job: condition", "`condition`")
PHASE_TIMEOUT = carried("Job: timeouts", "`timeout`, `cancel_timeout`")
PHASE_NO_TIMEOUT = changed(
    "Job: no timeout", "the default of a pipeline is 1 hour", "Set `timeout` if the job takes longer."
)
PHASE_SERVER_TIMEOUT = changed("Agentless job: no timeout", "`timeout: 30 days`, since it may wait longer than 1 hour")
PHASE_COPIES = carried("Job: several configurations or agents", "`matrix`, `parallel`, `at_once`")
PHASE_COPIES_PLAIN = changed(
    "Job: several configurations or agents, without a deployment",
    "a deployment job has no `matrix` and no `parallel`, so the job is a plain one: the environment records no "
    "deployment of it",
)
PHASE_SERVER_PLAIN = changed(
    "Stage of agentless jobs only", "they are not deployment jobs: the environment records no deployment of the stage"
)
PHASE_COPIES_LOST = lost_control(
    "Job: several configurations", "the definition lacks the values of the variables", "Write the `matrix`."
)
PHASE_DOWNLOAD = carried("Job: artifacts to download, or none", "`download`")
PHASE_DOWNLOAD_ALL = changed("Job: some files of a repository or package", "the job downloads all files")
PHASE_TOKEN = changed(
    "Job: access token for scripts",
    "scripts that name SYSTEM_ACCESSTOKEN get it as an environment variable",
    "Add it to the `env` of other tasks that need it.",
)

TASK = carried("Task", "a typed task, or `name@major` with its `inputs`")
TASK_UNKNOWN = carried("Task of the marketplace", "its id, which Azure Pipelines accepts where the task is installed")
TASK_RAISED = changed("Task: a script that a typed task replaces", "the typed task runs the same command")
TASK_LOST = lost_control("Task without an id", "azrelease does not know what it does", "Check the definition.")
TASK_VERSION = carried("Task: version", "its major version")
TASK_PREVIEW = changed("Task: preview or fixed version", "YAML names only the major version")
TASK_INPUT = carried("Task: inputs", "`inputs` by their names in YAML, without defaults")
TASK_INPUT_CHANGED = changed(
    "Task: an input with a variable or path of the release", "the nearest one of YAML replaces it", "Check the input."
)
TASK_PATH = changed(
    "Task: a relative path", "a classic job starts in the folder of the artifacts, so the path now starts there"
)
TASK_PATH_OPEN = changed(
    "Task: an input that may hold a relative path",
    "a relative path starts in the folder of the artifacts in a classic job, and in the folder of the sources in a "
    "pipeline",
    "Write it from `$(Pipeline.Workspace)` if it is relative.",
)
TASK_SCRIPT_FOLDER = changed(
    "Task: a script without a working directory",
    "the script starts in the folder of the artifacts in a classic job, and in the folder of the sources in a pipeline",
    'Begin the script with `Set-Location "$(Pipeline.Workspace)"`.',
)
TASK_INPUTS_UNKNOWN = changed(
    "Task: unknown inputs",
    "relative and empty paths start in the folder of the artifacts in a classic job, and in the folder of the sources "
    "in a pipeline",
    "Write paths from `$(Pipeline.Workspace)`, or fetch the organization's tasks with `azrelease catalog sync` first.",
)
TASK_OPTION = changed(
    "Task: a value that is not an option of the input",
    "the task keeps it, and the inputs that depend on it",
    "Choose one of the options of the task.",
)
TASK_OPTION_EMPTY = changed(
    "Task: an empty input that others depend on",
    "its default replaces it, since Azure Pipelines requires a value; the task keeps the inputs that depend on it",
    "Choose one of the options of the task.",
)
TASK_INPUT_LOST = lost_control("Task: an input that cannot be named", "YAML does not accept such a key")
TASK_CONTROL = carried("Task: condition, timeout, retries, continue on error, env, disabled", "fields of the task")
TASK_CONTROL_CHANGED = changed("Task: condition with a variable of the release", "the nearest one of YAML replaces it")
TASK_ALWAYS = changed("Task: always run", "`condition: succeededOrFailed()`, which means the same")
TASK_RETRIES = changed("Task: more than 10 retries", "Azure Pipelines retries a task at most 10 times")
TASK_ENV_LOST = lost_control("Task: a variable that cannot be named", "an environment variable cannot have this name")
TASK_NAME_LOST = changed("Task: reference name", "a step's name has letters, digits and `_`, and is unique in its job")
TASK_OVERRIDE = lost_control("Task: overridden inputs", "YAML has no overrides of inputs")
TASK_GROUP = changed("Task group", "the stage contains the tasks of the group, with its parameters filled in")
TASK_GROUP_SHARED = changed(
    "Task group", "a step template, which all releases call that used the group, with the parameters of the call"
)
TASK_GROUP_PASTED = changed(
    "Task group: parameters in scripts",
    "the values become parts of scripts of the template, as they did in the task group",
    "Hand them to the scripts in `env` instead.",
)
TASK_GROUP_MISSING = lost_control("Task group", "the definition lacks its tasks", "Pass its export with --task-groups.")
TASK_GROUP_VERSION = lost_control(
    "Task group: another version",
    "the export of this version is missing; the stage contains the tasks of the other one",
    "Pass the export of this version with --task-groups.",
)
TASK_GROUP_LIMITS = lost_control(
    "Task group: its own timeout, retries or environment",
    "they apply to the group as a whole, and the stage contains its tasks one by one",
    "Set them on the tasks of the group.",
)
TASK_GROUP_CONDITION = lost_control(
    "Task group: its own condition beside those of its tasks", "azrelease does not know which of them applies"
)
INTERVENTION = changed(
    "Manual intervention",
    "`ManualValidation@1` in an agentless job; every user who may start the pipeline can resume it",
    "Set its input `approvers`.",
)
PROCESS_PARAMETERS = changed("Process parameters", "their values replace the variables that use them")

VARIABLE = carried("Variable", "`variables` of the release or the stage")
VARIABLE_CHANGED = changed("Variable with a variable of the release", "the nearest one of YAML replaces it")
VARIABLE_SECRET = registered("Secret variable", "`secrets`: the file contains its name, Azure DevOps its value")
VARIABLE_SECRET_STAGE = registered(
    "Secret variable of a stage",
    "a variable group for the stage, `<release>-<stage>`, so that no other stage gets it",
    "`azrelease apply` creates the group; the value comes from an environment variable.",
)
VARIABLE_SETTABLE = registered("Variable that can be set at release", "`settable`: a variable of the pipeline")
VARIABLE_SETTABLE_STAGE = changed(
    "Variable of a stage that can be set at release", "YAML fixes its value", "Make it a variable of the release."
)
VARIABLE_LOST = lost_control("Variable that cannot be named", "a variable of YAML cannot have this name")
VARIABLE_GROUP = carried("Variable group", "`variable_groups`")
VARIABLE_GROUP_ID = changed(
    "Variable group by id",
    "the definition lacks its name; the pipeline does not start until the name is right",
    "Name it with --names (`variable_groups`).",
)
NO_COUNTERPART = lost(
    "A variable of the release without a counterpart",
    "it stays as written, and is empty when the pipeline runs",
    "Replace it.",
)

BUILD_VARIABLE = lost(
    "A variable of the artifact's build",
    "in a pipeline, it describes the run itself",
    "Write `resources.pipeline.<alias>.…` for the variable of the artifact.",
)
CONDITION_VARIABLE = lost_control(
    "A condition on a variable without a counterpart",
    "in a pipeline, the variable is empty or means something else, so the condition holds when it should not",
    "Write another condition.",
)
EXPRESSION = lost_control(
    "A text with ${{ }} or $[ ]", "a classic release takes it literally, YAML evaluates it", "Write it differently."
)

UNKNOWN = lost_control("Unknown setting", "azrelease does not know what it does", "Find out what it does.")

EMPTY = meaningless("Empty", "null, or an empty text, list or mapping, has no effect")
PLACEHOLDER = lost_control(
    "A placeholder where a number, or true or false, belongs", "azrelease does not know the value", "Fill it in first."
)
UNKNOWN_OFF = meaningless("Off", "a setting that is false or 0 has no effect")
IDENTITY = meaningless("Ids, revision, links, authors, dates", "they belong to the old organization")
DEFAULT = meaningless("Default settings", "the setting has the value that every definition has, and YAML by default")
HIDDEN_INPUT = meaningless("Inputs without effect", "the task ignores them because of another input")
EXPORTED = meaningless("What an export of azrelease adds", "the release file, which an import restores")

CLASSIC_FEATURES: tuple[Feature, ...] = tuple(value for value in globals().values() if isinstance(value, Feature))
"""All features of a definition, in the order of this file."""
