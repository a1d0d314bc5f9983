"""The application: finds a command by name, and imports only that one."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from azrelease.cli.commands import COMMANDS
from azrelease.cli.failures import print_traceback, report_failure
from azrelease.cli.output import say
from azrelease.cli.requested import requested
from azrelease.cli.verbosity import NoPlugins, Quiet, Traceback, Verbose, ask_for, reset, with_options


class CommandGroup(TyperGroup):
    """The commands of azrelease by name and summary; the module of a command is imported when that command runs."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  (settings of typer)
        commands = {name: TyperCommand(name, short_help=source.summary) for name, source in COMMANDS.items()}
        super().__init__(**{**settings, "commands": commands})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  (types of click)
        """The command that the arguments name, with its parameters."""
        name, _, rest = super().resolve_command(ctx, args)
        if name is None:
            return name, None, rest
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(name)(with_options(import_module(COMMANDS[name].module).command))
        return name, typer.main.get_command(single), rest


app = typer.Typer(cls=CommandGroup, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def _azrelease(
    version: bool = typer.Option(False, "--version", "-V", help="Print the version and stop."),
    quiet: Quiet = False,
    verbose: Verbose = False,
    traceback: Traceback = False,
    no_plugins: NoPlugins = False,
) -> None:
    """One typed description of a machine-learning release becomes everything Azure DevOps needs to run it.

    Example: azrelease init; azrelease check; azrelease render
    """
    ask_for(quiet=quiet, verbose=verbose, traceback=traceback, no_plugins=no_plugins)
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
        return stop.code if isinstance(stop.code, int) else 0
    except Exception as error:  # noqa: BLE001  (each becomes an exit code)
        if requested.traceback:
            print_traceback(error)
        return report_failure(error)
    return 0
