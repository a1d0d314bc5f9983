"""What an expansion gives: its problems as text, all of it as JSON, and what made a part of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from azrelease.diagnostics import Diagnostic
from azrelease.expansion import (
    ExpandedMapping,
    ExpandedScalar,
    ExpansionProblem,
    NodePath,
    SourceFile,
    paths_below,
    plain,
)
from azrelease.redaction import redacted_setting
from azrelease.report.expansion_frames import call_lines, chain_lines, frame_objects, place
from azrelease.report.expansion_redaction import ExpansionRedaction
from azrelease.report.json_object import dumps
from azrelease.report.log_sanitizer import sanitized_line
from azrelease.report.text import format_text

_MOST_CALLS = 3
_MOST_LINES = 8


def problems_text(problems: Sequence[ExpansionProblem], redaction: ExpansionRedaction) -> str:
    """The problems as `check` prints findings, each with the calls and loops that lead to it."""
    return "".join(
        "\n".join((_finding(problem, redaction), *redaction.lines(_calls(problem)))) + "\n" for problem in problems
    )


def _finding(problem: ExpansionProblem, redaction: ExpansionRedaction) -> str:
    found = problem.diagnostic
    return format_text(redaction.diagnostic(found), redaction.line(found) or None)


def _calls(problem: ExpansionProblem) -> Iterator[str]:
    found = problem.diagnostic
    for frame in problem.frames[:_MOST_CALLS]:
        lines = list(call_lines(frame, found.file, found.span.line))
        if len(lines) > _MOST_LINES:
            left_out = len(lines) - _MOST_LINES + 1
            lines[_MOST_LINES - 2 : -1] = [f"and {left_out} more, to:"]
        for index, line in enumerate(lines):
            yield f"  {line}" if index == 0 else f"    {line}"
    more = len(problem.frames) - _MOST_CALLS
    if more > 0:
        yield f"  and in {more} more {'call' if more == 1 else 'calls'}"


def expansion_json(
    pipeline: ExpandedMapping,
    problems: Sequence[ExpansionProblem],
    files: Sequence[SourceFile],
    redaction: ExpansionRedaction,
) -> str:
    """The expansion as one JSON object; lines and columns count from 1, `end_column` is not included.

    Args:
        pipeline: the pipeline, in normal form or as it is written.
        problems: what the service refuses.
        files: the files that were read.
        redaction: redacts it.
    """
    unknown = [
        {"path": path, "text": part.text, "file": part.origin.file.path, "line": part.origin.span.line}
        for path, part in unknown_parts(pipeline)
    ]
    return dumps(
        {
            "version": 1,
            "ok": not problems,
            "pipeline": redaction.data(plain(pipeline)),
            "errors": problem_objects(problems, redaction),
            "unknown": redaction.data(unknown),
            "files": [file.path for file in files],
        }
    )


def problem_objects(problems: Sequence[ExpansionProblem], redaction: ExpansionRedaction) -> list[dict[str, Any]]:
    """The problems as JSON: the fields of the findings of `check`, and the calls that lead to each."""
    return [_problem_object(redaction.diagnostic(each.diagnostic), each, redaction) for each in problems]


def unknown_parts(pipeline: ExpandedMapping) -> Iterator[tuple[str, ExpandedScalar]]:
    """Every text and directive with a part that only the run knows, with its path."""
    for path, node, key in paths_below(pipeline):
        if key is not None and key.text.startswith("${{"):
            yield path, key
        if isinstance(node, ExpandedScalar) and not node.is_known:
            yield path, node


def why_text(found: NodePath, redaction: ExpansionRedaction) -> str:
    """What made a node: its text, the place it is written at, and each call, loop and condition around it."""
    node, origin = found.node, found.node.origin
    lines = [sanitized_line(found.path)]
    if isinstance(node, ExpandedScalar):
        text = redacted_setting(found.key.text if found.key else "", node.text)
        lines += (f"  | {sanitized_line(line)}" for line in redaction.message(text).splitlines() or [""])
    lines.append(f"  written at {place(origin)}")
    lines += redaction.lines(f"  {line}" for line in chain_lines(origin))
    return "\n".join(lines) + "\n"


def _problem_object(found: Diagnostic, problem: ExpansionProblem, redaction: ExpansionRedaction) -> dict[str, Any]:
    return {
        "code": found.code.id,
        "name": found.code.name,
        "severity": str(found.severity),
        "message": found.message,
        "file": found.file,
        "line": found.span.line,
        "column": found.span.column,
        "end_line": found.span.end_line,
        "end_column": found.span.end_column,
        "hint": found.hint,
        "fixable": False,
        "fix": "none",
        "calls": redaction.data([objects for frame in problem.frames if (objects := frame_objects(frame))]),
    }
