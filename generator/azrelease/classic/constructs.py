"""What a classic release definition is made of, and how each part is handled: the loss table of the documentation.

A part that is told of in a loss report is told of in the words of this table. Source of what Azure Pipelines has and
has not: learn.microsoft.com/azure/devops/pipelines/release and …/yaml-schema.
"""

from enum import StrEnum
from typing import NamedTuple


class Handling(StrEnum):
    """What becomes of a part of a definition."""

    CARRIED = "carried"
    REGISTERED = "carried by registration"
    CHANGED = "carried with a change"
    LOST = "lost"
    MEANINGLESS = "no meaning"


class Construct(NamedTuple):
    """A part of a definition.

    Attributes:
        title: what it is called.
        handling: what becomes of it.
        meaning: what that means for the user.
        advice: what to do about it; empty where nothing is to be done.
        control: whether it decides what runs, when, and with whose consent; losing one stops an import.
    """

    title: str
    handling: Handling
    meaning: str
    advice: str = ""
    control: bool = False


_C, _R, _W, _L = Handling.CARRIED, Handling.REGISTERED, Handling.CHANGED, Handling.LOST

RESTORED = Construct("A definition that azrelease exported", _C, "unchanged since, it is the release it was made from")

NAME = Construct("Name of the definition", _C, "`name`")
NAME_CHANGED = Construct("Name of the definition", _W, "what a pipeline's name cannot hold was replaced by `-`")
FOLDER = Construct("Folder", _R, "`folder`: the folder of the pipeline")
DESCRIPTION = Construct("Description", _C, "`description`")
TAGS = Construct("Tags", _R, "`tags` of the pipeline")
RUN_NAME = Construct("Release name format", _C, "`run_name`")
RUN_NAME_CHANGED = Construct(
    "Release name format", _W, "its variables mean something else in YAML", "Look at `run_name`."
)
DISABLED = Construct(
    "Disabled definition",
    _L,
    "nobody can start this release; the pipeline could be started",
    "Import it with --accept-loss, and disable the pipeline in Azure DevOps.",
    control=True,
)
YAML_PROCESS = Construct("Process", _L, "this is no classic definition: its stages stand in YAML", control=True)
RETENTION = Construct(
    "Retention",
    _L,
    "how long runs are kept is a setting of the project",
    "Set it in the project, or keep a run by hand.",
)

ARTIFACT = Construct("Artifact: a build", _C, "`artifact`, or a further one in `sources`")
ARTIFACT_PROJECT = Construct("Artifact: project of the build", _C, "`project`")
ARTIFACT_VERSION = Construct("Artifact: default version", _C, "`version`, `branch`, `tags`")
TAGS_TIDIED = Construct("Artifact: tags of the default version", _W, "without the blanks around them")
VERSION_ASKED = Construct(
    "Artifact: version asked for at each release",
    _W,
    "a pipeline takes the latest; people can choose another in the portal",
)
VERSION_BRANCH = Construct(
    "Artifact: version from the build's own branch",
    _W,
    "its default branch is not in the definition; a pipeline takes the latest of any branch",
    "Set `branch`, or name it with --names (`default_branches`).",
)
ALIAS = Construct("Artifact: alias", _C, "`alias`, the folder it is downloaded to")
ALIAS_CHANGED = Construct("Artifact: alias", _W, "letters that YAML does not take were replaced, in paths too")
ONE_ARTIFACT = Construct("Artifact: only one of the build's is used", _W, "only that one is downloaded")
PRIMARY = Construct("Artifact: primary", _C, "`artifact`; `Build.…` variables mean its run and are written so")
REPOSITORY = Construct("Artifact: a repository (Azure Repos, GitHub, Bitbucket)", _C, "a checkout in `sources`")
REPOSITORY_COMMIT = Construct(
    "Artifact: a given commit", _W, "the branch is checked out", "Check out the commit in a script."
)
CONTAINER = Construct("Artifact: an image (Azure Container Registry, Docker Hub)", _C, "an image in `sources`")
IMAGE_VERSION = Construct(
    "Artifact: a given tag of an image",
    _L,
    "an image in `sources` only starts the release",
    "Name the tag in the tasks.",
    control=True,
)
JENKINS = Construct("Artifact: Jenkins", _C, "a Jenkins job in `sources`")
PACKAGE = Construct("Artifact: a package (Azure Artifacts)", _C, "a package in `sources`; a step downloads it")
PACKAGE_LATEST = Construct(
    "Artifact: latest version of a package", _W, "the step that downloads it needs a version", "Set `version`."
)
GITHUB_RELEASE = Construct("Artifact: a GitHub release", _C, "a GitHub release in `sources`; a step downloads it")
SERVICE_ID = Construct(
    "Service connection by id",
    _W,
    "the id stands where the name belongs; Azure Pipelines takes either in this project",
    "Name it with --names, or import from the organization.",
)
ARTIFACT_LOST = Construct(
    "Artifact: TFVC, TeamCity, external TFS, NuGet feeds elsewhere, several builds",
    _L,
    "Azure Pipelines has no such source in YAML",
    "Download it in a task, and add the task to each stage.",
    control=True,
)
ARTIFACT_UNNAMED = Construct(
    "Artifact by id", _W, "the definition has no name of it", "Write the name of the pipeline in `pipeline`."
)
ARTIFACT_EXTRA = Construct("Artifact: further settings", _L, "YAML has no such setting", control=True)

CD_TRIGGER = Construct(
    "Trigger: continuous deployment", _C, "`trigger.continuous_deployment`, or `trigger` of the source"
)
CD_FILTER = Construct("Trigger: branches and tags", _C, "`branches` and `tags` of the trigger")
CD_TAGGING = Construct(
    "Trigger: when a build is tagged",
    _L,
    "a pipeline starts when a build is done, not when it is tagged",
    "Tag the build before it is done.",
    control=True,
)
CD_TAG_PATTERN = Construct(
    "Trigger: tags by pattern", _L, "a pipeline's trigger knows tags by name only", "Name the tags.", control=True
)
CD_MIXED = Construct(
    "Trigger: branches with different tags",
    _L,
    "one trigger has the same tags for all its branches",
    "Drop the tags, or make a pipeline for each.",
    control=True,
)
CD_BUILD_BRANCH = Construct(
    "Trigger: the build's own branch",
    _L,
    "its default branch is not in the definition",
    "Name it with --names (`default_branches`).",
    control=True,
)
CONTAINER_TRIGGER = Construct("Trigger: a new image", _C, "`trigger` of the image")
CONTAINER_FILTER = Construct(
    "Trigger: tags of an image by pattern",
    _L,
    "regular expressions have no counterpart",
    "Filter in a task.",
    control=True,
)
REPOSITORY_TRIGGER = Construct("Trigger: a push (Azure Repos)", _C, "`trigger` of the repository")
TRIGGER_LOST = Construct(
    "Trigger: pull request, package, push elsewhere",
    _L,
    "YAML has no such trigger for a source of this kind",
    "Start the pipeline from a build validation policy, or on a schedule.",
    control=True,
)
SCHEDULE = Construct("Trigger: schedule", _C, "`trigger.schedules`, in UTC")
SCHEDULE_ZONE = Construct(
    "Trigger: schedule in a time zone", _W, "YAML knows UTC only; in summer it is off by as much as clocks are changed"
)
SCHEDULE_MOVED = Construct("Trigger: schedule in a time zone without summer time", _W, "the same time, written in UTC")
SCHEDULE_CHANGES = Construct(
    "Trigger: schedule only with changes",
    _W,
    "a pipeline looks for changes in the repository of its YAML file, not in the artifact",
    "Set `always: true` if every new artifact is to be released.",
)
SCHEDULE_LOST = Construct("Trigger: schedule", _L, "its days or its time zone are not known", control=True)

STAGE = Construct("Stage", _C, "`stages`, with its name as `display_name`")
STAGE_ORDER = Construct("Stage: after others, at once, alone", _C, "`depends_on`, and `condition` for other results")
STAGE_MANUAL = Construct("Stage: started by hand", _C, "`trigger: manual`")
STAGE_FILTER = Construct("Stage: only artifacts of some branches", _C, "`condition` on the branch of the source")
STAGE_FILTER_WRITTEN = Construct("Stage: only artifacts of some branches", _W, "written anew, as the branch alone")
STAGE_FILTER_LOST = Construct(
    "Stage: only artifacts with tags, or of the build's own branch", _L, "a condition cannot see them", control=True
)
STAGE_CONDITION_LOST = Construct("Stage: condition", _L, "what it waits for is not known", control=True)
STAGE_SCHEDULE = Construct(
    "Stage: schedule",
    _L,
    "a schedule starts a pipeline, not one of its stages",
    "Add a business hours check to the environment, or schedule the pipeline.",
    control=True,
)
STAGE_REDEPLOY = Construct(
    "Stage: redeploy trigger",
    _L,
    "a pipeline deploys again when somebody starts it",
    "Use a rollout, or a failure job.",
    control=True,
)
LOCK = Construct("Stage: one deployment at a time", _R, "`lock`: an exclusive lock of the environment")
LOCK_MANY = Construct(
    "Stage: some deployments at a time", _W, "an exclusive lock lets one in", "Remove `lock` to let all of them in."
)
OWNER = Construct("Stage: e-mail", _L, "people subscribe to notifications of the environment by themselves")
STAGE_OPTION = Construct(
    "Stage: badge, work items, deployment status", _L, "environments show deployments and work items by themselves"
)

APPROVAL = Construct("Approval before a stage", _R, "`approval`: an approval check on the environment")
APPROVAL_AFTER = Construct("Approval after a stage", _C, "`approval_after`: manual validation at the end of the stage")
APPROVAL_AFTER_SOME = Construct(
    "Approval after a stage: some of several", _L, "manual validation waits for one of them, or for all", control=True
)
APPROVER = Construct("Approver", _R, "a user by e-mail, a group by name")
APPROVER_ID = Construct(
    "Approver by id",
    _W,
    "the id stands where the name belongs, which nobody can read",
    "Name it with --names (`identities`).",
)
APPROVER_TWICE = Construct(
    "Approver named twice",
    _L,
    "a check asks each approver once",
    "Drop the second one from the definition, or name another approver.",
    control=True,
)
APPROVER_LOST = Construct("Approver without name and id", _L, "nobody can be asked", control=True)
APPROVAL_TIMEOUT = Construct("Approval: timeout", _C, "`timeout`")
APPROVAL_TIMEOUT_CUT = Construct("Approval: timeout", _W, "the longest that Azure Pipelines waits is 30 days")
APPROVAL_ORDER = Construct("Approval: order, number, requester", _C, "`order`, `minimum`, `requester_may_approve`")
APPROVAL_ORDER_KEPT = Construct(
    "Approval: some of several, in an order", _W, "all of them have to approve, one after the other, which is stricter"
)
APPROVAL_REVALIDATE = Construct(
    "Approval: identity checked again",
    _L,
    "approvers are not asked to sign in again",
    "Drop it, or approve outside.",
    control=True,
)
APPROVAL_SKIP = Construct(
    "Approval: skipped for the same approver", _W, "it is asked for at every stage, which is stricter"
)
APPROVAL_GATE_ORDER = Construct(
    "Approval: before or after gates", _W, "checks of an environment run in the order of Azure Pipelines"
)
APPROVAL_MAIL = Construct("Approval: notification", _L, "approvers are always told")

GATES = Construct("Gates before a stage", _R, "`gates`: checks on the environment")
GATES_AFTER = Construct(
    "Gates after a stage",
    _W,
    "`gates_after`: asked once, in an agentless job; a gate that does not hold then fails the stage",
)
GATE_SAMPLING = Construct("Gates: interval and timeout", _C, "`interval` and `timeout`")
GATE_DELAY = Construct(
    "Gates: delay before the first time",
    _W,
    "checks are asked at once",
    "Let the stage before wait, with a Delay task.",
)
GATE_STEADY = Construct(
    "Gates: minimum time of success",
    _L,
    "a check has passed as soon as it holds once",
    "Ask for it in the gate itself.",
    control=True,
)

PHASE = Construct("Job on an agent", _C, "the stage's `tasks`, or `jobs`")
PHASE_NAME = Construct("Job: name", _C, "`display_name`")
PHASE_NAME_LOST = Construct("Job: name", _W, "the one job of a stage is called by its stage")
PHASE_SERVER = Construct("Agentless job", _C, "`runs_on: server`")
PHASE_MACHINES = Construct(
    "Deployment group job",
    _W,
    "`runs_on: machines`: the machines have to be registered in an environment",
    "Register each of them in the environment, with its tags.",
)
PHASE_LOST = Construct(
    "Job of another kind", _L, "it is neither on an agent, nor agentless, nor on machines", control=True
)
MACHINE_HEALTH = Construct("Deployment group: how many at once", _C, "`at_once`")
MACHINE_TAGS = Construct("Deployment group: tags", _C, "`tags`")
POOL = Construct("Agent pool, image", _C, "`agent`")
POOL_RETIRED = Construct("Image that is gone", _W, "the nearest one takes its place")
POOL_DEFAULT = Construct(
    "Image of the hosted pool that is not named",
    _W,
    "a classic job runs on Windows then; the nearest image takes its place",
    "Set `agent` if it is to run on another system.",
)
POOL_UNKNOWN = Construct(
    "Agent pool by id", _W, "the definition has no name of the pool", "Name it with --names (`pools`)."
)
DEMANDS = Construct("Job: demands", _C, "`demands`")
DEMANDS_LOST = Construct(
    "Job: demands of a hosted agent", _L, "hosted images cannot be chosen by demands", control=True
)
PHASE_CONDITION = Construct("Job: condition", _C, "`condition`")
PHASE_TIMEOUT = Construct("Job: timeouts", _C, "`timeout`, `cancel_timeout`")
PHASE_NO_TIMEOUT = Construct(
    "Job: no timeout", _W, "a job of a pipeline ends after 1 hour", "Set `timeout` if it takes longer."
)
PHASE_SERVER_TIMEOUT = Construct(
    "Agentless job: no timeout", _W, "`timeout: 30 days`, since whom it waits for may take longer than 1 hour"
)
PHASE_COPIES = Construct("Job: several configurations or agents", _C, "`matrix`, `parallel`, `at_once`")
PHASE_COPIES_PLAIN = Construct(
    "Job: several configurations or agents, without a deployment",
    _W,
    "a deployment job has no `matrix` and no `parallel`, so it is a plain job: the environment records no deployment "
    "of it",
)
PHASE_SERVER_PLAIN = Construct(
    "Stage of agentless jobs only",
    _W,
    "an agentless job is no deployment job: the environment records no deployment of the stage",
)
PHASE_COPIES_LOST = Construct(
    "Job: several configurations",
    _L,
    "the values of the variables are not in the definition",
    "Write the `matrix`.",
    control=True,
)
PHASE_DOWNLOAD = Construct("Job: artifacts to download, or none", _C, "`download`")
PHASE_DOWNLOAD_ALL = Construct("Job: some files of a repository or package", _W, "it is downloaded as a whole")
PHASE_TOKEN = Construct(
    "Job: access token for scripts",
    _W,
    "scripts that name SYSTEM_ACCESSTOKEN get it as an environment variable",
    "Add `env` to other tasks that need it.",
)

TASK = Construct("Task", _C, "a typed task, or `name@major` with its `inputs`")
TASK_UNKNOWN = Construct("Task of the marketplace", _C, "by its id, which Azure Pipelines takes where it is installed")
TASK_RAISED = Construct(
    "Task: a script that a typed task stands for", _W, "the typed task, which runs the same command"
)
TASK_LOST = Construct("Task without an id", _L, "nobody can tell what it does", "Look at the definition.", control=True)
TASK_VERSION = Construct("Task: version", _C, "its major version")
TASK_PREVIEW = Construct("Task: preview or fixed version", _W, "YAML names the major version only")
TASK_INPUT = Construct("Task: inputs", _C, "by the names of YAML; defaults are left out")
TASK_INPUT_CHANGED = Construct(
    "Task: an input with a variable or path of the release",
    _W,
    "the variable or path of YAML that is nearest",
    "Look at it.",
)
TASK_PATH = Construct(
    "Task: a relative path",
    _W,
    "a classic job starts in the folder of the artifacts, so the path is written from there",
)
TASK_PATH_OPEN = Construct(
    "Task: an input that may hold a relative path",
    _W,
    "it starts in the folder of the artifacts in a classic job, and in the folder of the sources in a pipeline",
    "Write it from `$(Pipeline.Workspace)` if it is relative.",
)
TASK_SCRIPT_FOLDER = Construct(
    "Task: a script without a working directory",
    _W,
    "it starts in the folder of the sources, in a classic job in the folder of the artifacts",
    'Begin the script with `Set-Location "$(Pipeline.Workspace)"`.',
)
TASK_INPUTS_UNKNOWN = Construct(
    "Task: inputs that are not known",
    _W,
    "relative and empty paths start in the folder of the artifacts in a classic job, and in the folder of the sources "
    "in a pipeline",
    "Write paths from `$(Pipeline.Workspace)`, or fetch the organization's tasks with `azrelease catalog sync` first.",
)
TASK_OPTION = Construct(
    "Task: a value that is none of the input's options",
    _W,
    "it is kept, and so are the inputs that depend on it",
    "Choose one of the options of the task.",
)
TASK_OPTION_EMPTY = Construct(
    "Task: an empty input that others depend on",
    _W,
    "its default takes its place, since Azure Pipelines requires a value; the inputs that depend on it are kept",
    "Choose one of the options of the task.",
)
TASK_INPUT_LOST = Construct(
    "Task: an input that cannot be named", _L, "YAML does not take a key like this", control=True
)
TASK_CONTROL = Construct(
    "Task: condition, timeout, retries, continue on error, env, disabled", _C, "the same of the task"
)
TASK_CONTROL_CHANGED = Construct(
    "Task: condition with a variable of the release", _W, "the variable of YAML that is nearest"
)
TASK_ALWAYS = Construct("Task: always run", _W, "`condition: succeededOrFailed()`, which means the same")
TASK_RETRIES = Construct("Task: more than 10 retries", _W, "10 is the most that Azure Pipelines takes")
TASK_ENV_LOST = Construct(
    "Task: a variable that cannot be named", _L, "no environment variable can be called so", control=True
)
TASK_NAME_LOST = Construct(
    "Task: reference name", _W, "a step's name holds letters, digits and _ only, and is there once in a job"
)
TASK_OVERRIDE = Construct("Task: overridden inputs", _L, "YAML has nothing like it", control=True)
TASK_GROUP = Construct("Task group", _W, "its tasks stand in the stage, its parameters filled in")
TASK_GROUP_MISSING = Construct(
    "Task group", _L, "what it does is not in the definition", "Give its export with --task-groups.", control=True
)
TASK_GROUP_VERSION = Construct(
    "Task group: another version",
    _L,
    "the tasks of this version are not given; those of the other one stand in the stage",
    "Give the export of this version with --task-groups.",
    control=True,
)
TASK_GROUP_LIMITS = Construct(
    "Task group: its own timeout, retries or environment",
    _L,
    "they hold for the group as a whole, and its tasks stand alone",
    "Set them on the tasks of the group.",
    control=True,
)
TASK_GROUP_CONDITION = Construct(
    "Task group: its own condition beside those of its tasks", _L, "which of them holds cannot be told", control=True
)
INTERVENTION = Construct(
    "Manual intervention",
    _W,
    "ManualValidation@1 in an agentless job; anybody who may start the pipeline can resume it",
    "Set its input `approvers`.",
)
PROCESS_PARAMETERS = Construct("Process parameters", _W, "their values stand where they are used")

VARIABLE = Construct("Variable", _C, "`variables` of the release or the stage")
VARIABLE_CHANGED = Construct("Variable with a variable of the release", _W, "the variable of YAML that is nearest")
VARIABLE_SECRET = Construct("Secret variable", _R, "`secrets`: named in the file, its value set in Azure DevOps")
VARIABLE_SECRET_STAGE = Construct(
    "Secret variable of a stage",
    _R,
    "a variable group for the stage, `<release>-<stage>`, so that no other stage gets it",
    "`azrelease apply` makes it; the value comes from an environment variable.",
)
VARIABLE_SETTABLE = Construct("Variable that can be set at release", _R, "`settable`: a variable of the pipeline")
VARIABLE_SETTABLE_STAGE = Construct(
    "Variable of a stage that can be set at release", _W, "its value is fixed in YAML", "Make it one of the release."
)
VARIABLE_LOST = Construct("Variable that cannot be named", _L, "a variable of YAML cannot be called so", control=True)
VARIABLE_GROUP = Construct("Variable group", _C, "`variable_groups`")
VARIABLE_GROUP_ID = Construct(
    "Variable group by id",
    _W,
    "the definition has no name of it; the pipeline does not start before it is right",
    "Name it with --names (`variable_groups`).",
)
NO_COUNTERPART = Construct(
    "A variable of the release without a counterpart",
    _L,
    "it stays as it is written, and is empty when the pipeline runs",
    "Write what is meant instead.",
)

BUILD_VARIABLE = Construct(
    "A variable of the artifact's build",
    _L,
    "in a pipeline it tells of the run itself",
    "Write `resources.pipeline.<alias>.…` for the artifact's.",
)
CONDITION_VARIABLE = Construct(
    "A condition on a variable without a counterpart",
    _L,
    "it would be empty in a pipeline, or tell of something else, and the condition would hold when it should not",
    "Write another condition.",
    control=True,
)
LIVE = Construct(
    "A text with ${{ }} or $[ ]",
    _L,
    "a classic release takes it as it is, Azure Pipelines would work it out",
    "Write the text otherwise.",
    control=True,
)

UNKNOWN = Construct(
    "Something that is not known", _L, "azrelease does not know what it does", "Look at it.", control=True
)

EMPTY = Construct("Empty", Handling.MEANINGLESS, "nothing, an empty text, list or mapping says nothing")
PLACEHOLDER = Construct(
    "A placeholder where a number, or true or false, belongs",
    _L,
    "nobody can tell what is meant",
    "Fill it in first.",
    control=True,
)
UNKNOWN_OFF = Construct("Off", Handling.MEANINGLESS, "a setting that is off, or a number that is 0, asks for nothing")
IDENTITY = Construct("Ids, revision, links, who and when", Handling.MEANINGLESS, "they belong to the old organization")
USUAL = Construct("Usual settings", Handling.MEANINGLESS, "the setting that every definition has, and YAML by itself")
HIDDEN_INPUT = Construct(
    "Inputs without effect", Handling.MEANINGLESS, "a task does not look at them, as another input is set"
)
EXPORTED = Construct(
    "What an export of azrelease adds", Handling.MEANINGLESS, "the release file, by which it is found again"
)

CONSTRUCTS: tuple[Construct, ...] = tuple(value for value in globals().values() if isinstance(value, Construct))
"""All constructs, in the order of this file."""
