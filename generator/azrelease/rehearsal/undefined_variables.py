"""Names that stand for no variable: the agent leaves `$(name)` as it is written, and a script goes on with that."""

import re
import shutil
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from azrelease.syntax.macros import unexpanded_names

_OF_THE_SERVICE = (
    "agent.", "build.", "checks.", "common.", "environment.", "pipeline.", "release.", "resources.", "strategy.",
    "system.",
)  # fmt: skip
"""How the variables begin that the service sets (learn.microsoft.com/azure/devops/pipelines/build/variables)."""

_SHELL_TASKS = ("bash", "cmdline", "azurecli", "powershell")
_SHELL_INPUTS = ("script", "inlinescript", "arguments", "scriptarguments")
_BUILTINS = (
    "alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo enable "
    "eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd "
    "pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask "
    "unalias unset wait"
)
_SOURCES = re.compile(r"(?:^|[;&|\s])(?:source|\.)\s")


class UndefinedVariables(NamedTuple):
    """A name without a value: how serious that is, and what it is."""

    severity: str
    text: str


def unset(
    task: str, inputs: Mapping[str, str], env: Mapping[str, str], *, log: str, failed: bool, path: str
) -> Iterator[UndefinedVariables]:
    """The names in a step that stand for nothing, each once.

    Args:
        task: its task.
        inputs: its inputs, with the variables in them.
        env: its environment variables, with the variables in them.
        log: what it has printed.
        failed: whether it failed.
        path: where programs are found: in a script `$(date)` is the output of one.
    """
    in_shell = task.partition("@")[0].casefold() in _SHELL_TASKS
    plain = [text for name, text in inputs.items() if not in_shell or name not in _SHELL_INPUTS]
    scripts = [text for name, text in inputs.items() if in_shell and name in _SHELL_INPUTS]
    sure = dict.fromkeys(name for text in (*env.values(), *plain) for name in unexpanded_names(text))
    yield from (_said(name, serious=True) for name in sure)
    for name in dict.fromkeys(name for text in scripts for name in unexpanded_names(_without_comments(text))):
        if name not in sure and not any(_is_command(name, text, path) for text in scripts):
            missed = f"{name}: command not found" in log or (failed and (f"$({name})" in log or "." in name))
            yield _said(name, serious=missed)


def _said(name: str, *, serious: bool) -> UndefinedVariables:
    if name.casefold().startswith(_OF_THE_SERVICE):
        return UndefinedVariables(
            "warning", f"`$({name})` is set by the service, and not here: give it, --variable {name}=VALUE"
        )
    return UndefinedVariables(
        "error" if serious else "warning", f"`$({name})` stands for nothing: this step knows no variable of that name"
    )


def _without_comments(script: str) -> str:
    return "\n".join(line for line in script.splitlines() if not line.lstrip().startswith("#"))


def _is_command(name: str, script: str, path: str) -> bool:
    """Whether a name is a program, or may be a function."""
    defined = rf"(?:function\s+{re.escape(name)}\b|\b{re.escape(name)}\s*\(\))"
    return (
        name in _BUILTINS.split()
        or shutil.which(name, path=path) is not None
        or re.search(defined, script) is not None
        or _SOURCES.search(script) is not None
    )
