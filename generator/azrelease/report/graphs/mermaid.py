"""A picture as Mermaid, which wikis and pull requests of Azure DevOps and GitHub show.

Azure DevOps knows `graph`, not `flowchart`, and takes no HTML in labels
(learn.microsoft.com/azure/devops/project/wiki/markdown-guidance, Mermaid diagrams).
"""

import re
from collections.abc import Generator, Iterator, Sequence
from itertools import pairwise

from azrelease.graph import ALWAYS_SHOWN, Gate, Graph, StageView, in_order, shown_dependencies

_LONGEST = 60


def graph_mermaid(graph: Graph) -> str:
    """The text of a diagram, to put between ```` ```mermaid ```` and ```` ``` ````, or `::: mermaid` and `:::`."""
    lines = ["graph LR", *(f"  {line}" for line in _lines(graph)), "%% Drawn by azrelease."]
    return "\n".join(lines) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    stages = in_order(graph.stages)
    shown = shown_dependencies(graph.stages)
    numbers = {stage.id: index for index, stage in enumerate(stages)}
    starts: list[str] = []
    for index, source in enumerate(graph.sources):
        text = " · ".join([source.title, *(fact.value for fact in source.facts if fact.name == "artifact")])
        yield f"source{index}[({_label(text)})]"
        starts.append(f"source{index}{' -->' if source.starts else ' -.->'}")
    if graph.starts:
        yield f"start>{_label('; '.join(graph.starts))}]"
        starts.append("start -->")
    if len(starts) > 1 and sum(not names for names in shown.values()) > 1:
        # Many arrows to many stages go through one point.
        yield f"release(({_label(graph.name)}))"
        yield from (f"{arrow} release" for arrow in starts)
        starts = ["release -->"]
    ends: dict[str, str] = {}
    for stage in stages:
        first, last = yield from _stage(stage, numbers[stage.id])
        ends[stage.id] = last
        before = [f"{ends[name]} -->" for name in shown[stage.id]] or starts
        yield from (f"{arrow} {first}" for arrow in before)


def _stage(stage: StageView, number: int) -> Generator[str, None, tuple[str, str]]:
    """The nodes of a stage in a row; returns the first and the last of them."""
    facts = (f"{fact.name} {fact.value}" for fact in stage.facts if fact.name in ALWAYS_SHOWN)
    text = " · ".join(filter(None, (stage.title, stage.endpoint, stage.target, *facts)))
    shape = f"[[{_label(text)}]]" if stage.is_template else f"[{_label(text)}]"
    yield f"stage{number}{shape}"
    before, behind = _gates(stage.before), _gates(stage.behind)
    chain = [f"stage{number}"]
    if before:
        yield f"before{number}{{{{{_label(before)}}}}}"
        chain.insert(0, f"before{number}")
    tests = " · ".join(filter(None, (*stage.tests, stage.rollout and f"rollout {stage.rollout}")))
    if tests:
        yield f"test{number}({_label(tests)})"
        chain.append(f"test{number}")
    if behind:
        yield f"behind{number}{{{{{_label(behind)}}}}}"
        chain.append(f"behind{number}")
    yield from (f"{one} --> {other}" for one, other in pairwise(chain))
    return chain[0], chain[-1]


def _gates(gates: Sequence[Gate]) -> str:
    return " · ".join(f"{gate.kind}: {gate.title}" for gate in gates)


def _label(text: str) -> str:
    """A text in quotes, with the syntax of Mermaid and HTML as entities (mermaid.js.org, entity codes)."""
    text = " ".join(text.split())
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
    return '"' + re.sub(r"[^\w ./:·…,+=→%\-]", lambda match: f"#{ord(match[0])};", text) + '"'
