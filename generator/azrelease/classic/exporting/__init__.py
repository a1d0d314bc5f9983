"""A release becomes a classic release definition."""

from azrelease.classic.exporting.definition import Export, export_release

__all__ = ["Export", "export_release"]
