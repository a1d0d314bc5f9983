"""Untrusted text in the log of a pipeline: it must not become a command of the agent that reads the log."""

from azrelease.templating.printable import printable

__all__ = ["printable", "sanitized", "sanitized_line", "sanitized_lines"]


def sanitized(text: str) -> str:
    """A text of the same length without commands: agents act on `##vso[` and `##[` anywhere in a line."""
    return text.replace("##vso[", "#·vso[").replace("##[", "#·[") if "##" in text else text


def sanitized_line(text: str) -> str:
    """Untrusted text as one line, without control characters and without commands of an agent."""
    return sanitized(printable(text))


def sanitized_lines(text: str) -> str:
    """Untrusted text as `sanitized_line` gives it, but with its tabs and line ends."""
    return sanitized(printable(text, "\r\n\t"))
