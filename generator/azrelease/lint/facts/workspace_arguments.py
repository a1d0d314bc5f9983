"""Where commands of `az ml` look for their workspace."""

import re
from collections.abc import Sequence

_NAME_WORDS = 4
_PASTED = re.compile(r"[^$]*(?:\$\([\w.\-]+\)[^$]*)+")
_NAMES = (("--workspace-name", "-w"), ("--resource-group", "-g"))
_OTHERWISE = frozenset(("--help", "-h", "--registry-name", "--ids"))
_OF_WORKSPACE = {
    "compute": (
        *("create", "delete", "show", "list", "start", "stop", "restart", "update", "list-nodes", "attach", "detach"),
    ),
    "datastore": ("create", "delete", "show", "list", "update"),
    "job": ("create", "show", "list", "stream", "download", "cancel", "update", "archive", "restore"),
    "online-deployment": ("create", "delete", "show", "list", "update", "get-logs"),
    "online-endpoint": ("create", "delete", "show", "list", "update", "invoke", "get-credentials"),
    "batch-deployment": ("create", "delete", "show", "list", "update"),
    "batch-endpoint": ("create", "delete", "show", "list", "update", "invoke"),
    "schedule": ("create", "delete", "show", "list", "update", "enable", "disable"),
}
"""Commands of the extension `ml` that need a workspace, and take no registry instead."""


def missing_of_workspace(words: Sequence[str]) -> str | None:
    """The argument that a command, `az` first, lacks when it has one of workspace and resource group only.

    None where both may be configured as defaults, and where arguments come from variables.
    """
    if len(words) <= _NAME_WORDS or words[1] != "ml" or words[3] not in _OF_WORKSPACE.get(words[2], ()):
        return None
    given = words[_NAME_WORDS:]
    if any(word in _OTHERWISE for word in given) or any(map(_is_computed, ("", *given), given)):
        return None
    missing = [name for name, short in _NAMES if not any(word.startswith((name[:11], short)) for word in given)]
    return missing[0] if len(missing) == 1 else None


def _is_computed(before: str, word: str) -> bool:
    """Whether a word may be several arguments: a variable that is not the value of the one before it."""
    return "$" in word and not before.startswith("-") and _PASTED.fullmatch(word) is None
