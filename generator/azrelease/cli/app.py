"""The application: finds a command by name, imports only that one, and turns errors into exit codes."""

from contextlib import suppress
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from azrelease.cli.output import print_diagnostics, say
from azrelease.cli.verbosity import Quiet, Traceback, Verbose, ask_for, asked, reset, with_options
from azrelease.errors import InvalidFileError, ServiceError, UserError


class CommandSource(NamedTuple):
    """Where a command comes from: its module, which has a function `command`, and its line in `azrelease --help`."""

    module: str
    summary: str


COMMANDS = {
    "init": CommandSource(
        "azrelease.cli.init",
        "Start a release project: asks on a terminal, then writes the release, its pipelines, deployment files and "
        "tests.",
    ),
    "render": CommandSource("azrelease.cli.render", "Write the azure-pipelines.yml of a release."),
    "show": CommandSource(
        "azrelease.cli.show",
        "Print a release in full: every default filled in, values of other files with their place, secrets redacted.",
    ),
    "graph": CommandSource(
        "azrelease.cli.graph",
        "Draw a release or any pipeline: sources, stages in their order, who approves, tests, rollouts.",
    ),
    "check": CommandSource("azrelease.cli.check", "Find what is wrong in release files, pipelines and templates."),
    "explain": CommandSource(
        "azrelease.cli.explain", "Say what a rule finds, why it matters, and how it looks wrong and right."
    ),
    "migrate": CommandSource(
        "azrelease.cli.migrate",
        "Make a release for Azure ML v2 from one for CLI v1, with its endpoint and deployment files.",
    ),
    "import": CommandSource(
        "azrelease.cli.import_release",
        "Make a release file from a classic release definition, and say what became of each part of it.",
    ),
    "export": CommandSource(
        "azrelease.cli.export_release",
        "Make a classic release definition from a release file, for the REST API and for the portal's import.",
    ),
    "plan": CommandSource(
        "azrelease.cli.plan",
        "Show what Azure DevOps lacks of a release: pipeline, environments, approvals, permissions. Changes nothing.",
    ),
    "apply": CommandSource(
        "azrelease.cli.apply",
        "Make Azure DevOps what a release asks for. Shows the plan, and asks first; applied twice it changes nothing.",
    ),
    "bootstrap": CommandSource(
        "azrelease.cli.bootstrap",
        "Bring a new release to Azure DevOps in one go: push its files, open the pull request, plan and apply.",
    ),
    "run": CommandSource(
        "azrelease.cli.run", "Start a release in Azure DevOps, follow it to its end, and print its test results."
    ),
    "approve": CommandSource(
        "azrelease.cli.approve", "Approve what waits in a run of a release, so that its stage goes on."
    ),
    "reject": CommandSource(
        "azrelease.cli.reject", "Reject what waits in a run of a release, so that its stage does not begin."
    ),
    "drift": CommandSource(
        "azrelease.cli.drift",
        "Show where a release, its YAML here and on its branch, and what Azure DevOps has are apart.",
    ),
    "rehearse": CommandSource(
        "azrelease.cli.rehearse",
        "Run a stage on this machine before Azure does: the same steps, the model served on a loopback port.",
    ),
    "catalog": CommandSource(
        "azrelease.cli.catalog",
        "Read the organization's own tasks and their inputs into a lock file, for `check` to know them.",
    ),
    "schema": CommandSource("azrelease.cli.schema", "Print the JSON Schema of release.yml."),
}

OK, USAGE, TOOL_FAILED = 0, 2, 3


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
