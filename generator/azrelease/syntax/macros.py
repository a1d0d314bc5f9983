"""Expansion of macros, `$(name)`, as the agent does it.

Source: azure-pipelines-agent, Util/VarUtil.cs (`ExpandValues`) and Agent.Worker/Variables.cs (`RecalculateExpanded`).
"""

import re
from collections.abc import Callable, Iterator, Mapping

_PREFIX, _SUFFIX = "$(", ")"
_MAX_DEPTH = 50
_NAME = re.compile(r"\$\(([A-Za-z_][\w.-]*)\)")


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Replace the macros of known variables (by name in lower case), in one pass: macros in a value stay."""
    return _replaced(text, variables.get)


def expand_all(variables: Mapping[str, str]) -> dict[str, str]:
    """Replace the macros in the values of variables; a macro that leads back to its own variable stays."""

    def expanded(name: str, above: tuple[str, ...]) -> str:
        def value(inner: str) -> str | None:
            known = inner in variables and inner not in (name, *above) and len(above) < _MAX_DEPTH
            return expanded(inner, (*above, name)) if known else None

        return _replaced(variables[name], value)

    return {name: expanded(name, ()) for name in variables}


def _replaced(text: str, value_of: Callable[[str], str | None]) -> str:
    at = 0
    while (start := text.find(_PREFIX, at)) >= 0 and (end := text.find(_SUFFIX, start + len(_PREFIX))) >= 0:
        value = value_of(text[start + len(_PREFIX) : end].casefold())
        if value is None:
            at = start + 1
        else:
            text = text[:start] + value + text[end + len(_SUFFIX) :]
            at = start + len(value)
    return text


def unexpanded_names(text: str) -> Iterator[str]:
    """The names of the macros in a text, each once."""
    return iter(dict.fromkeys(_NAME.findall(text)))
