"""A release or pipeline as a graph with a layout, the same for a terminal, Mermaid, SVG and HTML."""

from azrelease.graph.from_pipeline import pipeline_graph
from azrelease.graph.from_release import release_graph
from azrelease.graph.layout import Box, Direction, Layout, Line, lay_out
from azrelease.graph.model import (
    ALWAYS_SHOWN,
    Fact,
    Gate,
    Graph,
    JobPart,
    JobView,
    SourceView,
    StageView,
    StepView,
    with_texts,
)
from azrelease.graph.order import in_order, shown_dependencies

__all__ = [
    "ALWAYS_SHOWN",
    "Box",
    "Direction",
    "Fact",
    "Gate",
    "Graph",
    "JobPart",
    "JobView",
    "Layout",
    "Line",
    "SourceView",
    "StageView",
    "StepView",
    "in_order",
    "lay_out",
    "pipeline_graph",
    "release_graph",
    "shown_dependencies",
    "with_texts",
]
