"""TOML as plain values, or as a finding where it is invalid."""

import re
import tomllib
from typing import Any

from azrelease.diagnostics import BAD_YAML, TOO_DEEP, TOO_LARGE, Diagnostic, Span
from azrelease.errors import InvalidFileError
from azrelease.yaml_document import LARGEST_FILE

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def toml_values(text: str, path: str) -> dict[str, Any]:
    """The values of a TOML file; `path` is only what findings are reported under.

    Raises:
        InvalidFileError: the text is not TOML.
    """
    if len(text) > LARGEST_FILE:
        raise InvalidFileError((Diagnostic(TOO_LARGE, "the file is too large", path, Span(1, 1, 1, 1)),), {})
    try:
        return tomllib.loads(text)
    except RecursionError:
        problem = Diagnostic(TOO_DEEP, "nested too deep", path, Span(1, 1, 1, 1), "Look for brackets never closed.")
        raise InvalidFileError((problem,), {path: text}) from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidFileError((_syntax_problem(error, text, path),), {path: text}) from error


def _syntax_problem(error: tomllib.TOMLDecodeError, text: str, path: str) -> Diagnostic:
    message = str(error)
    place = _PLACE.search(message)
    # Without a place, it is the end of the document.
    line, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, 1)
    reason = _PLACE.sub("", message).strip().removesuffix("(at end of document)").strip()
    return Diagnostic(BAD_YAML, f"not TOML: {reason}", path, Span(line, column, line, column + 1))
