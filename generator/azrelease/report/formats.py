"""The formats of reports."""

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.lint import FileReport
    from azrelease.lint.engine.baseline import BaselineCounts


class FindingsFormat(StrEnum):
    """The formats of findings."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    AZURE = "azure"
    GITHUB = "github"
    MARKDOWN = "markdown"


class ReportFormat(StrEnum):
    """The formats of plans, differences and conversion reports."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class GraphFormat(StrEnum):
    """The formats of graphs."""

    TEXT = "text"
    MERMAID = "mermaid"
    SVG = "svg"
    HTML = "html"


class ExpansionFormat(StrEnum):
    """The formats of expanded pipelines, and of the tests of templates."""

    YAML = "yaml"
    JSON = "json"
    JUNIT = "junit"


class ResultFormat(StrEnum):
    """The formats of runs and rehearsals."""

    TEXT = "text"
    JSON = "json"


def format_findings(
    reports: "Sequence[FileReport]",
    form: FindingsFormat,
    *,
    baseline: "BaselineCounts | None" = None,
    colour: bool = False,
    with_counts: bool = True,
    only_statistics: bool = False,
) -> str:
    """Findings in a format.

    Args:
        reports: the findings, by file.
        form: the format.
        baseline: what a baseline hides; None without one.
        colour: whether text has colours.
        with_counts: whether text ends with the number of findings.
        only_statistics: whether the findings of each rule are counted instead, as JSON or as text.
    """
    if only_statistics:
        from azrelease.report.statistics import statistics_json, statistics_text

        if form is FindingsFormat.JSON:
            return statistics_json(reports, baseline)
        return statistics_text(reports, baseline, counted=with_counts)
    match form:
        case FindingsFormat.TEXT:
            from azrelease.report.text import format_reports

            return format_reports(reports, baseline, colour=colour, counted=with_counts)
        case FindingsFormat.JSON:
            from azrelease.report.json_object import format_json

            return format_json(reports, baseline)
        case FindingsFormat.SARIF:
            from azrelease.report.sarif import format_sarif

            return format_sarif(reports)
        case FindingsFormat.JUNIT:
            from azrelease.report.junit import format_junit

            return format_junit(reports)
        case FindingsFormat.AZURE:
            from azrelease.report.annotations import format_azure

            return format_azure(reports, baseline)
        case FindingsFormat.GITHUB:
            from azrelease.report.annotations import format_github

            return format_github(reports, baseline)
        case FindingsFormat.MARKDOWN:
            from azrelease.report.markdown import format_markdown

            return format_markdown(reports, baseline)
