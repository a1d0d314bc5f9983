"""Labels in a picture: fields of a release in words, and text of a file with its secrets redacted."""

from collections.abc import Iterable

from azrelease.redaction import RedactedText, may_name_secret, redacted_value
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


def safe_text(text: str) -> str:
    """A script or another text of a file, redacted."""
    return RedactedText(text).text


def safe_value(name: str, value: str) -> str:
    """The value of a variable or input: stars for a name that may be that of a secret, or a value that looks like one.

    More people see a picture than a file: when in doubt, a value is hidden, unless it is wholly computed.
    """
    return str(redacted_value(value)) if may_name_secret(name) else safe_text(value)


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
