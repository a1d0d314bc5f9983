"""The application: finds a command by name, imports only that one, and turns errors into exit codes."""

from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from azrelease.cli.output import print_diagnostics, say
from azrelease.cli.plain_values import PlainCommand, use_plain_values
from azrelease.cli.verbosity import Quiet, Traceback, Verbose, ask_for, asked, reset, with_options
from azrelease.errors import InvalidFileError, ServiceError, UserError

COMMANDS = {
    "init": "azrelease.cli.init",
    "render": "azrelease.cli.render",
    "show": "azrelease.cli.show",
    "graph": "azrelease.cli.graph",
    "check": "azrelease.cli.check",
    "explain": "azrelease.cli.explain",
    "migrate": "azrelease.cli.migrate",
    "import": "azrelease.cli.import_release",
    "export": "azrelease.cli.export_release",
    "plan": "azrelease.cli.plan",
    "apply": "azrelease.cli.apply",
    "bootstrap": "azrelease.cli.bootstrap",
    "run": "azrelease.cli.run",
    "approve": "azrelease.cli.approve",
    "reject": "azrelease.cli.reject",
    "drift": "azrelease.cli.drift",
    "rehearse": "azrelease.cli.rehearse",
    "catalog": "azrelease.cli.catalog",
    "schema": "azrelease.cli.schema",
}
"""Each command and its module, which holds a function `command`."""

OK, USAGE, TOOL_FAILED = 0, 2, 3


class _Commands(MutableMapping[str, Any]):
    """Commands by name; a command's module is imported when it is asked for."""

    def __init__(self) -> None:
        self._modules = dict(COMMANDS)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  (a click command; which click is typer's own affair)
        single = typer.Typer(add_completion=False)
        single.command(name, cls=PlainCommand)(with_options(import_module(self._modules[name]).command))
        return typer.main.get_command(single)

    def __setitem__(self, name: str, value: Any) -> None:  # noqa: ANN401  (as above)
        raise NotImplementedError

    def __delitem__(self, name: str) -> None:
        del self._modules[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


class CommandGroup(TyperGroup):
    """The commands of azrelease."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  (typer's own)
        super().__init__(**settings)
        self.commands = _Commands()

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401  (a context of click)
        """The parameters, with the conversions of `plain_values` in place."""
        parameters: list[Any] = super().get_params(ctx)
        use_plain_values(parameters)
        return parameters


app = typer.Typer(cls=CommandGroup, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def _azrelease(
    version: bool = typer.Option(False, "--version", "-V", help="Print the version and stop."),
    quiet: Quiet = False,
    verbose: Verbose = False,
    traceback: Traceback = False,
) -> None:
    """One typed description of a machine-learning release becomes everything Azure DevOps needs to run it.

    Example: azrelease init; azrelease check; azrelease render
    """
    ask_for(quiet=quiet, verbose=verbose, traceback=traceback)
    if version:
        from azrelease.version import VERSION

        say(f"azrelease {VERSION}")
        raise typer.Exit


def run() -> int:
    """Run the command on the command line; no error shows a traceback, unless it is asked for."""
    reset()
    try:
        app(prog_name="azrelease")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else OK
    except Exception as error:  # noqa: BLE001  (each becomes an exit code)
        if asked.traceback:
            _show_traceback(error)
        return _failed(error)
    return OK


def _show_traceback(error: Exception) -> None:
    """Print where an error comes from; the exit code stays what it is without."""
    from traceback import format_exception

    from azrelease.report.log_sanitizer import sanitized

    with suppress(OSError):
        say(sanitized("".join(format_exception(error)).rstrip()), error=True)


def _failed(error: Exception) -> int:
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
    _say_error(
        f"this is a mistake of azrelease ({type(error).__name__}: {error}). Please report it, with what it says "
        "when --traceback is added."
    )
    return TOOL_FAILED


def _say_error(error: Exception | str) -> None:
    """Print an error, which may hold words of others: a service, a file."""
    from azrelease.report.log_sanitizer import sanitized

    say(sanitized(f"error: {error}"), error=True)
