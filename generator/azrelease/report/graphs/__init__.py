"""Pictures of releases and pipelines: for the terminal, as Mermaid, as SVG, and as a page."""

from azrelease.report.graphs.mermaid import graph_mermaid
from azrelease.report.graphs.page import graph_page, index_page
from azrelease.report.graphs.svg import graph_svg
from azrelease.report.graphs.text import graph_text

__all__ = ["graph_mermaid", "graph_page", "graph_svg", "graph_text", "index_page"]
