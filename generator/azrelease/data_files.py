"""The folders of the shipped templates and fact tables.

In a checkout (and in an editable install, which points at one) they are at the top, so an edit shows at
once; in an installed wheel they are in the package.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "_data"
_ROOT = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent.parent

TEMPLATES = _ROOT / "templates"
SCHEMAS = _ROOT / "schemas"


@cache
def read_table(name: str) -> dict[str, Any]:
    """A table of facts in `schemas/`. It is read once; nothing may change it."""
    table: dict[str, Any] = json.loads((SCHEMAS / name).read_bytes())
    return table
