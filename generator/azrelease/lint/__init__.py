"""Finds what is wrong in release files, pipelines and templates."""

from azrelease.lint.linter import FileReport, Finding, Linter, Options, Target
from azrelease.lint.rule import Rule
from azrelease.lint.running import check_files
from azrelease.lint.settings import Settings, find_settings, read_settings

__all__ = [
    "FileReport",
    "Finding",
    "Linter",
    "Options",
    "Rule",
    "Settings",
    "Target",
    "check_files",
    "find_settings",
    "read_settings",
]
