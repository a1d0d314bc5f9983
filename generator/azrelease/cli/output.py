"""Printing: findings to standard error, results to standard output, UTF-8 whatever the console thinks."""

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from azrelease.diagnostics import Diagnostic


def say(text: str, *, error: bool = False) -> None:
    """Print a line."""
    write_text(f"{text}\n", error=error)


def note(text: str, *, error: bool = False) -> None:
    """Print a line that is not a result: what was written, what comes next. `--quiet` leaves it out."""
    from azrelease.cli.requested import requested

    if not requested.quiet:
        say(text, error=error)


def write_text(text: str, *, error: bool = False) -> None:
    """Write text as it is, line feeds included.

    Raises:
        OSError: it cannot be written: the reader has gone, the disk is full, the stream is closed.
    """
    stream = sys.stderr if error else sys.stdout
    if stream is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    stream.flush()
    stream.buffer.write(text.encode("utf-8", errors="replace"))
    stream.buffer.flush()


def write_result(text: str, output: Path | None) -> None:
    """Write a result to a file, or print it where no file is given.

    Raises:
        UserError: the file cannot be written.
    """
    if output is None:
        write_text(text)
    else:
        from azrelease.files import write_atomically

        write_atomically(output, text)


def print_generated(text: str, warnings: Sequence[Diagnostic]) -> None:
    """Print what was made from a release or a definition, which may be read by a log.

    Raises:
        UserError: a secret in plain text may be in it, which is not printed.
    """
    from azrelease.diagnostics import PLAIN_SECRET
    from azrelease.errors import UserError
    from azrelease.redaction import RedactedText

    secret = next((warning for warning in warnings if warning.code is PLAIN_SECRET), None)
    if secret is not None:
        place = f"{secret.file}:{secret.span.line}"
        raise UserError(f"{place}: a secret in plain text is not printed; remove it, or write to a file with --output")
    shown = RedactedText(text).text
    if shown != text:
        pairs = zip(text.splitlines(), shown.splitlines(), strict=True)
        number = next(number for number, (line, redacted) in enumerate(pairs, start=1) if line != redacted)
        raise UserError(
            f"line {number} of the output may hold a secret and is not printed; write to a file with --output"
        )
    write_text(text)


def tell(text: str, *, error: bool = False) -> None:
    """Print a line with untrusted names: an agent that reads the log finds no command in it."""
    from azrelease.report.log_sanitizer import sanitized_line

    say(sanitized_line(text), error=error)


def can_ask() -> bool:
    """Whether there is a terminal to ask on."""
    return sys.stdin is not None and sys.stdin.isatty()


def has_colours() -> bool:
    """Whether standard output takes colours: a terminal does, unless the environment says otherwise (no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout is not None and sys.stdout.isatty())


def print_diagnostics(diagnostics: Sequence[Diagnostic], texts: Mapping[str, str]) -> None:
    """Print findings, with their lines from the texts of their files; secrets are redacted."""
    if not diagnostics:
        return
    from azrelease.report import format_diagnostics

    say("\n".join(format_diagnostics(diagnostics, texts)), error=True)
