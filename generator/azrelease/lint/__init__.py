"""Finds what is wrong in release files, pipelines and templates."""

from azrelease.lint.engine.linter import FileToCheck, Linter, LintOptions
from azrelease.lint.engine.parallel import check_files
from azrelease.lint.engine.reports import FileReport, Finding
from azrelease.lint.engine.settings import LintSettings, find_settings, read_settings
from azrelease.lint.rule import Code, Diagnostic, Edit, Findings, Fix, LintedFile, LintedRelease, Rule, Severity

__all__ = [
    "Code",
    "Diagnostic",
    "Edit",
    "FileReport",
    "FileToCheck",
    "Finding",
    "Findings",
    "Fix",
    "LintOptions",
    "LintSettings",
    "LintedFile",
    "LintedRelease",
    "Linter",
    "Rule",
    "Severity",
    "check_files",
    "find_settings",
    "read_settings",
]
