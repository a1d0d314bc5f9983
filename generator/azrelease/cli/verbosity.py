"""How much a command says beside its results: `--quiet`, `--verbose`, `--traceback`, which every command takes."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from azrelease.tracing import listen

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
_OPTIONS = {"quiet": Quiet, "verbose": Verbose, "traceback": Traceback}


class Verbosity:
    """What was asked for on this command line. One runs in a process at a time.

    Attributes:
        quiet: say results, findings and errors only.
        traceback: show where an error comes from.
    """

    quiet = False
    traceback = False


asked = Verbosity()


def reset() -> None:
    """Forget what the last command line of this process asked for."""
    asked.quiet = asked.traceback = False
    listen(None)


def ask_for(*, quiet: bool, verbose: bool, traceback: bool) -> None:
    """Take the options in; they may stand before the command, behind it, or at both places."""
    asked.quiet = asked.quiet or quiet
    asked.traceback = asked.traceback or traceback
    if verbose:
        from azrelease.cli.output import say
        from azrelease.report.log_sanitizer import sanitized_line

        listen(lambda text: say(sanitized_line(text), error=True))


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes the options that all commands have."""

    @wraps(command)
    def wrapped(*, quiet: bool, verbose: bool, traceback: bool, **arguments: Any) -> None:  # noqa: ANN401  (any)
        ask_for(quiet=quiet, verbose=verbose, traceback=traceback)
        command(**arguments)

    signature = inspect.signature(command)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=annotation)
        for name, annotation in _OPTIONS.items()
    ]
    vars(wrapped)["__signature__"] = signature.replace(parameters=[*signature.parameters.values(), *more])
    wrapped.__annotations__ = {**command.__annotations__, **_OPTIONS}
    return wrapped
