"""A self-contained page of HTML: no other file, no script, no network."""

from collections.abc import Sequence
from typing import NamedTuple

from azrelease.diagnostics import Diagnostic
from azrelease.graph import Fact, Gate, Graph, StageView, in_order
from azrelease.lint import FileReport
from azrelease.redaction import redacted_text
from azrelease.report.graphs.boxes import anchor
from azrelease.report.graphs.svg import graph_svg
from azrelease.templating import shipped_templates


class Page(NamedTuple):
    """A page in an index: its relative address, its graph, and the findings in its file."""

    file: str
    graph: Graph
    report: FileReport


def graph_page(graph: Graph, report: FileReport) -> str:
    """The page of a release or pipeline, with the findings in its file."""
    return shipped_templates().page(
        "page/graph.html.j2",
        graph=graph,
        picture=graph_svg(graph, in_page=True),
        stages=[
            {"view": stage, "link": f"stage-{anchor(stage.id)}", "facts": _facts(stage)}
            for stage in in_order(graph.stages)
        ],
        approvals=[row for stage in in_order(graph.stages) for row in _approvals(stage)],
        findings=[_finding_row(diagnostic) for diagnostic, *_ in report.findings],
    )


def index_page(pages: Sequence[Page]) -> str:
    """A page with links to others."""
    return shipped_templates().page(
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
    def rows(when: str, gates: Sequence[Gate]) -> list[dict[str, object]]:
        return [{"stage": stage.title, "when": when, "gate": gate} for gate in gates if gate.kind == "approval"]

    return [*rows("before", stage.before), *rows("after", stage.behind)]


def _finding_row(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "place": f"{diagnostic.file}:{diagnostic.span.line}:{diagnostic.span.column}",
        "severity": str(diagnostic.severity),
        "message": redacted_text(diagnostic.message),
        "hint": redacted_text(diagnostic.hint or ""),
        "code": f"{diagnostic.code.id} {diagnostic.code.name}",
    }
