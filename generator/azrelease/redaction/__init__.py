"""Recognizes secrets in files, and redacts them wherever a file is shown."""

from azrelease.redaction.data import redacted_data, redacted_setting
from azrelease.redaction.known_secrets import SecretMasker, mask_values
from azrelease.redaction.recognition import (
    is_secret,
    is_secret_value,
    may_hold_secrets,
    may_name_secret,
    names_secret,
    names_secret_file,
    real_secrets,
)
from azrelease.redaction.redacted_text import RedactedText, SourceLine, redacted, redacted_text
from azrelease.redaction.unified_diff import redacted_difference

__all__ = [
    "RedactedText",
    "SecretMasker",
    "SourceLine",
    "is_secret",
    "is_secret_value",
    "mask_values",
    "may_hold_secrets",
    "may_name_secret",
    "names_secret",
    "names_secret_file",
    "real_secrets",
    "redacted",
    "redacted_data",
    "redacted_difference",
    "redacted_setting",
    "redacted_text",
]
