"""Text of a stranger's file, printed in a pipeline: it must not become a command of the agent that reads the log."""

from azrelease.templating.printable import printable

__all__ = ["printable", "sanitized", "sanitized_line", "sanitized_lines"]


def sanitized(text: str) -> str:
    """A text of the same length in which no agent finds a command.

    Agents of Azure Pipelines act on `##vso[` and `##[` anywhere in a line.
    """
    return text.replace("##vso[", "#·vso[").replace("##[", "#·[") if "##" in text else text


def sanitized_line(text: str) -> str:
    """A text of a stranger's as one line: without what a terminal would act on, and without a command of an agent."""
    return sanitized(printable(text))


def sanitized_lines(text: str) -> str:
    """As `sanitized_line`, for a text of several lines; tabs and line ends stay."""
    return sanitized(printable(text, "\r\n\t"))
