"""Secrets in the texts of files: recognizes them, and redacts them wherever a file is shown."""

from azrelease.redaction.data import redacted_data, redacted_value
from azrelease.redaction.recognition import (
    is_secret,
    may_hold_secrets,
    may_name_secret,
    names_secret,
    real_secrets,
)
from azrelease.redaction.redacted_text import RedactedText, SourceLine, redacted
from azrelease.redaction.unified_diff import redacted_difference

__all__ = [
    "RedactedText",
    "SourceLine",
    "is_secret",
    "may_hold_secrets",
    "may_name_secret",
    "names_secret",
    "real_secrets",
    "redacted",
    "redacted_data",
    "redacted_difference",
    "redacted_value",
]
