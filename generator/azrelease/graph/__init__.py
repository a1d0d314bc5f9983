"""A release, or any pipeline, as the picture that people know from the designer: its parts, and where they stand.

Nothing here draws: the values are the same for a terminal, Mermaid, SVG and HTML.
"""

from azrelease.graph.layout import Box, Direction, Layout, Line, lay_out
from azrelease.graph.model import TOLD, Fact, Gate, Graph, JobPart, JobView, SourceView, StageView, StepView
from azrelease.graph.of_pipeline import pipeline_graph
from azrelease.graph.of_release import release_graph
from azrelease.graph.order import in_order, shown_dependencies

__all__ = [
    "TOLD",
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
]
