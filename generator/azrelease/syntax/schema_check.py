"""What is said of keys and values that do not fit the language."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from yaml import Node, ScalarNode, SequenceNode

from azrelease.diagnostics import (
    INVALID_VALUE,
    KEY_CASING,
    MISSING_FIELD,
    UNKNOWN_FIELD,
    WRONG_TYPE,
    Code,
    Edit,
    Fix,
    Severity,
)
from azrelease.suggestions import closest, misspelled
from azrelease.syntax.embedded import is_computed
from azrelease.syntax.language import BOOLEANS, KeyForm, ValueKind
from azrelease.syntax.tree import Presence

_INTEGER = re.compile(r"\s*[-+]?\d{1,18}\s*")

_ELSEWHERE = {
    ("jobs.deployment", "steps"): "The steps of a deployment job stand in a hook: `strategy: runOnce: deploy: steps:`.",
    ("stages.stage", "steps"): "The steps of a stage stand in its jobs: `jobs: - job: … steps:`.",
    (
        "stages.stage",
        "environment",
    ): "The environment stands in a deployment job: `jobs: - deployment: … environment:`.",
    ("jobs.job", "environment"): "Only a deployment job has an environment: write `deployment:` for `job:`.",
    ("pipeline", "approvals"): "Approvals are checks of an environment; YAML cannot hold them.",
}


class SchemaViolation(NamedTuple):
    """A diagnostic before it has a file.

    Attributes:
        at: the part of the YAML it is about.
        level: the severity where it differs from that of the code.
        may_refuse: whether authors write this on purpose, in a branch of an `if` that is to fail when it is taken.
    """

    code: Code
    message: str
    at: Node
    hint: str | None = None
    level: Severity | None = None
    fix: Fix | None = None
    may_refuse: bool = False

    def within(self, presence: Presence) -> "SchemaViolation | None":
        """What is left to say where this stands in a branch that is perhaps, or never, taken."""
        if presence is Presence.ALWAYS:
            return self
        if presence is Presence.NEVER or self.may_refuse:
            return None
        is_error = (self.level or self.code.severity) is Severity.ERROR
        return self._replace(level=Severity.WARNING) if is_error else self


def unknown_key(key: ScalarNode, value: Node, form: KeyForm) -> SchemaViolation:
    """A key that the form does not have; see `other_case` for those that differ in their letter case only."""
    name = str(key.value)
    advice = _ELSEWHERE.get((form.name, name))
    fix = None
    close = None if advice else closest(name, form.keys)
    if close:
        advice = f"Did you mean `{close}`?"
        fix = _renamed(key, close) if _fits(value, form.keys[close]) else None
    if form.open:
        message = f"unknown key `{name}`; it has no effect"
        return SchemaViolation(UNKNOWN_FIELD, message, key, advice, Severity.WARNING, fix)
    what = "here" if form.name == "file" else f"in `{form.by or form.name.rpartition('.')[2]}`"
    may_refuse = advice is None or (close is not None and not misspelled(name, form.keys))
    return SchemaViolation(UNKNOWN_FIELD, f"unknown key `{name}` {what}", key, advice, fix=fix, may_refuse=may_refuse)


def in_documented_case(name: str, form: KeyForm) -> str | None:
    """The key of the form that differs from a name in its letter case only; None where there is none."""
    return next((known for known in form.keys if known.casefold() == name.casefold()), None)


def other_case(key: ScalarNode, documented: str) -> SchemaViolation:
    """A key in another letter case than in the documentation."""
    fix = Fix((Edit(key.start_mark.index, key.end_mark.index, documented),))
    message = f"`{key.value}` is written `{documented}` in the documentation"
    hint = "Whether the service takes it in another case is not documented."
    return SchemaViolation(KEY_CASING, message, key, hint, fix=fix)


def no_form(node: Node, of: ValueKind, keys: list[ScalarNode], key: str) -> SchemaViolation:
    """A mapping none of whose keys says what it is.

    Args:
        node: the mapping.
        of: what may stand there.
        keys: the keys of the mapping.
        key: the key it stands under, empty for that of the file.
    """
    what = key or "the file"
    if not keys:
        return SchemaViolation(MISSING_FIELD, f"an item of `{what}` is empty", node)
    for found in keys:
        close = closest(found.value, of.by)
        if close:
            message = f"unknown key `{found.value}`"
            fix, may_refuse = _renamed(found, close), not misspelled(found.value, of.by)
            return SchemaViolation(
                UNKNOWN_FIELD, message, found, f"Did you mean `{close}`?", fix=fix, may_refuse=may_refuse
            )
    known = {name for form in of.forms for name in form.keys}
    listed = ", ".join(f"`{choice}`" for choice in of.by)
    stranger = next((found for found in keys if found.value not in known), None)
    if stranger is not None:
        hint = f"An item of `{what}` has one of {listed}."
        return SchemaViolation(UNKNOWN_FIELD, f"unknown key `{stranger.value}`", stranger, hint, may_refuse=True)
    return SchemaViolation(MISSING_FIELD, f"an item of `{what}` needs one of {listed}", node)


def wrong_values(node: ScalarNode, of: ValueKind, key: str) -> Iterator[SchemaViolation]:
    """What is wrong with a scalar that stands under a key; a value that is computed may be anything."""
    text = node.value
    if of.scalar is None:
        # Nothing at all is taken for an empty list or mapping.
        if text and text != "~" and not text.startswith("${{") and not (text == "null" and not node.style):
            message = f"`{key}` has to be {expected(of)}, but here stands text"
            yield SchemaViolation(WRONG_TYPE, message, node, may_refuse=True)
    elif of.values:
        if text and text.casefold() not in map(str.casefold, of.values) and not is_computed(text):
            yield _no_choice(node, key, of.values)
    elif of.scalar == "bool":
        if text and text.casefold() not in BOOLEANS and not is_computed(text):
            yield _no_choice(node, key, ("true", "false"))
    elif of.scalar == "int" and text and not is_computed(text):
        yield from _wrong_numbers(node, of, key)


def expected(of: ValueKind) -> str:
    """What may stand in a place, in words."""
    choices = [
        *(["text"] if of.scalar else []),
        *(["a list"] if of.items else []),
        *(["a mapping"] if of.forms or of.free else []),
    ]
    return " or ".join(choices)


def _wrong_numbers(node: ScalarNode, of: ValueKind, key: str) -> Iterator[SchemaViolation]:
    text = node.value
    if not _INTEGER.fullmatch(text):
        message = f"`{key}` has to be a whole number, but is `{text}`"
        yield SchemaViolation(INVALID_VALUE, message, node, may_refuse=" " in text)
        return
    # What the service makes of a number out of the documented range is not documented.
    if of.least is not None and int(text) < of.least:
        message = f"`{key}` has to be {of.least} or more, but is {text}"
        yield SchemaViolation(INVALID_VALUE, message, node, level=Severity.WARNING)
    elif of.most is not None and int(text) > of.most:
        message = f"`{key}` has to be {of.most} or less, but is {text}"
        yield SchemaViolation(INVALID_VALUE, message, node, level=Severity.WARNING)


def _no_choice(node: ScalarNode, key: str, values: tuple[str, ...]) -> SchemaViolation:
    close = closest(node.value, values)
    hint = f"Did you mean `{close}`?" if close else f"One of: {', '.join(values)}."
    message, may_refuse = f"`{key}` cannot be `{node.value}`", " " in node.value
    return SchemaViolation(INVALID_VALUE, message, node, hint, may_refuse=may_refuse)


def _fits(node: Node, of: ValueKind) -> bool:
    """Whether a value is of a sort that may stand in a place."""
    if of.any:
        return True
    if isinstance(node, ScalarNode):
        return of.scalar is not None
    return of.items is not None if isinstance(node, SequenceNode) else bool(of.forms) or of.free is not None


def _renamed(key: ScalarNode, name: str) -> Fix | None:
    """A key under another name; a guess, so never safe."""
    if key.style:
        return None
    return Fix((Edit(key.start_mark.index, key.end_mark.index, name),), safe=False)
