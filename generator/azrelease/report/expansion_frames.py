"""The calls, loops and conditions that lead to a part of an expanded pipeline, as texts and as JSON."""

from collections.abc import Iterator

from azrelease.expansion import Frame, LoopTurn, Origin, TemplateCall, chain_of
from azrelease.redaction import redacted_setting
from azrelease.report.log_sanitizer import sanitized_line

_LONGEST_VALUE = 60


def place(origin: Origin) -> str:
    """File and line of a node."""
    return sanitized_line(f"{origin.file.path}:{origin.span.line}")


def call_lines(frame: Frame, file: str, line: int) -> Iterator[str]:
    """A line for each call and loop, from the innermost to the pipeline.

    Args:
        frame: the innermost one.
        file: the file that the calls lead to.
        line: the line there.
    """
    where = sanitized_line(f"{file}:{line}")
    for each in chain_of(frame):
        if isinstance(each, TemplateCall):
            yield f"in {where}, included from {_call(each)}"
            where = place(each.at)
        elif isinstance(each, LoopTurn):
            yield f"in {_turn(each)}"


def chain_lines(origin: Origin) -> Iterator[str]:
    """A line for each call, loop and condition around a node, from the innermost to the pipeline."""
    for each in origin.chain:
        if isinstance(each, TemplateCall):
            yield f"in {sanitized_line(each.file.path)}, included from {_call(each)}"
        elif isinstance(each, LoopTurn):
            yield f"in {_turn(each)}"
        else:
            outcome = "which holds" if each.is_known else "which only the run knows"
            yield f"under `{sanitized_line(each.condition)}` ({place(each.at)}), {outcome}"


def turns(origin: Origin) -> str:
    """The values of the loops around a node, the outermost first: `image = ubuntu-24.04`."""
    found = [
        f"{sanitized_line(each.variable)} = {_shown(each.variable, each.value)}"
        for each in origin.chain
        if isinstance(each, LoopTurn)
    ]
    return ", ".join(reversed(found))


def frame_objects(frame: Frame | None) -> list[dict[str, object]]:
    """The calls and loops as JSON, from the innermost to the pipeline."""
    return [_object(each) for each in chain_of(frame) if isinstance(each, TemplateCall | LoopTurn)]


def _object(frame: TemplateCall | LoopTurn) -> dict[str, object]:
    """As `check` has it, and which template, or which turn."""
    at = {"file": frame.at.file.path, "line": frame.at.span.line}
    if isinstance(frame, TemplateCall):
        arguments = {name: redacted_setting(name, value) for name, value in frame.arguments}
        return {"kind": "template", **at, "arguments": arguments, "template": frame.file.path}
    arguments = {frame.variable: redacted_setting(frame.variable, frame.value)}
    return {"kind": "loop", **at, "arguments": arguments, "turn": frame.number}


def _call(call: TemplateCall) -> str:
    arguments = ", ".join(f"{sanitized_line(name)} = '{_shown(name, value)}'" for name, value in call.arguments)
    return f"{place(call.at)} with {arguments}" if arguments else place(call.at)


def _turn(turn: LoopTurn) -> str:
    name = sanitized_line(turn.variable)
    return f"turn {turn.number} of each {name} ({place(turn.at)}), {name} = {_shown(turn.variable, turn.value)}"


def _shown(name: str, value: str) -> str:
    """A value beside its name, redacted, in one line, and not too long."""
    text = sanitized_line(" ".join(redacted_setting(name, value).split()))
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
