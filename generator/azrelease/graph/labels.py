"""Labels in a picture: fields of a release in words."""

from collections.abc import Iterable

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


def joined(words: Iterable[str], separator: str = ", ") -> str:
    """Words in a row, without empty ones."""
    return separator.join(word for word in words if word)


def branches_text(include: Iterable[str], exclude: Iterable[str]) -> list[str]:
    """The branches of a filter; nothing for all branches."""
    included, excluded = joined(include), joined(exclude)
    return [*([f"of {included}"] if included else []), *([f"not of {excluded}"] if excluded else [])]


def target_text(target: AnyTarget) -> str:
    """The compute that serves a model."""
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
    """How traffic moves from the old deployment to the new one."""
    steps = "blue-green" if rollout.steps == (ALL_TRAFFIC,) else " → ".join(f"{step} %" for step in rollout.steps)
    pause = f", {minutes_text(rollout.pause)} apart" if rollout.pause else ""
    return f"{steps}{pause}, {rollout.on_failure} on failure"
