"""Violations of the schema of the language: what is wrong with a key or value, and what to write instead."""

import re
from collections.abc import Collection, Iterator
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

_WHERE_INSTEAD = {
    ("jobs.deployment", "steps"): "Move the steps of a deployment job to a hook: `strategy: runOnce: deploy: steps:`.",
    ("stages.stage", "steps"): "Move the steps of a stage to a job: `jobs: - job: … steps:`.",
    ("stages.stage", "environment"): "Move the environment to a deployment job: `jobs: - deployment: … environment:`.",
    ("jobs.job", "environment"): "Only a deployment job has an environment: replace `job:` with `deployment:`.",
    ("pipeline", "approvals"): "Configure approvals as checks of an environment: YAML cannot define them.",
}
_FEW_KEYS = 8


class SchemaViolation(NamedTuple):
    """A diagnostic before it has a file.

    Attributes:
        at: the part of the YAML it is about.
        level: the severity where it differs from that of the code.
        may_refuse: whether authors write this on purpose, in a branch of an `if` that fails when it is taken.
    """

    code: Code
    message: str
    at: Node
    hint: str | None = None
    level: Severity | None = None
    fix: Fix | None = None
    may_refuse: bool = False

    def within(self, presence: Presence) -> "SchemaViolation | None":
        """The violation as it counts in a branch: a warning where it is perhaps taken, None where it never is."""
        if presence is Presence.ALWAYS:
            return self
        if presence is Presence.NEVER or self.may_refuse:
            return None
        is_error = (self.level or self.code.severity) is Severity.ERROR
        return self._replace(level=Severity.WARNING) if is_error else self


def unknown_key(key: ScalarNode, value: Node, form: KeyForm, given: Collection[str]) -> SchemaViolation:
    """A key that the form does not have; see `key_casing` for those that differ in letter case only.

    Args:
        key: the key.
        value: its value.
        form: the keys that are allowed beside it.
        given: the keys that are beside it.
    """
    name = str(key.value)
    hint = _WHERE_INSTEAD.get((form.name, name))
    fix = None
    close = None if hint else closest(name, form.keys)
    if close and close in given:
        hint = f"Remove it, or `{close}`, which may be meant and is given too."
    elif close:
        hint = f"Did you mean `{close}`?"
        fix = _rename(key, close) if _fits(value, form.keys[close]) else None
    where = "at the top level" if form.name == "file" else f"in `{form.by or form.name.rpartition('.')[2]}`"
    if form.open:
        message, hint = f"unknown key `{name}`; it has no effect", hint or "Remove it."
        return SchemaViolation(UNKNOWN_FIELD, message, key, hint, Severity.WARNING, fix)
    message = f"unknown key `{name}` {where}"
    may_refuse = hint is None or (close is not None and not misspelled(name, form.keys))
    known = (
        f"Use one of: {', '.join(form.keys)}."
        if len(form.keys) <= _FEW_KEYS
        else "Remove it, or move it to where it is allowed."
    )
    return SchemaViolation(UNKNOWN_FIELD, message, key, hint or known, fix=fix, may_refuse=may_refuse)


def documented_key(name: str, form: KeyForm) -> str | None:
    """The key of the form that differs from a name in letter case only; None without one."""
    return next((known for known in form.keys if known.casefold() == name.casefold()), None)


def key_casing(key: ScalarNode, documented: str, given: Collection[str]) -> SchemaViolation:
    """A key in another letter case than in the documentation, and the keys that are beside it."""
    message = f"the documentation writes `{key.value}` as `{documented}`"
    if documented in given:
        return SchemaViolation(KEY_CASING, message, key, f"Remove it, or `{documented}`, which is given too.")
    hint = f"Write `{documented}`: no documentation says that the service accepts another letter case."
    fix = Fix((Edit(key.start_mark.index, key.end_mark.index, documented),))
    return SchemaViolation(KEY_CASING, message, key, hint, fix=fix)


def no_form(node: Node, of: ValueKind, keys: list[ScalarNode], key: str) -> SchemaViolation:
    """A mapping under `key` (empty for the file) without a key that selects a form."""
    what = key or "the file"
    listed = ", ".join(f"`{choice}`" for choice in of.by)
    if not keys:
        hint = f"Remove it, or add one of {listed}."
        return SchemaViolation(MISSING_FIELD, f"an item of `{what}` is empty", node, hint)
    for name in keys:
        close = closest(name.value, of.by)
        if close:
            hint, fix = f"Did you mean `{close}`?", _rename(name, close)
            may_refuse = not misspelled(name.value, of.by)
            message = f"unknown key `{name.value}`"
            return SchemaViolation(UNKNOWN_FIELD, message, name, hint, fix=fix, may_refuse=may_refuse)
    known = {name for form in of.forms for name in form.keys}
    unknown = next((name for name in keys if name.value not in known), None)
    if unknown is not None:
        hint = f"An item of `{what}` has one of {listed}."
        return SchemaViolation(UNKNOWN_FIELD, f"unknown key `{unknown.value}`", unknown, hint, may_refuse=True)
    return SchemaViolation(MISSING_FIELD, f"an item of `{what}` requires one of {listed}", node)


def value_violations(node: ScalarNode, of: ValueKind, key: str) -> Iterator[SchemaViolation]:
    """The violations of a scalar under a key; a computed value may be anything."""
    text = node.value
    if of.scalar is None:
        # The service takes no value for an empty list or mapping.
        if text and text != "~" and not text.startswith("${{") and not (text == "null" and not node.style):
            message = f"`{key}` must be {expected_types(of)}, not text"
            yield SchemaViolation(WRONG_TYPE, message, node, may_refuse=True)
    elif not text or is_computed(text):
        return
    elif of.values:
        if text.casefold() not in map(str.casefold, of.values):
            yield _invalid_choice(node, key, of.values)
    elif of.scalar == "bool" and text.casefold() not in BOOLEANS:
        yield _invalid_choice(node, key, ("true", "false"))
    elif of.scalar == "int" and (requirement := _integer_in_range(text, of)):
        # What the service does with a number outside the documented range is not documented.
        is_number = requirement != "an integer"
        message = f"`{key}` must be {requirement}, not `{text}`"
        level = Severity.WARNING if is_number else None
        yield SchemaViolation(INVALID_VALUE, message, node, level=level, may_refuse=not is_number and " " in text)


def expected_types(of: ValueKind) -> str:
    """The types that a kind accepts, in words."""
    choices = [
        *(["text"] if of.scalar else []),
        *(["a list"] if of.items else []),
        *(["a mapping"] if of.forms or of.free else []),
    ]
    return " or ".join(choices)


def _integer_in_range(text: str, of: ValueKind) -> str | None:
    """What a text fails to be: an integer, or one in the documented range; None when it is."""
    if not _INTEGER.fullmatch(text):
        return "an integer"
    if of.least is not None and int(text) < of.least:
        return f"at least {of.least}"
    return f"at most {of.most}" if of.most is not None and int(text) > of.most else None


def _invalid_choice(node: ScalarNode, key: str, values: tuple[str, ...]) -> SchemaViolation:
    close = closest(node.value, values)
    hint = f"Did you mean `{close}`?" if close else f"Use one of: {', '.join(values)}."
    message, may_refuse = f"`{key}` cannot be `{node.value}`", " " in node.value
    return SchemaViolation(INVALID_VALUE, message, node, hint, may_refuse=may_refuse)


def _fits(node: Node, of: ValueKind) -> bool:
    if of.any:
        return True
    if isinstance(node, ScalarNode):
        return of.scalar is not None
    return of.items is not None if isinstance(node, SequenceNode) else bool(of.forms) or of.free is not None


def _rename(key: ScalarNode, name: str) -> Fix | None:
    """The key under another name; a guess, so never safe."""
    if key.style:
        return None
    return Fix((Edit(key.start_mark.index, key.end_mark.index, name),), safe=False)
