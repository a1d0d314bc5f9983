"""Findings: what is wrong in a file, where, and what to do about it.

A `Diagnostic` is a value: rooms return them, `report` turns them into text or JSON, only `cli` prints.
Lines and columns start at 1; columns count characters, as an editor does.

The codes at the end are those that more than one room uses. A code that only one rule of `check` uses is in the file of
that rule.
"""

from enum import StrEnum
from typing import NamedTuple, TypeAlias


class Severity(StrEnum):
    """How serious a finding is."""

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
    """A kind of finding: letters and three digits, a kebab-case name, and its usual severity.

    Codes of azrelease begin with `AZR`; the first digit is the family: 0 the file cannot be read, 1 structure,
    2 references, 3 expressions, 4 tasks and their inputs, 5 security, 6 release safety, 7 retirement, 8 scripts, 9 what
    only the service can say.
    """

    id: str
    name: str
    severity: Severity = Severity.ERROR


class Edit(NamedTuple):
    """Text that replaces `text[start:end]`; offsets start at 0."""

    start: int
    end: int
    text: str


class Fix(NamedTuple):
    """Edits that resolve a finding. A safe fix changes nothing that the pipeline does, except what is wrong."""

    edits: tuple[Edit, ...]
    safe: bool = True


class CallSite(NamedTuple):
    """A place that brings a part of a file into a pipeline: a reference to a template, or a loop.

    Attributes:
        arguments: name and text of each argument; of a loop, of its variable.
        is_loop: whether it is a loop.
    """

    file: str
    line: int
    arguments: tuple[tuple[str, str], ...] = ()
    is_loop: bool = False


CallChain: TypeAlias = tuple[CallSite, ...]
"""The calls and loops around a part, the innermost first."""


class Diagnostic(NamedTuple):
    """One finding: what, where, and what to do about it.

    Attributes:
        level: the severity where it differs from that of the code.
        fix: edits that resolve it.
        calls: the calls of templates that lead to it, where it depends on them.
    """

    code: Code
    message: str
    file: str
    span: Span
    hint: str | None = None
    level: Severity | None = None
    fix: Fix | None = None
    calls: tuple[CallChain, ...] = ()

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

UNKNOWN_FIELD = Code("AZR101", "unknown-field")
MISSING_FIELD = Code("AZR102", "missing-field")
WRONG_TYPE = Code("AZR103", "wrong-type")
INVALID_VALUE = Code("AZR104", "invalid-value")
UNQUOTED_NUMBER = Code("AZR105", "unquoted-number")
CONFLICTING_FIELDS = Code("AZR106", "conflicting-fields")
KEY_CASING = Code("AZR107", "key-casing", Severity.INFO)
DIRECTIVE = Code("AZR110", "misplaced-directive")
EXPANSION_LIMIT = Code("AZR113", "expansion-limit")

UNKNOWN_STAGE = Code("AZR201", "unknown-stage")
DEPENDENCY_CYCLE = Code("AZR202", "dependency-cycle")
DUPLICATE_NAME = Code("AZR203", "duplicate-name")
UNDECLARED_REPOSITORY = Code("AZR208", "undeclared-repository")
MISSING_TEMPLATE = Code("AZR212", "missing-template")
TEMPLATE_CYCLE = Code("AZR213", "template-cycle")
WRONG_TEMPLATE = Code("AZR214", "wrong-template")
UNKNOWN_PARAMETER = Code("AZR215", "unknown-parameter")
MISSING_PARAMETER = Code("AZR216", "missing-parameter")
PARAMETER_TYPE = Code("AZR217", "parameter-type")
PARAMETER_VALUE = Code("AZR218", "parameter-value")

EXPRESSION_SYNTAX = Code("AZR301", "expression-syntax")
UNKNOWN_FUNCTION = Code("AZR302", "unknown-function")
ARGUMENT_COUNT = Code("AZR303", "argument-count")
UNKNOWN_CONTEXT = Code("AZR304", "unknown-context")
FAILED_EVALUATION = Code("AZR308", "failed-evaluation")

UNKNOWN_TASK = Code("AZR401", "unknown-task")
UNKNOWN_TASK_VERSION = Code("AZR402", "unknown-task-version", Severity.WARNING)
UNKNOWN_INPUT = Code("AZR403", "unknown-input", Severity.WARNING)
MISSING_INPUT = Code("AZR404", "missing-input")
INVALID_INPUT = Code("AZR405", "invalid-input")
WRONG_AGENT = Code("AZR406", "wrong-agent")

PLAIN_SECRET = Code("AZR501", "plain-secret")

CLI_V1 = Code("AZR701", "cli-v1", Severity.WARNING)
SDK_V1 = Code("AZR702", "sdk-v1", Severity.WARNING)
NO_COUNTERPART = Code("AZR703", "no-counterpart", Severity.WARNING)
CHANGED = Code("AZR704", "changed-by-migration", Severity.INFO)

REFUSED_BY_SERVICE = Code("AZR901", "refused-by-service")
NOT_IN_PROJECT = Code("AZR902", "not-in-project")
NOT_REGISTERED = Code("AZR903", "not-registered", Severity.INFO)
ENDING_CONNECTION = Code("AZR904", "ending-connection", Severity.WARNING)
