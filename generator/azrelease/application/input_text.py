"""Text that exports of Azure DevOps and people's shells write: UTF-8 or UTF-16, from a file or standard input."""

import sys
from pathlib import Path

from azrelease.errors import UserError
from azrelease.yaml_document import LARGEST_FILE, read_file

STANDARD = Path("-")
"""Standard input, or output."""


def read_text(path: Path) -> str:
    """The text of a file, or of standard input.

    Raises:
        UserError: it cannot be read, is too large, or has another encoding.
    """
    content = sys.stdin.buffer.read(LARGEST_FILE + 1) if path == STANDARD else read_file(str(path))
    if len(content) > LARGEST_FILE:
        raise UserError(f"{path}: is larger than {LARGEST_FILE:,} bytes")
    # PowerShell writes UTF-16 with a byte order mark.
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise UserError(f"{path}: is neither UTF-8 nor UTF-16 text") from None
