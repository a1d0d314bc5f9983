"""Text of a file in a picture: what may be a secret is hidden.

A picture is looked at by more people than a file: in doubt, a value is hidden. Only what is wholly computed is none.
"""

from azrelease.redaction import RedactedText, may_name_secret, redacted_value


def shown_value(name: str, value: str) -> str:
    """A value to show: stars for what has the name of a secret, and for what looks like one."""
    return str(redacted_value(value)) if may_name_secret(name) else shown_text(value)


def shown_text(text: str) -> str:
    """A script or another text to show, redacted."""
    return RedactedText(text).text
