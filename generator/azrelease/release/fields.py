"""Types of fields that several models share, each with its check and its message."""

import posixpath
import re
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler, PlainSerializer, WithJsonSchema
from pydantic_core import CoreSchema

from azrelease.diagnostics import INVALID_VALUE, PLAIN_SECRET, UNQUOTED_NUMBER, WRONG_TYPE
from azrelease.release.problems import failure
from azrelease.yaml_document import YamlFloat, YamlInt

IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_]*"
MACRO = r"\$\([^()]+\)"

HAS_TO_BE = "has to be"
"""How a message begins that the name of the field is put before."""

_UNIT_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}


def matching(pattern: str, message: str, hint: str | None = None, *, unicode: bool = False) -> tuple[object, ...]:
    """Metadata of text that has to match a pattern: `Annotated[str, *matching(...)]`.

    Args:
        pattern: what the text has to match as a whole.
        message: what is wrong when it does not; `{}` is the text.
        hint: what to do then.
        unicode: whether the pattern means letters of all scripts, which the patterns of JSON Schema cannot.
    """

    def check(text: str) -> str:
        if not re.fullmatch(pattern, _text(text)):
            raise failure(INVALID_VALUE, message.format(f"`{text}`"), hint)
        return text

    json_schema = {"type": "string"} | ({} if unicode else {"pattern": f"^(?:{pattern})$"})
    return AfterValidator(check), WithJsonSchema(json_schema)


def whole_number(least: int, most: int | None = None) -> tuple[object, ...]:
    """Metadata of a whole number in a range, never written as text: `Annotated[int, *whole_number(1)]`."""
    return Field(strict=True, ge=least, le=most), BeforeValidator(_plain_integer)


def minutes(most: int | None = None) -> tuple[object, ...]:
    """Metadata of a length of time of a minute or more, which is written with its unit and kept in minutes."""

    def check(value: int) -> int:
        if value < 1 or (most is not None and value > most):
            limit = "" if most is None else f", and {minutes_text(most)} at most"
            raise failure(INVALID_VALUE, f"{minutes_text(value)} is out of range", f"1 minute at least{limit}.")
        return value

    json_schema = {
        "type": "string",
        "pattern": r"^\d+ ?(minutes?|hours?|days?)$",
        "examples": ["30 minutes", "2 hours", "3 days"],
    }
    serializer = PlainSerializer(minutes_text, when_used="json")
    return BeforeValidator(_minutes), AfterValidator(check), serializer, WithJsonSchema(json_schema)


def minutes_text(minutes: int) -> str:
    """Minutes in the largest unit that needs no fraction: `4320` is `3 days`."""
    for unit in ("day", "hour"):
        size = _UNIT_MINUTES[unit]
        if minutes % size == 0:
            count = minutes // size
            return f"{count} {unit}" + ("" if count == 1 else "s")
    return f"{minutes} minute" + ("" if minutes == 1 else "s")


def is_rooted(path: str) -> bool:
    """Whether a path does not depend on a folder: `/x`, `C:/x`, `$(macro)/x`, `${{ expression }}`."""
    return re.match(r"/|[A-Za-z]:|\$\(|\$\{\{", path) is not None


def leaves_folder(path: str) -> bool:
    """Whether a path, seen from a folder, is certainly not inside it: `/x`, `C:/x`, `../x`, `a/../../x`."""
    path = path.replace("\\", "/")
    return re.match(r"/|[A-Za-z]:", path) is not None or posixpath.normpath(path).split("/")[0] == ".."


def path_below(folder: str, path: str) -> str:
    """A path inside a folder; one with macros is left as it is written, since these can hold folders of their own."""
    path = path if "$" in path else posixpath.normpath(path)
    return folder if path == "." else f"{folder}/{path}"


def _text(text: str) -> str:
    if not text.strip():
        raise failure(INVALID_VALUE, "the text is empty", "Give a value, or leave the field out.")
    if "\0" in text:
        raise failure(INVALID_VALUE, "the text holds a NUL character, which no program can be given")
    return text


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
    """A value other than a macro may be the secret itself, in any type."""
    if isinstance(value, str) and re.fullmatch(MACRO, value):
        return value
    raise failure(
        PLAIN_SECRET,
        "a release file must not hold a secret",
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


_PATTERN = r"[^\s,~^:?\[\\]+"
_BRANCH = r"(?:refs/heads/)?(?!refs/)[^\s,~^:?*\[\\]+"
"""What the name of a branch can hold (git-scm.com/docs/git-check-ref-format); other places separate names by commas."""


def _branch(text: str) -> str:
    if not re.fullmatch(_BRANCH, _fixed(text)):
        raise failure(INVALID_VALUE, f"`{text}` is not a branch", "Names have no blanks, commas or any of `~^:?*[\\`.")
    return text


def _branch_pattern(text: str) -> str:
    if not re.fullmatch(_PATTERN, _fixed(text)):
        raise failure(INVALID_VALUE, f"`{text}` is not a branch", "Names have no blanks, commas or any of `~^:?[\\`.")
    return text


Text = Annotated[str, AfterValidator(_text), WithJsonSchema({"type": "string", "minLength": 1})]
"""Any text but none; macros are replaced when the release runs."""

ArtifactPath = Annotated[Text, AfterValidator(_artifact_path)]
"""A path inside the artifact, with `/` between folders; or one that begins with a macro."""

FixedText = Annotated[Text, AfterValidator(_fixed)]
"""Text that the service reads before there are variables."""

BranchName = Annotated[Text, AfterValidator(_branch), WithJsonSchema({"type": "string", "pattern": f"^{_BRANCH}$"})]
"""A branch."""

BranchPattern = Annotated[
    Text, AfterValidator(_branch_pattern), WithJsonSchema({"type": "string", "pattern": f"^{_PATTERN}$"})
]
"""A branch, a pattern of branches with `*`, or another ref."""

Version = Annotated[Text, BeforeValidator(_version_text)]
"""A version, which YAML takes for a number unless it is quoted."""

Identifier = Annotated[
    str,
    *matching(
        IDENTIFIER,
        "{} cannot be a name here",
        "Use letters, digits and _, and begin with a letter or _; `display_name` takes any text.",
    ),
]
"""The name of a stage or a step (what the service accepts as an id)."""

EnvironmentVariable = Annotated[
    str, *matching(r"[A-Za-z_][A-Za-z0-9_.()-]{0,127}", "{} cannot be the name of an environment variable")
]
"""The name of an environment variable."""

VariableName = Annotated[
    str,
    *matching(
        r"[A-Za-z_][A-Za-z0-9_.-]{0,399}",
        "{} cannot be the name of a variable",
        "Use letters, digits, `.`, `_` and `-`, and begin with a letter or `_`.",
    ),
]
"""The name of a pipeline variable."""

VariableValue = Annotated[str, BeforeValidator(_scalar_text), WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""The value of a variable: always text in the end; numbers keep the form they were written in."""

Minutes = Annotated[int, *minutes()]
"""A length of time, kept in minutes."""

NumberText = Annotated[str, BeforeValidator(_number_text), WithJsonSchema({"type": ["number", "string"]})]
"""A number for a command line, or a macro."""

BooleanText = Annotated[str, BeforeValidator(_boolean_text), WithJsonSchema({"type": ["boolean", "string"]})]
"""`true` or `false` for a command line, or a macro."""

SecretReference = Annotated[
    str, BeforeValidator(_secret_reference), WithJsonSchema({"type": "string", "pattern": f"^{MACRO}$"})
]
"""A macro that names a secret; never the secret."""

Boolean = Annotated[bool, Field(strict=True)]
"""true or false; no text that looks like it."""

Retries = Annotated[int, *whole_number(0, 10)]
"""How often something is tried again. The service takes 10 at most (learn.microsoft.com/azure/devops/pipelines/process/
tasks, number of retries)."""


class _OneOrMoreSchema:
    """The JSON Schema of a list, or of one item without a list."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        several = handler(schema)
        return {"anyOf": [several, {**several["items"], "type": "string"}]}


def _text_is_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


ONE_OR_MORE = (BeforeValidator(_text_is_list), _OneOrMoreSchema())
"""Metadata of a list of texts: a single one may be written without a list. What is written is always a list."""

_Item = TypeVar("_Item")

ListOf = Annotated[tuple[_Item, ...], *ONE_OR_MORE]
"""Several texts of a kind, or one."""
