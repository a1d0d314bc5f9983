"""The bytes of a file, and the text that they decode to."""

import logging
import os

from azrelease.diagnostics import NOT_UTF8, TOO_LARGE, Diagnostic, Span
from azrelease.errors import InvalidFileError, UserError
from azrelease.open_texts import open_text
from azrelease.yaml_document.positions import end_position

logger = logging.getLogger(__name__)

LARGEST_FILE = 5_000_000
"""Maximum size of a file in bytes, far above the size of hand-written pipelines."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_file(path: str) -> bytes:
    """Read a file, or what an editor has in its place; of one above `LARGEST_FILE`, at least one byte more than that.

    Raises:
        UserError: the file does not exist or is not readable.
    """
    text = open_text(path)
    if text is not None:
        return text
    logger.info("reading %s", path)
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  (a third faster, and there may be thousands)
            size = os.fstat(file.fileno()).st_size
            if 0 < size <= LARGEST_FILE:
                return file.read(size + 1) or b""
            # A pipe reports no size. A buffer of the maximum size for each file would take long to allocate.
            content = bytearray()
            while len(content) <= LARGEST_FILE and (part := file.read(65536)):
                content += part
            return bytes(content)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error


def decode(raw: bytes, path: str) -> str:
    """Decode the bytes of a file.

    Raises:
        InvalidFileError: the file is too large or not UTF-8.
    """
    start = Span(1, 1, 1, 1)
    if len(raw) > LARGEST_FILE:
        message = f"the file is larger than {LARGEST_FILE:,} bytes"
        hint = "Move scripts and data to separate files."
        raise InvalidFileError((Diagnostic(TOO_LARGE, message, path, start, hint),), {})
    if raw.startswith(_UTF16_MARKS) or b"\0" in raw[:2]:
        message = "the file is not UTF-8 text: it looks like UTF-16 or binary data"
        hint = "Save it as UTF-8; in PowerShell: `Out-File -Encoding utf8`."
        raise InvalidFileError((Diagnostic(NOT_UTF8, message, path, start, hint),), {})
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line, column = end_position(before)
        message = f"the file is not UTF-8: invalid byte 0x{raw[error.start]:02x}"
        span = Span(line, column, line, column + 1)
        problem = Diagnostic(NOT_UTF8, message, path, span, "Save it as UTF-8.")
        raise InvalidFileError((problem,), {path: before}) from error


def readable_text(raw: bytes) -> str:
    """The readable part of a file that is not UTF-8, to recognize its purpose."""
    if raw.startswith(_UTF16_MARKS):
        return raw.decode("utf-16", errors="replace")
    if b"\0" in raw[:2]:
        return raw.decode("utf-16-be" if raw[:1] == b"\0" else "utf-16-le", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")
