"""`azrelease rehearse`."""

import os
import shutil
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import can_ask, has_colours, say, tell, write_text
from azrelease.cli.verbosity import asked
from azrelease.errors import UserError

if TYPE_CHECKING:
    from azrelease.rehearsal import RehearsedPipeline, StepOutcome

FAILED, INTERRUPTED = 1, 130


class RehearsalFormat(StrEnum):
    """How a rehearsal is told."""

    TEXT = "text"
    JSON = "json"


def command(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Pipeline as rendered, or a release file. Default: azure-pipelines.yml, or release.yml.",
            show_default=False,
        ),
    ] = None,
    stage: Annotated[
        list[str] | None, typer.Option("--stage", help="Stage to run; can be repeated. Default: the first one.")
    ] = None,
    artifact: Annotated[
        list[str] | None,
        typer.Option("--artifact", help="Folder with what the artifact has; `alias=FOLDER` where there are several."),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", help="Folder or file of the model. Default: outputs/model, model or outputs in the artifact."
        ),
    ] = None,
    in_service: Annotated[
        Path | None,
        typer.Option("--in-service", help="Artifact whose model is in service already: the stages run with it first."),
    ] = None,
    in_service_model: Annotated[
        Path | None,
        typer.Option(
            "--in-service-model",
            help="With --in-service: folder or file of the model in service. Default: outputs/model, model or outputs "
            "in that artifact.",
        ),
    ] = None,
    variable: Annotated[
        list[str] | None,
        typer.Option("--variable", help="Variable, `NAME=VALUE`; can be repeated.", metavar="NAME=VALUE"),
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option("--secret", help="Secret variable whose value is in the environment: `api.key` in API_KEY."),
    ] = None,
    az_answers: Annotated[
        Path | None,
        typer.Option("--az-answers", help="YAML file with what other `az` commands answer: `keyvault secret show: …`."),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(
            "--python",
            help="Python with the inference server and the packages of the model. Default: that of azrelease.",
        ),
    ] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Agree to every manual validation.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the folder of the rehearsal, and say where it is.")
    ] = False,
    shell: Annotated[bool, typer.Option("--shell", help="Open a shell where a step has failed.")] = False,
    patience: Annotated[
        str, typer.Option("--patience", help="How many seconds a server may take to come up.", metavar="SECONDS")
    ] = "60",
    form: Annotated[RehearsalFormat, typer.Option("--format", help="How it is told.")] = RehearsalFormat.TEXT,
) -> None:
    """Run a stage on this machine before Azure does: the same steps, the model served on a loopback port.

    Example: azrelease rehearse --stage staging --artifact outputs/artifact
    """
    from azrelease.rehearsal import RehearsalRequest, rehearse
    from azrelease.report.rehearsals import outcome_object, outcome_text

    wanted = RehearsalRequest(
        pipeline=_pipeline(file),
        stages=tuple(stage or ()),
        artifacts=_artifacts(artifact or []),
        model=_there(model, "--model"),
        in_service=_there(in_service, "--in-service"),
        in_service_model=_there(in_service_model, "--in-service-model"),
        variables=dict(_pair(text, "--variable") for text in variable or ()),
        secrets=_secrets(secret or []),
        answers=_answers(az_answers),
        python=_python(python),
        patience=_seconds(patience),
        keep=keep,
    )
    if shell and not can_ask():
        raise UserError("--shell: there is no terminal to step in from")
    quiet = form is RehearsalFormat.JSON or asked.quiet
    try:
        outcome = rehearse(
            wanted,
            _Quiet() if quiet else _Told(),
            confirm=_agree if approve else _ask,
            at_failure=_open_shell if shell else _nothing,
        )
    except KeyboardInterrupt:
        say("interrupted: everything that was started has ended", error=True)
        raise typer.Exit(INTERRUPTED) from None
    if form is RehearsalFormat.JSON:
        import json

        write_text(json.dumps(outcome_object(outcome), ensure_ascii=False, indent=2).replace("##", "#\\u0023") + "\n")
    else:
        write_text(outcome_text(outcome))
    if not outcome.succeeded:
        raise typer.Exit(FAILED)


def _pipeline(file: Path | None) -> "RehearsedPipeline":
    """The pipeline of a file; what a release file would be rendered to.

    Raises:
        UserError: there is none.
    """
    from azrelease.lint.engine.file_recognition import is_release
    from azrelease.rehearsal import read_pipeline
    from azrelease.yaml_document import YamlDocument

    usual = next((path for path in (Path("azure-pipelines.yml"), Path("release.yml")) if path.is_file()), None)
    path = file or usual
    if path is None:
        raise UserError("no azure-pipelines.yml and no release.yml here: name the file")
    document = YamlDocument.read(path)
    if not is_release(str(path), document):
        return read_pipeline(document.text, path.as_posix())
    from azrelease.lowering import lower
    from azrelease.release import load_document
    from azrelease.rendering import render_pipeline
    from azrelease.templating import templates_for

    templates = templates_for(path)
    text = render_pipeline(lower(load_document(document).release, templates), source=path.name, templates=templates)
    return read_pipeline(text, path.as_posix())


def _artifacts(given: list[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for text in given:
        alias, equals, folder = text.partition("=")
        if Path(text).is_dir():
            # A folder may have the sign in its name.
            alias, equals, folder = "", "", text
        path = Path(folder if equals else text)
        if not path.is_dir():
            raise UserError(f"--artifact {text}: no such folder")
        found[alias if equals else ""] = path
    return found


def _there(path: Path | None, option: str) -> Path | None:
    if path is not None and not path.exists():
        raise UserError(f"{option} {path}: is not there")
    return path


def _python(given: str | None) -> str:
    """The path of a Python: servers run in another folder, where a relative one would lead elsewhere."""
    if given is None:
        return sys.executable
    found = shutil.which(given)
    if found is None:
        raise UserError(f"--python {given}: there is no such program")
    return os.path.abspath(found)  # noqa: PTH100  (a link stays one: it tells the environment)


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UserError(f"{option} {text}: has to be NAME=VALUE")
    return name, value


def _secrets(names: list[str]) -> dict[str, str]:
    from azrelease.rehearsal.variables import variable_name

    missing = [name for name in names if variable_name(name) not in os.environ]
    if missing:
        places = ", ".join(f"{variable_name(name)} for `{name}`" for name in missing)
        raise UserError(f"the values of secrets come from the environment, and are not there: {places}")
    return {name: os.environ[variable_name(name)] for name in names}


def _answers(path: Path | None) -> dict[str, str]:
    from azrelease.yaml_document import YamlDocument

    if path is None:
        return {}
    data = YamlDocument.read(path).data
    if not isinstance(data, dict) or not all(isinstance(value, str | int | float | bool) for value in data.values()):
        raise UserError(f"{path}: has to be commands with what they answer, `keyvault secret show: value`")
    return {str(name).removeprefix("az ").strip(): str(getattr(value, "text", value)) for name, value in data.items()}


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:  # noqa: PLR2004  (an hour)
        raise UserError(f"--patience {text}: is no number of seconds")
    return seconds


def _agree(_who: str, _instructions: str) -> bool:
    return True


def _ask(who: str, instructions: str) -> bool:
    """Ask on the terminal whether somebody agrees; where nobody can be asked, nobody does."""
    if not can_ask():
        return False

    if instructions:
        tell(instructions, error=True)
    from azrelease.report.log_sanitizer import sanitized_line

    return bool(typer.confirm(f"{sanitized_line(who)}. Agree?", default=False, err=True))


def _nothing(_environment: Mapping[str, str], _folder: Path) -> None:
    pass


def _open_shell(environment: Mapping[str, str], folder: Path) -> None:
    """Open a shell with the environment of the step that has failed, in its folder or the nearest that is there."""
    import subprocess

    program = shutil.which("bash") or shutil.which("sh")
    if program is None:
        say("no shell is installed", error=True)
        return
    say("a step has failed; the shell has its environment. `exit` goes on.", error=True)
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    subprocess.run([program], cwd=there, env=dict(environment), check=False)  # noqa: S603  (the user's shell)


class _Quiet:
    """Tells nothing while it goes on."""

    def stage_begins(self, title: str) -> None:
        """Nothing is told."""

    def job_begins(self, title: str) -> None:
        """Nothing is told."""

    def step_begins(self, title: str) -> None:
        """Nothing is told."""

    def line(self, text: str) -> None:
        """Nothing is told."""

    def step_ends(self, outcome: "StepOutcome") -> None:
        """Nothing is told."""


class _Told:
    """Tells each step as it ends; the log of one that failed, or with --verbose of all."""

    def __init__(self) -> None:
        self._colour = has_colours()
        self._live = sys.stdout is not None and sys.stdout.isatty()

    def stage_begins(self, title: str) -> None:
        """Name the stage."""
        tell(f"stage {title}")

    def job_begins(self, title: str) -> None:
        """Name the job."""
        tell(f" {title}")

    def step_begins(self, title: str) -> None:
        """On a terminal, name the step while it runs."""
        if self._live:
            from azrelease.report.log_sanitizer import sanitized_line

            write_text(f"  … {sanitized_line(title)}")

    def line(self, text: str) -> None:
        """With --verbose, print each line as it comes."""
        from azrelease.tracing import trace

        trace(f"      {text}")

    def step_ends(self, outcome: "StepOutcome") -> None:
        """Tell how a step ended."""
        from azrelease.rehearsal import Result
        from azrelease.report.rehearsals import log_lines, step_line

        erase = "\r\033[K" if self._live else ""
        say(f"{erase}{step_line(outcome, colour=self._colour)}")
        if outcome.result is Result.FAILED:
            for line in log_lines(outcome):
                say(line)
