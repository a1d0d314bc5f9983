"""The options of every command: how much it says beside its results, and whether plugins are loaded."""

import inspect
import logging
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from azrelease.cli.output import say
from azrelease.cli.requested import requested

Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print results, findings and errors only.", rich_help_panel="Everywhere")
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say what is read, asked and written.", rich_help_panel="Everywhere")
]
Traceback = Annotated[
    bool,
    typer.Option("--traceback", help="Show where in azrelease an error comes from.", rich_help_panel="Everywhere"),
]
NoPlugins = Annotated[
    bool,
    typer.Option("--no-plugins", help="Leave out tasks and rules of other packages.", rich_help_panel="Everywhere"),
]
_OPTIONS = {"quiet": Quiet, "verbose": Verbose, "traceback": Traceback, "no_plugins": NoPlugins}


class _StandardError(logging.Handler):
    """Prints records to standard error, without commands that an agent of a pipeline would act on."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record.

        Raises:
            OSError: standard error cannot be written to.
        """
        from azrelease.report.log_sanitizer import sanitized_line

        say(sanitized_line(self.format(record)), error=True)


_logger = logging.getLogger("azrelease")
_handler = _StandardError()


def reset() -> None:
    """Forget what the last command line of this process requested."""
    requested.quiet = requested.traceback = False
    _logger.removeHandler(_handler)
    _logger.setLevel(logging.NOTSET)


def ask_for(*, quiet: bool, verbose: bool, traceback: bool, no_plugins: bool) -> None:
    """Take the options in; they may come before the command, after it, or both."""
    requested.quiet = requested.quiet or quiet
    requested.traceback = requested.traceback or traceback
    if verbose:
        _logger.addHandler(_handler)
        _logger.setLevel(logging.INFO)
    if no_plugins:
        from azrelease.plugins import turn_off

        turn_off()


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes the options that all commands have."""

    @wraps(command)
    def wrapped(*, quiet: bool, verbose: bool, traceback: bool, no_plugins: bool, **arguments: Any) -> None:  # noqa: ANN401  (any)
        ask_for(quiet=quiet, verbose=verbose, traceback=traceback, no_plugins=no_plugins)
        command(**arguments)

    signature = inspect.signature(command)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=annotation)
        for name, annotation in _OPTIONS.items()
    ]
    vars(wrapped)["__signature__"] = signature.replace(parameters=[*signature.parameters.values(), *more])
    wrapped.__annotations__ = {**command.__annotations__, **_OPTIONS}
    return wrapped
