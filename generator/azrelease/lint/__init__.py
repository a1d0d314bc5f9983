"""Finds what is wrong in release files, pipelines and templates."""

from azrelease.lint.engine.linter import FileToCheck, Linter, LintOptions
from azrelease.lint.engine.parallel import check_files
from azrelease.lint.engine.reports import FileReport, Finding
from azrelease.lint.engine.settings import LintSettings, find_settings, read_settings
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.linted_release import LintedRelease
from azrelease.lint.rule import Rule

__all__ = [
    "FileReport",
    "FileToCheck",
    "Finding",
    "LintOptions",
    "LintSettings",
    "LintedFile",
    "LintedRelease",
    "Linter",
    "Rule",
    "check_files",
    "find_settings",
    "read_settings",
]
