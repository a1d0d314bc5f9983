"""Diagnostics as text for people."""

from azrelease.report.text import format_text

__all__ = ["format_text"]
