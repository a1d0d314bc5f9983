"""What is wrong in a file, and where.

A `Diagnostic` is a value: rooms return them, `report` turns them into text or JSON, only `cli` prints.
Lines and columns start at 1; columns count characters, as an editor does.
"""

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Span(NamedTuple):
    """A place in a file: from line and column up to, not including, end_line and end_column."""

    line: int
    column: int
    end_line: int
    end_column: int


class Code(NamedTuple):
    """A kind of finding: `AZR` and three digits, a kebab-case name, and its usual severity.

    The first digit is the family: 0 the file cannot be read, 1 structure, 2 references, 3 expressions, 4 tasks
    and their inputs, 5 security, 6 release safety, 7 retirement, 8 scripts, 9 what only the
    service can say.
    """

    id: str
    name: str
    severity: Severity = Severity.ERROR


class Edit(NamedTuple):
    """Text to put in the place of `text[start:end]`, offsets counted from 0."""

    start: int
    end: int
    text: str


class Fix(NamedTuple):
    """What mends a finding. A safe fix cannot change what the pipeline does, but for what the finding is about."""

    edits: tuple[Edit, ...]
    safe: bool = True


class Diagnostic(NamedTuple):
    """One finding: what, where, and what to do about it.

    Attributes:
        level: the severity where it differs from that of the code.
        fix: how the tool can mend it.
    """

    code: Code
    message: str
    file: str
    span: Span
    hint: str | None = None
    level: Severity | None = None
    fix: Fix | None = None

    @property
    def severity(self) -> Severity:
        """The severity of the finding: its own, or that of its code."""
        return self.level or self.code.severity


NOT_UTF8 = Code("AZR001", "not-utf8")
BAD_YAML = Code("AZR002", "bad-yaml")
EMPTY_FILE = Code("AZR003", "empty-file")
TOO_DEEP = Code("AZR004", "too-deep")
DUPLICATE_KEY = Code("AZR005", "duplicate-key")
YAML_FEATURE = Code("AZR006", "yaml-feature")
ALIAS = Code("AZR007", "alias")
SECOND_DOCUMENT = Code("AZR008", "second-document")
TOO_LARGE = Code("AZR009", "too-large")
UNREADABLE_FILE = Code("AZR010", "unreadable-file")

UNKNOWN_FIELD = Code("AZR101", "unknown-field")
MISSING_FIELD = Code("AZR102", "missing-field")
WRONG_TYPE = Code("AZR103", "wrong-type")
INVALID_VALUE = Code("AZR104", "invalid-value")
UNQUOTED_NUMBER = Code("AZR105", "unquoted-number")
CONFLICTING_FIELDS = Code("AZR106", "conflicting-fields")
KEY_CASING = Code("AZR107", "key-casing", Severity.INFO)
INVALID_NAME = Code("AZR108", "invalid-name")
INVALID_CRON = Code("AZR109", "invalid-cron")
DIRECTIVE = Code("AZR110", "misplaced-directive")
UNUSED_IGNORE = Code("AZR111", "unused-ignore", Severity.WARNING)
NO_PIPELINE = Code("AZR112", "no-pipeline", Severity.WARNING)

UNKNOWN_STAGE = Code("AZR201", "unknown-stage")
DEPENDENCY_CYCLE = Code("AZR202", "dependency-cycle")
DUPLICATE_NAME = Code("AZR203", "duplicate-name")
UNKNOWN_JOB = Code("AZR204", "unknown-job")
UNKNOWN_OUTPUT = Code("AZR205", "unknown-output")
MISSING_DEPENDENCY = Code("AZR206", "missing-dependency")
DEPLOYMENT_OUTPUT = Code("AZR207", "deployment-output-name")
UNDECLARED_REPOSITORY = Code("AZR208", "undeclared-repository")
UNDECLARED_PIPELINE = Code("AZR209", "undeclared-pipeline")
UNDECLARED_CONTAINER = Code("AZR210", "undeclared-container")
UNUSED_RESOURCE = Code("AZR211", "unused-resource", Severity.WARNING)
MISSING_TEMPLATE = Code("AZR212", "missing-template")
TEMPLATE_CYCLE = Code("AZR213", "template-cycle")
WRONG_TEMPLATE = Code("AZR214", "wrong-template")
UNKNOWN_PARAMETER = Code("AZR215", "unknown-parameter")
MISSING_PARAMETER = Code("AZR216", "missing-parameter")
PARAMETER_TYPE = Code("AZR217", "parameter-type")
PARAMETER_VALUE = Code("AZR218", "parameter-value")
UNUSED_PARAMETER = Code("AZR219", "unused-parameter", Severity.INFO)
UNDECLARED_PARAMETER = Code("AZR220", "undeclared-parameter", Severity.WARNING)

EXPRESSION_SYNTAX = Code("AZR301", "expression-syntax")
UNKNOWN_FUNCTION = Code("AZR302", "unknown-function")
ARGUMENT_COUNT = Code("AZR303", "argument-count")
UNKNOWN_CONTEXT = Code("AZR304", "unknown-context")
CONSTANT_CONDITION = Code("AZR305", "constant-condition", Severity.WARNING)
UNEXPANDED_MACRO = Code("AZR306", "unexpanded-macro", Severity.WARNING)
MISPLACED_RUNTIME = Code("AZR307", "misplaced-runtime-expression", Severity.WARNING)

UNKNOWN_TASK = Code("AZR401", "unknown-task")
UNKNOWN_TASK_VERSION = Code("AZR402", "unknown-task-version", Severity.WARNING)
UNKNOWN_INPUT = Code("AZR403", "unknown-input", Severity.WARNING)
MISSING_INPUT = Code("AZR404", "missing-input")
INVALID_INPUT = Code("AZR405", "invalid-input")
WRONG_AGENT = Code("AZR406", "wrong-agent")
DEPRECATED_TASK = Code("AZR407", "deprecated-task", Severity.WARNING)
REPEATED_INPUT = Code("AZR408", "repeated-input")
WINDOWS_TASK = Code("AZR409", "windows-task")

PLAIN_SECRET = Code("AZR501", "plain-secret")
SPREAD_SECRET = Code("AZR502", "spread-secret", Severity.WARNING)
SCRIPT_INJECTION = Code("AZR503", "script-injection", Severity.WARNING)
PERSISTED_CREDENTIALS = Code("AZR504", "persisted-credentials", Severity.WARNING)
PULL_REQUEST_DEPLOYS = Code("AZR505", "pull-request-deploys", Severity.WARNING)
UNPINNED_IMAGE = Code("AZR506", "unpinned-image", Severity.INFO)
UNPINNED_REPOSITORY = Code("AZR507", "unpinned-repository", Severity.INFO)
ECHOED_SECRET = Code("AZR508", "echoed-secret", Severity.WARNING)
LOGGING_COMMAND = Code("AZR509", "logging-command")
LOGGING_PROPERTY = Code("AZR510", "logging-property", Severity.WARNING)
ANY_BRANCH_DEPLOYS = Code("AZR511", "any-branch-deploys", Severity.WARNING)

UNGUARDED_PRODUCTION = Code("AZR601", "unguarded-production", Severity.WARNING)
UNPUBLISHED_TESTS = Code("AZR602", "unpublished-tests", Severity.WARNING)
PUBLISH_ON_SUCCESS = Code("AZR603", "publish-on-success", Severity.WARNING)
UNMATCHED_RESULTS = Code("AZR604", "unmatched-results", Severity.WARNING)
OTHER_SERVICE_TESTED = Code("AZR605", "other-service-tested", Severity.WARNING)
UNREACHABLE_STAGE = Code("AZR606", "unreachable-stage", Severity.WARNING)
UNTESTED_RELEASE = Code("AZR607", "untested-release", Severity.WARNING)
SHARED_SERVICE = Code("AZR608", "shared-service", Severity.WARNING)
TEST_WITHOUT_KEY = Code("AZR609", "test-without-key", Severity.WARNING)
DEPLOYS_AFTER_FAILURE = Code("AZR610", "deploys-after-failure", Severity.WARNING)
REMOVED_CONTROL = Code("AZR611", "removed-control", Severity.WARNING)
UNLOCKED_ROLLOUT = Code("AZR613", "unlocked-rollout", Severity.WARNING)
FOREIGN_MODEL = Code("AZR614", "model-of-other-workspace", Severity.WARNING)

CLI_V1 = Code("AZR701", "cli-v1", Severity.WARNING)
SDK_V1 = Code("AZR702", "sdk-v1", Severity.WARNING)
NO_COUNTERPART = Code("AZR703", "no-counterpart", Severity.WARNING)
CHANGED = Code("AZR704", "changed-by-migration", Severity.INFO)
RETIRED_IMAGE = Code("AZR705", "retired-image")
OLD_PYTHON = Code("AZR706", "python-not-on-image", Severity.WARNING)
OLD_NODE = Code("AZR707", "old-node", Severity.INFO)
DOCKER_SOCKET = Code("AZR708", "docker-socket", Severity.WARNING)

SHELL_SYNTAX = Code("AZR801", "shell-syntax")
SHELLCHECK = Code("AZR802", "shellcheck", Severity.WARNING)
AZURE_ML_ARGUMENT = Code("AZR803", "azure-ml-argument", Severity.WARNING)
AZURE_ML_MISSING = Code("AZR804", "azure-ml-missing-argument")

REFUSED_BY_SERVICE = Code("AZR901", "refused-by-service")
NOT_IN_PROJECT = Code("AZR902", "not-in-project")
NOT_REGISTERED = Code("AZR903", "not-registered", Severity.INFO)
ENDING_CONNECTION = Code("AZR904", "ending-connection", Severity.WARNING)
