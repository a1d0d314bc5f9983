"""Values in shell scripts: literals quoted, everything else through the environment of the step.

A macro such as `$(service.name)` is replaced by the agent as text before the shell reads the script, so inside
the script its value could end a quote or start a command. It is therefore bound to an environment variable
`ARG_…`, and the script says `"$ARG_…"`. The same goes for text with line breaks or unprintable characters, which
would make the script unreadable.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from azrelease.templating.printable import is_printable

ENV_PREFIX = "ARG_"

# A macro $(x), a template expression ${{ x }}, a runtime expression $[ x ].
_EXPANDED = re.compile(r"\$\(|\$\{\{|\$\[")


class Option(NamedTuple):
    """An option of a command line: `--flag value`, or a bare `--flag` when there is no value."""

    flag: str
    value: str | None = None


class EnvironmentWord(NamedTuple):
    """A value that the script gets as an environment variable; an optional one may be missing."""

    variable: str
    optional: bool = False


class RenderedScript(NamedTuple):
    """A rendered script and the environment it needs, in the order of first use."""

    text: str
    env: tuple[tuple[str, str], ...] = ()


ScriptValue = str | int | EnvironmentWord | None | Sequence[str] | Sequence[Option]


def is_expanded(text: str) -> bool:
    """Whether the service or the agent replaces a part of this text before it is used."""
    return _EXPANDED.search(text) is not None


def is_literal(text: str) -> bool:
    """Whether a text can be written into a script; any other reaches it through the environment."""
    return is_printable(text) and not is_expanded(text)


def bind(values: Mapping[str, ScriptValue]) -> tuple[dict[str, object], tuple[tuple[str, str], ...]]:
    """The values as shell words for a template, and the environment that those words refer to."""
    env: dict[str, str] = {}
    return {name: _bound(name, value, env) for name, value in values.items()}, tuple(env.items())


def _bound(name: str, value: ScriptValue, env: dict[str, str]) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return Markup(str(value))
    if isinstance(value, EnvironmentWord):
        return Markup(f'"${{{value.variable}:-}}"' if value.optional else f'"${value.variable}"')
    if isinstance(value, str):
        return _word(name, value, env)
    return tuple(_word(name, item, env) if isinstance(item, str) else _option(item, env) for item in value)


def _word(name: str, text: str, env: dict[str, str]) -> Markup:
    if is_literal(text):
        return Markup(shlex.quote(text))
    return Markup(f'"${_variable(name, text, env)}"')


def _option(given: Option, env: dict[str, str]) -> Markup:
    if given.value is None:
        return Markup(given.flag)
    # After a blank, a value that begins with a dash would be taken for the next option.
    joint = "=" if given.value.startswith("-") else " "
    return Markup(f"{given.flag}{joint}{_word(given.flag, given.value, env)}")


def _variable(name: str, text: str, env: dict[str, str]) -> str:
    """The environment variable for a value: the same value under the same name shares one."""
    stem = ENV_PREFIX + re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
    variable, count = stem, 1
    while env.setdefault(variable, text) != text:
        count += 1
        variable = f"{stem}_{count}"
    return variable
