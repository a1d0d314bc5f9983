"""Findings, plans, runs, rehearsals and graphs as text for a terminal, and in the formats of other programs."""

from azrelease.report.text import format_diagnostics

__all__ = ["format_diagnostics"]
