"""Macros, `$(name)`, as the agent expands them.

Source: azure-pipelines-agent, Util/VarUtil.cs (`ExpandValues`) and Agent.Worker/Variables.cs (`RecalculateExpanded`).
"""

import re
from collections.abc import Iterator, Mapping

_PREFIX, _SUFFIX = "$(", ")"
_DEEPEST = 50
_NAME = re.compile(r"\$\(([A-Za-z_][\w.-]*)\)")


def expand(text: str, variables: Mapping[str, str]) -> str:
    """A text with the values of known variables; what stands for none stays.

    One pass: a value is not looked through again, and behind a `$(` that names nothing the search goes on.

    Args:
        text: the text.
        variables: values by name in lower case.
    """
    at = 0
    while (start := text.find(_PREFIX, at)) >= 0 and (end := text.find(_SUFFIX, start + len(_PREFIX))) >= 0:
        value = variables.get(text[start + len(_PREFIX) : end].casefold())
        if value is None:
            at = start + 1
        else:
            text = text[:start] + value + text[end + len(_SUFFIX) :]
            at = start + len(value)
    return text


def expand_all(variables: Mapping[str, str]) -> dict[str, str]:
    """Variables with the variables in their values; those that lead back to themselves stay as they are."""
    return {name: _expanded(name, variables, ()) for name in variables}


def _expanded(name: str, variables: Mapping[str, str], above: tuple[str, ...]) -> str:
    text, at = variables[name], 0
    while (start := text.find(_PREFIX, at)) >= 0 and (end := text.find(_SUFFIX, start + len(_PREFIX))) >= 0:
        inner = text[start + len(_PREFIX) : end].casefold()
        if inner not in variables or inner == name or inner in above or len(above) >= _DEEPEST:
            at = start + 1
            continue
        value = _expanded(inner, variables, (*above, name))
        text = text[:start] + value + text[end + len(_SUFFIX) :]
        at = start + len(value)
    return text


def left_over(text: str) -> Iterator[str]:
    """The names in a text that look like variables and stand for none, each once."""
    return iter(dict.fromkeys(_NAME.findall(text)))
