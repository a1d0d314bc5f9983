"""`azrelease rehearse`."""

from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.expansion_options import Parameters, Repositories
from azrelease.cli.output import can_ask, say, write_text
from azrelease.cli.requested import requested
from azrelease.errors import UserError
from azrelease.report.formats import ResultFormat

FAILED, USAGE, INTERRUPTED = 1, 2, 130


def command(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Pipeline, or a release file. Default: azure-pipelines.yml, or release.yml.",
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
    parameter: Parameters = None,
    variable: Annotated[
        list[str] | None,
        typer.Option("--variable", help="Variable, `NAME=VALUE`; can be repeated.", metavar="NAME=VALUE"),
    ] = None,
    repository: Repositories = None,
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
        float,
        typer.Option(
            "--patience", help="How many seconds a server may take to start.", metavar="SECONDS", min=0.1, max=3600
        ),
    ] = 60,
    form: Annotated[ResultFormat, typer.Option("--format", help="How the result is printed.")] = ResultFormat.TEXT,
) -> None:
    """Run a stage on this machine before Azure does: the same steps, the model served on a loopback port.

    Example: azrelease rehearse --stage staging --artifact outputs/artifact
    """
    from azrelease.application.rehearsing import RefusedPipelineError, read_rehearsal
    from azrelease.cli.rehearsal_output import PrintedRehearsal, SilentRehearsal, open_shell, user_agrees
    from azrelease.rehearsal import rehearse
    from azrelease.report.expansion_redaction import ExpansionRedaction
    from azrelease.report.expansions import problems_text
    from azrelease.report.json_object import dumps
    from azrelease.report.rehearsals import outcome_object, outcome_text

    try:
        request = read_rehearsal(
            file,
            stages=stage or (),
            artifacts=artifact or (),
            model=model,
            in_service=in_service,
            in_service_model=in_service_model,
            parameters=parameter or (),
            variables=variable or (),
            repositories=repository or (),
            secrets=secret or (),
            az_answers=az_answers,
            python=python,
            patience=patience,
            keep=keep,
        )
    except RefusedPipelineError as refused:
        redaction = ExpansionRedaction(refused.expansion.files, refused.given)
        write_text(problems_text(refused.expansion.problems, redaction), error=True)
        raise typer.Exit(USAGE) from None
    if shell and not can_ask():
        raise UserError("--shell: there is no terminal to open the shell on")
    try:
        outcome = rehearse(
            request,
            SilentRehearsal() if form is ResultFormat.JSON or requested.quiet else PrintedRehearsal(),
            confirm=(lambda _who, _instructions: True) if approve else user_agrees,
            at_failure=open_shell if shell else (lambda _environment, _folder: None),
        )
    except KeyboardInterrupt:
        say("interrupted: every process of the rehearsal has ended", error=True)
        raise typer.Exit(INTERRUPTED) from None
    write_text(dumps(outcome_object(outcome)) if form is ResultFormat.JSON else outcome_text(outcome))
    if not outcome.succeeded:
        raise typer.Exit(FAILED)
