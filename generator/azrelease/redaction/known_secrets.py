"""Secrets whose values are known, masked in text that other programs write."""

import base64
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORTEST_LINE = 3
"""Shorter lines of a secret are not masked by themselves: the brace of a key in JSON would be masked everywhere."""
_SHORTEST_BASE64 = 6


def mask_values(text: str, values: Iterable[str], *, shortest: int = 1) -> str:
    """Replace values in a text.

    Args:
        text: the text.
        values: the secrets.
        shortest: characters; shorter values stay, since they would mask too much.
    """
    # Longest first: a value may be the beginning of another.
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= shortest:
            text = text.replace(value, MASK)
    return text


class SecretMasker:
    """Masks secrets as the agent does: as soon as each is known, in the forms that programs print them in."""

    def __init__(self) -> None:
        self._values: frozenset[str] = frozenset()

    def add(self, secret: str) -> None:
        """Mask a secret from now on, and each of its lines; also as JSON, in a URL, and in base64."""
        if secret.strip():
            lines = {line for line in secret.splitlines() if len(line.strip()) >= _SHORTEST_LINE}
            self._values |= {form for text in {secret, *lines} for form in _forms(text)}

    def mask(self, text: str) -> str:
        """Replace the secrets in a text."""
        return mask_values(text, self._values)


def _forms(secret: str) -> Iterator[str]:
    """The forms in which programs print a text (azure-pipelines-agent, ValueEncoders.cs)."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret)
    yield quote(secret, safe="")
    yield quote_plus(secret)
    data = secret.encode()
    # Base64 depends on the offset; characters at both ends mix with neighbouring bytes, so they are left out.
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        inner = encoded[(0, 2, 3)[shift] : len(encoded) - bool((shift + len(data)) % 3)]
        if len(inner) >= _SHORTEST_BASE64:
            yield inner
