"""A short text that is equal for equal values."""

import hashlib
import json


def digest(value: object) -> str:
    """The digest of any JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
