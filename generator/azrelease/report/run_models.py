"""The model of a job, for people who look why `check` reports something, and for programs."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from azrelease.report.json_object import dumps

if TYPE_CHECKING:
    from azrelease.lint.run_model import RunModel

_LONGEST = 44


def format_run_models(models: "Sequence[RunModel]") -> str:
    """The models of jobs as text: folders, variables and steps, one on a line."""
    return "\n".join("\n".join(_lines(model)) + "\n" for model in models)


def format_run_models_json(models: "Sequence[RunModel]") -> str:
    """The models of jobs as one JSON object."""
    return dumps({"version": 1, "jobs": [_object(model) for model in models]})


def _lines(model: "RunModel") -> Iterator[str]:
    name = f"job {model.job}" if model.job else "the only job"
    yield f"{name}{f' of stage {model.stage}' if model.stage else ''} ({model.place})"
    yield f"  runs on    {model.image or 'unknown'}"
    yield f"  after      {', '.join(model.after) or 'nothing'}"
    yield f"  condition  {model.condition}"
    yield ""
    yield "folders"
    yield from _table([(each.folder, each.content, f"by {each.place}") for each in model.folders])
    if model.published:
        yield ""
        yield "artifacts"
        yield from _table(
            [
                (each.content or "unknown", f"of {each.folder}" if each.folder else "", f"by {each.place}")
                for each in model.published
            ]
        )
    yield ""
    yield "variables"
    rows = [
        (
            f"$({each.name})",
            _short(each.value),
            f"since {each.since}",
            f"{each.environment} in scripts" if each.environment else "in scripts by `env` only",
            f"{each.origin}, {each.place}",
        )
        for each in model.variables
    ]
    yield from _table(rows or [("none of its own", "", "", "", "")])
    if model.groups:
        yield f"  and those of variable groups, which are not known here: {', '.join(model.groups)}"
    elif model.is_open:
        yield "  and those of templates out of reach, which are not known here"
    yield ""
    yield "steps"
    yield from _table(
        [
            (
                f"{each.number}",
                f"{each.hook}: {each.what}" if each.hook else each.what,
                each.place,
                f"if {each.condition}",
                f"env {', '.join(each.environment)}" if each.environment else "",
            )
            for each in model.steps
        ]
    )


def _short(value: str) -> str:
    text = " ".join(value.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(len(rows[0]) if rows else 0)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells).rstrip()}"


def _object(model: "RunModel") -> dict[str, object]:
    return {
        "stage": model.stage,
        "job": model.job,
        "place": model.place,
        "image": model.image,
        "after": list(model.after),
        "condition": model.condition,
        "folders": [{"folder": each.folder, "content": each.content, "by": each.place} for each in model.folders],
        "artifacts": [{"name": each.content, "path": each.folder, "by": each.place} for each in model.published],
        "variables": [
            {
                "name": each.name,
                "value": each.value,
                "origin": each.origin,
                "place": each.place,
                "since": each.since,
                "environment": each.environment or None,
            }
            for each in model.variables
        ],
        "groups": list(model.groups),
        "open": model.is_open,
        "steps": [
            {
                "number": each.number,
                "what": each.what,
                "place": each.place,
                "hook": each.hook,
                "condition": each.condition,
                "environment": list(each.environment),
            }
            for each in model.steps
        ],
    }
