"""Plans, and the outcome of applying them: as text for a terminal, markdown for a pull request, or JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from azrelease.registration import Action, Applied, Change, Plan, change_json
from azrelease.registration.kinds.variable_values import OF_VAULT, PLAIN, SECRET, SECRET_AGAIN
from azrelease.registration.names import with_names
from azrelease.registration.resource import FieldChange, ResourceKind, Unmanaged, Value, is_reference
from azrelease.release.fields import minutes_text
from azrelease.report.formats import ReportFormat
from azrelease.report.json_object import dumps
from azrelease.report.log_sanitizer import printable, sanitized, sanitized_line
from azrelease.templating.markdown_text import escaped

_SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
_EXPECTED = (
    "enabled",
    "authorized",
    "explicit",
    "managed variables",
    "unnamed checks",
    "folder",
    "process",
    "other_inputs",
    "manual",
    "title",
)
"""Fields of a new resource that are obvious."""

_SECRETS = {
    SECRET["secret"]: "(secret)",
    SECRET_AGAIN["secret"]: "(secret, set again)",
    OF_VAULT["secret"]: "(secret of the key vault)",
    PLAIN["secret"]: "(plain text)",
}

_LONGEST = 100
"""Maximum length of a value in characters; a longer one is cut."""


def format_plan(plan: Plan, form: ReportFormat) -> str:
    """A plan in a format."""
    match form:
        case ReportFormat.TEXT:
            return plan_text(plan)
        case ReportFormat.JSON:
            return dumps(plan_object(plan))
        case ReportFormat.MARKDOWN:
            return plan_markdown(plan)


def plan_text(plan: Plan, *, fields: bool = True) -> str:
    """A plan for a terminal."""
    lines = [f"{plan.address} {plan.project}"]
    lines += [""] if plan.changes else []
    lines.extend(line for change in plan.changes for line in change_lines(change, fields=fields))
    if plan.prerequisites:
        lines += ["", "missing prerequisites:", *(f"  ! {m.what}: {m.hint}" for m in plan.prerequisites)]
    if plan.notes:
        lines += ["", *(f"note: {printable(note)}" for note in plan.notes)]
    if plan.unmanaged:
        lines += ["", "in the project, but not in a release (unchanged):", *map(_other, plan.unmanaged)]
    return sanitized(with_names("\n".join((*lines, "", _sum(plan), "")), plan.names))


def change_lines(change: Change, *, fields: bool) -> Iterator[str]:
    """A change for a terminal: the action, and each field."""
    yield f"{_SIGNS[change.action]} {change.action} {title(change)}"
    for field in change.fields if fields else ():
        if change.action is Action.UPDATE:
            yield f"    {printable(field.field)}: {_change_text(field)}"
        elif _is_informative(field):
            yield f"    {printable(field.field)}: {field_value(field.field, field.new)}"
    for secret in change.secrets:
        yield f"    apply needs the value of {secret}"
    for note in change.notes:
        yield f"    note: {printable(note)}"
    for reason in change.weakens:
        yield f"    ! weaker: {reason}"


def title(change: Change) -> str:
    """The resource that a change is about."""
    key = change.key
    if key.kind is ResourceKind.PERMISSION:
        return sanitized_line(f"permission: {key.name} may use {key.within}")
    note = f" ({change.removed.note})" if change.removed is not None and change.removed.note else ""
    return sanitized_line(f"{key}{note}")


def plan_markdown(plan: Plan) -> str:
    """A plan for a pull request."""
    lines = [f"### {_sum(plan)}", ""]
    if plan.weakens:
        lines += ["> [!WARNING]", "> Controls become weaker:"]
        lines += [*(f"> - {escaped(reason)}" for reason in plan.weakens), ""]
    notes = [*plan.notes, *(note for change in plan.changes for note in change.notes)]
    if notes:
        lines += ["> [!NOTE]", *(f"> - {escaped(note)}" for note in notes), ""]
    if plan.changes:
        lines += ["| | what | field | before | after |", "|---|---|---|---|---|"]
        for change in plan.changes:
            lines += _rows(change)
        lines.append("")
    if plan.prerequisites:
        lines += [
            "**Missing prerequisites**",
            "",
            *(f"- {escaped(f'{m.what}: {m.hint}')}" for m in plan.prerequisites),
            "",
        ]
    if plan.unmanaged:
        lines += ["<details><summary>In the project, but not in a release (unchanged)</summary>", ""]
        lines += [f"- {escaped(_other(other).strip(' -'))}" for other in plan.unmanaged]
        lines += ["", "</details>", ""]
    return sanitized(with_names("\n".join(lines), plan.names))


def plan_object(plan: Plan) -> dict[str, Any]:
    """A plan as a JSON object."""
    return {
        "version": 1,
        "organization": plan.address,
        "project": plan.project,
        "changes": [
            {**change_json(change), "note": change.removed.note if change.removed else ""} for change in plan.changes
        ],
        "missing": [missing._asdict() for missing in plan.prerequisites],
        "others": [
            {"kind": o.key.kind, "name": o.key.name, "within": o.key.within, "ours": o.removable, "note": o.note}
            for o in plan.unmanaged
        ],
        "summary": _count(plan.changes),
        "weakens": list(plan.weakens),
        "notes": list(plan.notes),
    }


def applied_text(applied: Applied, plan: Plan) -> str:
    """The outcome of applying a plan: of each of its releases where it has several, and how to continue."""
    lines = [f"error: {change.action} {title(change)}: {error}" for change, error in applied.failures]
    lines.append(f"interrupted; {_done(applied.done)}" if applied.interrupted else _done(applied.done))
    if len(plan.releases) > 1:
        lines += _by_release(applied, plan)
    lines += [f"interrupted, outcome unknown: {change.action} {title(change)}" for change in applied.in_progress]
    left = [*(change for change, _ in applied.failures), *applied.not_started]
    if left:
        lines += ["not done:", *(f"  {_SIGNS[each.action]} {each.action} {title(each)}" for each in left)]
    if left or applied.in_progress:
        lines.append("Apply again to continue: completed changes are not repeated.")
    return sanitized(with_names("\n".join((*lines, "")), plan.names))


def _by_release(applied: Applied, plan: Plan) -> Iterator[str]:
    """A line for each release with a change; a change of several releases counts for each of them."""
    failed = [change for change, _ in applied.failures]
    unchanged = 0
    for release in plan.releases:
        done, bad, left = (
            [change for change in changes if change.desired is not None and release in change.desired.releases]
            for changes in (applied.done, failed, (*applied.in_progress, *applied.not_started))
        )
        states = [f"{len(done)} done"] if done or not (bad or left) else []
        states += [f"failed: {each.action} {title(each)}" for each in bad]
        states += [f"{len(left)} not done"] if left else []
        if done or bad or left:
            yield f"  {sanitized_line(release)}: {', '.join(states)}"
        else:
            unchanged += 1
    if unchanged:
        yield f"  {unchanged} release{'' if unchanged == 1 else 's'} without a change"


_MINUTES = ("timeout", "interval", "valid_for")


def field_value(field: str, value: Value) -> str:
    """The value of a field in words; times in days, hours and minutes."""
    in_minutes = field in _MINUTES and isinstance(value, int)
    return minutes_text(value) if in_minutes else value_text(value)


def value_text(value: Value) -> str:
    """A value in words."""
    if value is None or value in ("", []):
        return "-"
    if is_reference(value):
        return printable(str(value["name"]))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(_item(item) for item in value)
    if isinstance(value, Mapping) and "secret" in value:
        return _SECRETS.get(value["secret"], "(secret)")
    if isinstance(value, Mapping):
        return _cut(json.dumps(value, ensure_ascii=False))
    return _cut(str(value))


def _change_text(field: FieldChange) -> str:
    """A change of a field; of a list, the added and the removed items."""
    old, new = field.old, field.new
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        before, after = [_item(item) for item in old], [_item(item) for item in new]
        added = [f"+ {item}" for item in after if item not in before]
        removed = [f"- {item}" for item in before if item not in after]
        if before and after and (added or removed):
            return ", ".join((*added, *removed))
    return f"{field_value(field.field, old)} → {field_value(field.field, new)}"


def _item(value: Value) -> str:
    if isinstance(value, Mapping) and not is_reference(value):
        name = value.get("name") or value.get("alias") or value.get("path")
        return _cut(str(name or json.dumps(value, ensure_ascii=False)))
    return value_text(value)


def _is_informative(field: FieldChange) -> bool:
    """Whether a field of a new resource has a value that is not obvious."""
    return field.new not in (None, "", [], {}) and field.field not in _EXPECTED


def _rows(change: Change) -> Iterator[str]:
    fields = [f for f in change.fields if change.action is Action.UPDATE or _is_informative(f)]
    first = f"| {_SIGNS[change.action]} | {escaped(title(change))} |"
    if not fields:
        yield f"{first} | | |"
    for number, field in enumerate(fields):
        old = escaped(field_value(field.field, field.old)) if change.action is Action.UPDATE else ""
        new = escaped(field_value(field.field, field.new))
        yield f"{first if number == 0 else '| | |'} {escaped(field.field)} | {old} | {new} |"


def _other(other: Unmanaged) -> str:
    what = (
        f"{other.key.name} may use {other.key.within}" if other.key.kind is ResourceKind.PERMISSION else str(other.key)
    )
    note = f" ({other.note})" if other.note else ""
    removable = ", managed by azrelease: --prune deletes it" if other.removable else ""
    return f"  {printable(what)}{note}{removable}"


def _sum(plan: Plan) -> str:
    if not plan.changes:
        return "Nothing to change." if not plan.prerequisites else "Nothing to change, but prerequisites are missing."
    return f"To do: {_counts(plan.changes)}."


def _count(changes: Sequence[Change]) -> dict[Action, int]:
    return {action: sum(change.action is action for change in changes) for action in Action}


def _counts(changes: Sequence[Change]) -> str:
    return ", ".join(f"{count} to {action}" for action, count in _count(changes).items() if count) or "nothing"


def _done(changes: Sequence[Change]) -> str:
    return f"done: {', '.join(f'{count} {action}d' for action, count in _count(changes).items() if count) or 'nothing'}"


def _cut(text: str) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
