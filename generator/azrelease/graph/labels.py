"""Fields of a release in the words of someone who looks at a picture."""

import re
from collections.abc import Iterable, Mapping

from azrelease.release.fields import minutes_text
from azrelease.release.rollout import ALL_TRAFFIC, Rollout
from azrelease.release.target import (
    AciTarget,
    AksTarget,
    AnyTarget,
    BatchTarget,
    KubernetesTarget,
    ManagedTarget,
)

_MACRO = re.compile(r"\$\(([\w.-]+)\)")


def joined(words: Iterable[str], separator: str = ", ") -> str:
    """Words in a row, without empty ones."""
    return separator.join(word for word in words if word)


def branches_text(include: Iterable[str], exclude: Iterable[str]) -> list[str]:
    """Which branches count; nothing for all of them."""
    wanted, unwanted = joined(include), joined(exclude)
    return [*([f"of {wanted}"] if wanted else []), *([f"not of {unwanted}"] if unwanted else [])]


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """A text with the variables in it whose values do not change; a name in another case is the same one."""
    known = {name.casefold(): value for name, value in variables.items()}
    return _MACRO.sub(lambda found: known.get(found[1].casefold(), found[0]), text)


def target_text(target: AnyTarget) -> str:
    """Where a model serves."""
    match target:
        case AciTarget():
            return "container instance (CLI v1)"
        case AksTarget():
            return f"Kubernetes {target.cluster} (CLI v1)"
        case ManagedTarget():
            return "managed endpoint"
        case KubernetesTarget():
            return f"Kubernetes {target.compute}"
        case BatchTarget():
            return f"batch endpoint on {target.compute}" if target.compute else "batch endpoint"


def rollout_text(rollout: Rollout) -> str:
    """How the new deployment takes the place of the old one."""
    steps = "blue-green" if rollout.steps == (ALL_TRAFFIC,) else " → ".join(f"{step} %" for step in rollout.steps)
    pause = f", {minutes_text(rollout.pause)} apart" if rollout.pause else ""
    return f"{steps}{pause}, {rollout.on_failure} on failure"
