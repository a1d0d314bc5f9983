"""Text of a file in a picture: what may be a secret is hidden."""

from azrelease.lint.secrets import hidden, is_secret_value, names_secret

STARS = "********"


def shown_value(name: str, value: str) -> str:
    """A value to show: stars for what may be a secret."""
    return STARS if names_secret(name) and is_secret_value(value) else shown_text(value)


def shown_text(text: str) -> str:
    """A script or another text to show: stars for what may be a secret."""
    return "\n".join(hidden(line) for line in text.split("\n"))
