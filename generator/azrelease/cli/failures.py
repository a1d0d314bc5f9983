"""What a failed command prints, and its exit code."""

from contextlib import suppress

from azrelease.cli.output import print_diagnostics, say
from azrelease.errors import InvalidFileError, ServiceError, UserError

USAGE, TOOL_FAILED = 2, 3


def print_traceback(error: Exception) -> None:
    """Print where an error comes from; the exit code stays what it is without."""
    from traceback import format_exception

    from azrelease.report.log_sanitizer import sanitized

    with suppress(OSError):
        say(sanitized("".join(format_exception(error)).rstrip()), error=True)


def report_failure(error: Exception) -> int:
    """Say what went wrong; returns the exit code."""
    if isinstance(error, InvalidFileError):
        print_diagnostics(error.diagnostics, error.texts)
        if error.summary:
            _say_error(error.summary)
        return USAGE
    if isinstance(error, UserError | ServiceError):
        _say_error(error)
        return USAGE if isinstance(error, UserError) else TOOL_FAILED
    if isinstance(error, OSError):
        # Errors of the user's files are UserErrors; what is left is that nobody takes our output.
        with suppress(OSError):
            say(f"error: the output cannot be written: {error.strerror or error}", error=True)
        return TOOL_FAILED
    from azrelease.plugins import plugin_at_fault

    plugin = plugin_at_fault(error)
    if plugin is not None:
        _say_error(plugin.error(f"fails: {type(error).__name__}: {error}"))
        return USAGE
    _say_error(
        f"this is a mistake of azrelease ({type(error).__name__}: {error}). Please report it, with what it says "
        "when --traceback is added."
    )
    return TOOL_FAILED


def _say_error(error: Exception | str) -> None:
    """Print an error, which may hold words of others: a service, a file."""
    from azrelease.report.log_sanitizer import sanitized

    say(sanitized(f"error: {error}"), error=True)
