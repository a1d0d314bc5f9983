"""The environment variables that scripts read and set, by language, and how the agent names variables there.

Source: azure-pipelines-agent, Agent.Sdk/Util/VarUtil.cs (`ConvertToEnvVariableFormat`): letters become upper case,
dots and blanks underscores; a hyphen stays, and no shell reads such a name.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from azrelease.lint.facts.scripts import Script

_READS = {
    "bash": re.compile(
        r"(?<![\\$])\$(?:\{(?P<braces>[A-Za-z_][\w.\-]*)(?P<default>:?[-+=?])?|(?P<name>[A-Za-z_][\w.\-]*))"
    ),
    "powershell": re.compile(r"(?<!`)\$(?:env:(?P<name>[A-Za-z_][\w.\-]*)|\{env:(?P<braces>[^}]+)\})", re.IGNORECASE),
    "cmd": re.compile(r"(?<!%)%(?P<name>[A-Za-z_][\w.\-]*)(?::[^%\n]*)?%"),
    "python": re.compile(
        r"\b(?:environ(?:\.get\(|\[)|getenv\()\s*(?P<quote>['\"])(?P<name>[\w.\-]+)(?P=quote)(?P<default>\s*,)?"
    ),
}
_SETS = {
    "bash": re.compile(
        r"(?:^|[\s;&|({`\"'])(?:export\s+|local\s+|declare\s+(?:-\w+\s+)*|readonly\s+|typeset\s+(?:-\w+\s+)*)?(?P<name>[A-Za-z_]\w*)\+?=(?!=)",
        re.MULTILINE,
    ),
    "powershell": re.compile(r"\$\{?env:(?P<name>[A-Za-z_]\w*)\}?\s*[+]?=(?!=)", re.IGNORECASE),
    "cmd": re.compile(
        r"(?:^|[&(|])\s*@?set\s+(?:/[ap]\s+)?\"?(?P<name>[A-Za-z_]\w*)\s*=", re.IGNORECASE | re.MULTILINE
    ),
    "python": re.compile(r"\benviron\[\s*(?P<quote>['\"])(?P<name>\w+)(?P=quote)\s*\]\s*="),
}
_OTHER_SETS = re.compile(
    r"\b(?:for|read(?:\s+-\w+(?:\s+\d+)?)*|mapfile(?:\s+-\w+)*|readarray(?:\s+-\w+)*|getopts\s+\S+|unset|select|printf\s+-v)((?:\s+[A-Za-z_]\w*)+)"
)


class EnvironmentRead(NamedTuple):
    """A place where a script reads an environment variable.

    Attributes:
        name: the text that may be its name, as written: of bash with dots and hyphens, which the shell does not take as
            a part of the name.
        shell_name: the name that the shell reads.
        has_default: whether the script says what counts when it is empty.
        start: where it begins in the script; `end` is where it ends.
        is_braced: whether braces or quotes enclose the name, so that all of it is the name.
    """

    name: str
    shell_name: str
    has_default: bool
    start: int
    end: int
    is_braced: bool


_WORD = re.compile(r"\w+")


def environment_name(variable: str) -> str:
    """The environment variable that the agent makes of a variable."""
    return variable.replace(".", "_").replace(" ", "_").upper()


def reads(script: Script) -> Iterator[EnvironmentRead]:
    """The environment variables that a script reads, in the order of the text; none of an unknown language.

    Of bash, what is in single quotes and in comments is left out.
    """
    pattern = _READS.get(script.language or "")
    if pattern is None:
        return
    hidden = hidden_in_bash(script.text) if script.language == "bash" else ()
    for match in pattern.finditer(script.text):
        if any(start <= match.start() < end for start, end in hidden):
            continue
        groups = match.groupdict()
        name = groups.get("braces") or groups["name"]
        word = _WORD.match(name)
        is_whole = bool(groups.get("braces")) or script.language in ("cmd", "python")
        shell_name = name if is_whole or word is None else word[0]
        end = match.end() - len(groups.get("default") or "")
        yield EnvironmentRead(name.rstrip(".-"), shell_name, bool(groups.get("default")), match.start(), end, is_whole)


def names_set(script: Script) -> frozenset[str]:
    """The names, in upper case, that a script gives a value itself."""
    pattern = _SETS.get(script.language or "")
    if pattern is None:
        return frozenset()
    names = {match["name"].upper() for match in pattern.finditer(script.text)}
    if script.language == "bash":
        names |= {name.upper() for match in _OTHER_SETS.finditer(script.text) for name in match[1].split()}
    return frozenset(names)


_BASH_PARTS = re.compile(
    r"(?P<escaped>\\.)|(?P<double>\")|(?P<single>'[^']*')|(?P<comment>(?:(?<=\s)|^)#[^\n]*)|(?P<document><<-?\s*(['\"])(\w+)\6[^\n]*\n.*?^\s*\7\s*?$)",
    re.DOTALL | re.MULTILINE,
)


def hidden_in_bash(text: str) -> tuple[tuple[int, int], ...]:
    """The parts of a script that bash does not expand: single quotes, comments, here-documents with a quoted end."""
    found: list[tuple[int, int]] = []
    is_quoted = False
    for match in _BASH_PARTS.finditer(text):
        if match["double"]:
            is_quoted = not is_quoted
        elif not is_quoted and not match["escaped"]:
            found.append(match.span())
    return tuple(found)
