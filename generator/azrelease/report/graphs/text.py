"""A picture as text for the terminal."""

from collections.abc import Callable, Iterator

from azrelease.graph import ALWAYS_SHOWN, Gate, Graph, StageView, in_order, shown_dependencies
from azrelease.report.log_sanitizer import sanitized_line


def graph_text(graph: Graph, *, colour: bool = False) -> str:
    """The release from its sources to its last stage, each stage below one of its dependencies."""

    def bold(text: str) -> str:
        return f"\033[1m{text}\033[0m" if colour else text

    lines = [f"{bold(sanitized_line(graph.name))}  {sanitized_line(graph.file)}"]
    lines += [f"  {sanitized_line(graph.description)}"] if graph.description else []
    for source in graph.sources:
        facts = ", ".join(f"{fact.name} {fact.value}" for fact in source.facts)
        starts = f"; {source.starts} starts it" if source.starts else ""
        lines.append(sanitized_line(f"  {source.kind} {source.title}{': ' if facts else ''}{facts}{starts}"))
    if graph.starts:
        lines.append(sanitized_line(f"  started by {'; '.join(graph.starts)}"))
    lines += _tree(graph, bold)
    lines += [sanitized_line(f"note: {note}") for note in graph.notes]
    return "\n".join(lines) + "\n"


def _tree(graph: Graph, bold: Callable[[str], str]) -> Iterator[str]:
    """Each stage below the last of its dependencies; the others are named."""
    shown = shown_dependencies(graph.stages)
    stages = in_order(graph.stages)
    titles = {stage.id: stage.title for stage in stages}
    children: dict[str | None, list[StageView]] = {}
    for stage in stages:
        parents = shown[stage.id]
        children.setdefault(parents[-1] if parents else None, []).append(stage)

    waiting: list[tuple[StageView, str, bool, bool]] = []

    def push(parent: str | None, margin: str) -> None:
        below = children.get(parent, [])
        # A single successor continues the line; several get branches.
        straight = len(below) == 1
        waiting.extend((stage, margin, straight, stage is below[-1]) for stage in reversed(below))

    push(None, "")
    while waiting:
        stage, margin, straight, last = waiting.pop()
        others = [titles[name] for name in shown[stage.id][:-1]]
        head = "● " if straight else "└─● " if last else "├─● "
        inner = margin if straight else margin + ("  " if last else "│ ")
        more = f"  (also after {', '.join(others)})" if others else ""
        kind = "  (template)" if stage.is_template else ""
        yield f"{margin}│" if not straight or margin or shown[stage.id] else "│"
        yield f"{margin}{head}{bold(sanitized_line(stage.title))}{sanitized_line(more)}{kind}"
        bar = "│ " if children.get(stage.id) else "  "
        yield from (f"{inner}{bar} {sanitized_line(line)}" for line in _lines(stage))
        push(stage.id, inner)


def _lines(stage: StageView) -> Iterator[str]:
    yield from (f"before: {_gate(gate)}" for gate in stage.before)
    if stage.target or stage.endpoint:
        yield f"deploys {stage.endpoint or ''}{' to ' if stage.endpoint and stage.target else ''}{stage.target or ''}"
    if stage.environment:
        yield f"environment {stage.environment}"
    if stage.rollout:
        yield f"rollout {stage.rollout}"
    yield from (f"test {test}" for test in stage.tests)
    for fact in stage.facts:
        if fact.name in ALWAYS_SHOWN:
            yield f"{fact.name} {fact.value}"
    yield from (f"after: {_gate(gate)}" for gate in stage.behind)


def _gate(gate: Gate) -> str:
    within = next((f", within {fact.value}" for fact in gate.facts if fact.name == "within"), "")
    return f"{gate.kind}: {gate.title}{within}{f' ({gate.place})' if gate.place else ''}"
