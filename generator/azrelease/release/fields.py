"""Types of fields that several models share, each with its rule and its message.

A type hands pydantic its finished core schema, one for all fields of that type: pydantic would otherwise inspect the
rule anew for each of the hundred fields that have it, which is most of what it costs to start.
"""

import posixpath
import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from azrelease.diagnostics import INVALID_VALUE, PLAIN_SECRET, UNQUOTED_NUMBER, WRONG_TYPE
from azrelease.release.problems import failure
from azrelease.yaml_document import YamlFloat, YamlInt

IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_]*"
MACRO = r"\$\([^()]+\)"

HAS_TO_BE = "has to be"
"""How a message begins that the name of the field is put before."""

_UNIT_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}


class Rule:
    """A mark for `Annotated`: how a value is read, and what it is in the JSON Schema.

    Attributes:
        json_schema: what an editor is told about it.

    Args:
        schema: how pydantic reads the value.
        json_schema: what an editor is told about it.
    """

    def __init__(self, schema: CoreSchema, **json_schema: Any) -> None:  # noqa: ANN401  (any JSON)
        self._schema = schema
        self.json_schema = json_schema

    @classmethod
    def before(cls, read: Callable[[Any], Any], schema: CoreSchema, **json_schema: Any) -> "Rule":  # noqa: ANN401
        """A rule that changes the value before it is read."""
        return cls(core_schema.no_info_before_validator_function(read, schema), **json_schema)

    @classmethod
    def after(cls, check: Callable[[Any], Any], schema: CoreSchema, **json_schema: Any) -> "Rule":  # noqa: ANN401
        """A rule that looks at the value after it is read."""
        return cls(core_schema.no_info_after_validator_function(check, schema), **json_schema)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Copies: pydantic writes into what it is given.
        return cast("CoreSchema", {**self._schema})

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**self.json_schema}


class OneOrMore:
    """A mark for `Annotated`: a text where a list belongs is a list of one. What is written is always a list."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_text_is_list, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        several = handler(schema)
        return {"anyOf": [several, {**several["items"], "type": "string"}]}


def matching(pattern: str, message: str, hint: str | None = None, *, unicode: bool = False) -> Rule:
    """A rule for text that has to match a pattern; `{}` in the message is the text.

    Args:
        pattern: what the text has to match as a whole.
        message: what is wrong when it does not.
        hint: what to do then.
        unicode: whether the pattern means letters of all scripts, which the patterns of JSON Schema cannot.
    """

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise failure(INVALID_VALUE, message.format(f"`{text}`"), hint)
        return text

    return Rule.after(check, _TEXT, type="string", **({} if unicode else {"pattern": f"^(?:{pattern})$"}))


def whole_number(least: int, most: int | None = None) -> Rule:
    """A rule for a whole number in a range; no text that looks like one."""
    bounds = {"minimum": least} | ({} if most is None else {"maximum": most})
    return Rule.before(_plain_integer, core_schema.int_schema(strict=True, ge=least, le=most), type="integer", **bounds)


def minutes(most: int | None = None) -> Rule:
    """A rule for a length of time of a minute or more, written with its unit and kept in minutes."""

    def check(value: int) -> int:
        if value < 1 or (most is not None and value > most):
            limit = "" if most is None else f", and {minutes_text(most)} at most"
            raise failure(INVALID_VALUE, f"{minutes_text(value)} is out of range", f"1 minute at least{limit}.")
        return value

    schema = core_schema.no_info_after_validator_function(
        check,
        core_schema.no_info_before_validator_function(_minutes, core_schema.int_schema()),
        serialization=core_schema.plain_serializer_function_ser_schema(minutes_text, when_used="json"),
    )
    examples = ["30 minutes", "2 hours", "3 days"]
    return Rule(schema, type="string", pattern=r"^\d+ ?(minutes?|hours?|days?)$", examples=examples)


def _text(text: str) -> str:
    if not text.strip():
        raise failure(INVALID_VALUE, "the text is empty", "Give a value, or leave the field out.")
    if "\0" in text:
        raise failure(INVALID_VALUE, "the text holds a NUL character, which no program can be given")
    return text


def _text_is_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _fixed(text: str) -> str:
    if "$(" in text:
        raise failure(
            INVALID_VALUE,
            f"the macro in `{text}` is not replaced in this place",
            "Azure Pipelines reads this before there are variables: write the value itself.",
        )
    return text


def _minutes(value: object) -> object:
    """Text such as `3 days` as minutes; whole numbers (from Python) are minutes already."""
    if isinstance(value, str):
        found = re.fullmatch(r"\s*(\d{1,6}) ?(minute|hour|day)s?\s*", value)
        if found:
            return int(found[1]) * _UNIT_MINUTES[found[2]]
    elif isinstance(value, int) and not isinstance(value, bool | YamlInt):
        return value
    hint = "Write a number and a unit: `30 minutes`, `2 hours`, `3 days`."
    if isinstance(value, YamlInt) and value > 0:
        hint = f"Write its unit too: `{value.text} minutes`, `{value.text} hours` or `{value.text} days`."
    raise failure(INVALID_VALUE, f"{HAS_TO_BE} a length of time", hint)


def minutes_text(minutes: int) -> str:
    """Minutes in the largest unit that needs no fraction: `4320` is `3 days`."""
    for unit in ("day", "hour"):
        size = _UNIT_MINUTES[unit]
        if minutes % size == 0:
            count = minutes // size
            return f"{count} {unit}" + ("" if count == 1 else "s")
    return f"{minutes} minute" + ("" if minutes == 1 else "s")


def is_rooted(path: str) -> bool:
    """Whether a path says where it stands by itself: `/x`, `C:/x`, `$(macro)/x`, `${{ expression }}`."""
    return re.match(r"/|[A-Za-z]:|\$\(|\$\{\{", path) is not None


def leaves_folder(path: str) -> bool:
    """Whether a path, seen from a folder, is certainly not inside it: `/x`, `C:/x`, `../x`, `a/../../x`."""
    path = path.replace("\\", "/")
    return re.match(r"/|[A-Za-z]:", path) is not None or posixpath.normpath(path).split("/")[0] == ".."


def path_below(folder: str, path: str) -> str:
    """A path inside a folder; one with macros is left as it is written, since these can hold folders of their own."""
    path = path if "$" in path else posixpath.normpath(path)
    return folder if path == "." else f"{folder}/{path}"


def _artifact_path(text: str) -> str:
    if text.startswith("$"):  # a macro or an expression: wherever the user wants it to be
        return text
    if leaves_folder(text):
        raise failure(
            INVALID_VALUE,
            f"`{text}` is outside of the artifact",
            "Write a path inside the artifact, or begin it with a macro: `$(Pipeline.Workspace)/…`.",
        )
    if "\\" in text:
        raise failure(INVALID_VALUE, f"`{text}` is written with `\\`", "Write `/` between folders, on Windows too.")
    return text


def _scalar_text(value: object) -> object:
    """A number or boolean as the text it was written as, which is how the service reads it."""
    if isinstance(value, YamlInt | YamlFloat):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def _number_text(value: object) -> object:
    text = value if isinstance(value, bool) else str(value) if type(value) is float else _scalar_text(value)
    if isinstance(text, str) and re.fullmatch(rf"\d+(\.\d+)?|{MACRO}", text):
        return text
    raise failure(WRONG_TYPE, f"{HAS_TO_BE} a number, or a macro such as `$(name)`")


def _boolean_text(value: object) -> object:
    text = _scalar_text(value)
    if isinstance(text, str) and re.fullmatch(rf"true|false|{MACRO}", text, re.IGNORECASE):
        return text.lower() if text.lower() in ("true", "false") else text
    raise failure(WRONG_TYPE, f"{HAS_TO_BE} true or false, or a macro such as `$(name)`")


def _secret_reference(value: object) -> object:
    """Whatever is no macro may be the secret itself, in any type."""
    if isinstance(value, str) and re.fullmatch(MACRO, value):
        return value
    raise failure(
        PLAIN_SECRET,
        "a secret must not stand in the release file",
        "Put it in a variable group or a secret variable, and name it: `$(name)`.",
    )


def _version_text(value: object) -> object:
    if isinstance(value, YamlInt | YamlFloat):
        raise failure(
            UNQUOTED_NUMBER,
            f"{value.text} without quotes is the number {value!r}, not a version",
            f'Write "{value.text}", with quotes.',
        )
    return value


def _plain_integer(value: object) -> object:
    """Pydantic's strict numbers take no subclass."""
    return int(value) if isinstance(value, YamlInt) else value


_TEXT = core_schema.no_info_after_validator_function(_text, core_schema.str_schema())

Text = Annotated[str, Rule(_TEXT, type="string", minLength=1)]
"""Any text but none; macros are replaced when the release runs."""

_Item = TypeVar("_Item")

ListOf = Annotated[tuple[_Item, ...], OneOrMore()]
"""Several texts of a kind; one may be written without a list."""

ArtifactPath = Annotated[str, Rule.after(_artifact_path, _TEXT, type="string", minLength=1)]
"""A path inside the artifact, with `/` between folders; or one that says where it stands by itself."""

FixedText = Annotated[str, Rule.after(_fixed, _TEXT, type="string", minLength=1)]
"""Text that the service reads before there are variables."""

_PATTERN = r"[^\s,~^:?\[\\]+"
_BRANCH = r"(?:refs/heads/)?(?!refs/)[^\s,~^:?*\[\\]+"
"""What the name of a branch can hold (git-scm.com/docs/git-check-ref-format); commas stand between names elsewhere."""


def _branch(text: str) -> str:
    if not re.fullmatch(_BRANCH, _fixed(text)):
        raise failure(INVALID_VALUE, f"`{text}` is no branch", "Names have no blanks, commas or any of `~^:?*[\\`.")
    return text


def _branch_pattern(text: str) -> str:
    if not re.fullmatch(_PATTERN, _fixed(text)):
        raise failure(INVALID_VALUE, f"`{text}` is no branch", "Names have no blanks, commas or any of `~^:?[\\`.")
    return text


BranchName = Annotated[str, Rule.after(_branch, _TEXT, type="string", pattern=f"^{_BRANCH}$")]
"""A branch."""

BranchPattern = Annotated[str, Rule.after(_branch_pattern, _TEXT, type="string", pattern=f"^{_PATTERN}$")]
"""A branch, a pattern of branches with `*`, or another ref."""

Version = Annotated[str, Rule.before(_version_text, _TEXT, type="string", minLength=1)]
"""A version, which YAML takes for a number unless it is quoted."""

Identifier = Annotated[
    str,
    matching(
        IDENTIFIER,
        "{} cannot be a name here",
        "Use letters, digits and _, and begin with a letter or _; `display_name` takes any text.",
    ),
]
"""The name of a stage or a step (what the service accepts as an id)."""

EnvironmentVariable = Annotated[
    str, matching(r"[A-Za-z_][A-Za-z0-9_.()-]{0,127}", "{} cannot be the name of an environment variable")
]
"""The name of an environment variable."""

VariableName = Annotated[
    str,
    matching(
        r"[A-Za-z_][A-Za-z0-9_.-]{0,399}",
        "{} cannot be the name of a variable",
        "Use letters, digits, `.`, `_` and `-`, and begin with a letter or `_`.",
    ),
]
"""The name of a pipeline variable."""

VariableValue = Annotated[
    str, Rule.before(_scalar_text, core_schema.str_schema(), type=["string", "number", "boolean"])
]
"""The value of a variable: always text in the end; numbers keep the form they were written in."""

Minutes = Annotated[int, minutes()]
"""A length of time, kept in minutes."""

NumberText = Annotated[str, Rule.before(_number_text, core_schema.str_schema(), type=["number", "string"])]
"""A number for a command line, or a macro."""

BooleanText = Annotated[str, Rule.before(_boolean_text, core_schema.str_schema(), type=["boolean", "string"])]
"""`true` or `false` for a command line, or a macro."""

SecretReference = Annotated[
    str, Rule.before(_secret_reference, core_schema.str_schema(), type="string", pattern=f"^{MACRO}$")
]
"""A macro that names a secret; never the secret."""

Boolean = Annotated[bool, Rule(core_schema.bool_schema(strict=True), type="boolean")]
"""true or false; no text that looks like it."""

Retries = Annotated[int, whole_number(0, 10)]
"""How often something is tried again. The service takes 10 at most (learn.microsoft.com/azure/devops/pipelines/process/
tasks, number of retries)."""
