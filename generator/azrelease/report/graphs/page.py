"""A page of HTML that holds everything: no other file, no script, no network."""

from collections.abc import Sequence
from typing import NamedTuple

from azrelease.graph import Fact, Gate, Graph, StageView, in_order
from azrelease.lint import FileReport
from azrelease.redaction import redacted_text
from azrelease.report.graphs.cards import anchor
from azrelease.report.graphs.svg import graph_svg
from azrelease.templating import Templates


class Page(NamedTuple):
    """A page that an index leads to: its address there, what it shows, and what was found in it."""

    file: str
    graph: Graph
    report: FileReport


def graph_page(graph: Graph, report: FileReport) -> str:
    """The page of a release or pipeline.

    Args:
        graph: the picture.
        report: what was found in the file.
    """
    return Templates().page(
        "page/graph.html.j2",
        graph=graph,
        picture=graph_svg(graph, in_page=True),
        stages=[
            {"view": stage, "link": f"stage-{anchor(stage.id)}", "facts": _facts(stage)}
            for stage in in_order(graph.stages)
        ],
        approvals=[row for stage in in_order(graph.stages) for row in _approvals(stage)],
        findings=[_finding(report, index) for index in range(len(report.findings))],
    )


def index_page(pages: Sequence[Page]) -> str:
    """A page that leads to others."""
    return Templates().page(
        "page/index.html.j2",
        pages=[
            {
                "file": page.file,
                "graph": page.graph,
                "approvals": sum(1 for stage in page.graph.stages for _ in _approvals(stage)),
                "findings": len(page.report.findings),
            }
            for page in pages
        ],
    )


def _facts(stage: StageView) -> tuple[Fact, ...]:
    own = (
        ("deploys", stage.endpoint),
        ("to", stage.target),
        ("environment", stage.environment),
        ("rollout", stage.rollout),
        ("tests", ", ".join(stage.tests)),
    )
    return (*(Fact(name, value) for name, value in own if value), *stage.facts)


def _approvals(stage: StageView) -> list[dict[str, object]]:
    def rows(when: str, holds: Sequence[Gate]) -> list[dict[str, object]]:
        return [{"stage": stage.title, "when": when, "hold": hold} for hold in holds if hold.kind == "approval"]

    return [*rows("before", stage.before), *rows("after", stage.behind)]


def _finding(report: FileReport, index: int) -> dict[str, object]:
    found = report.findings[index].diagnostic
    return {
        "place": f"{found.file}:{found.span.line}:{found.span.column}",
        "severity": str(found.severity),
        "message": redacted_text(found.message),
        "hint": redacted_text(found.hint or ""),
        "code": f"{found.code.id} {found.code.name}",
    }
