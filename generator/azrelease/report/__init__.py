"""Diagnostics as text for people, and in the forms that other programs read."""

from azrelease.report.text import format_diagnostics

__all__ = ["format_diagnostics"]
