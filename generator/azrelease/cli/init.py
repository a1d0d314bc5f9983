"""`azrelease init`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.loss_reports import LOSS
from azrelease.cli.output import can_ask, say
from azrelease.errors import UserError

if TYPE_CHECKING:
    from azrelease.release import Release
    from azrelease.scaffold import Answers, ProjectFile


def command(
    folder: Annotated[
        Path,
        typer.Argument(help="Where to write; it is made if it is not there. Default: this folder.", show_default=False),
    ] = Path(),
    name: Annotated[str | None, typer.Option("--name", help="Name of the release. Default: after the folder.")] = None,
    resource_group: Annotated[
        str | None, typer.Option("--resource-group", help="Resource group of the workspace. With --yes: `<name>-rg`.")
    ] = None,
    workspace: Annotated[
        str | None, typer.Option("--workspace", help="Azure Machine Learning workspace. With --yes: `<name>-ws`.")
    ] = None,
    service_connection: Annotated[
        str | None,
        typer.Option("--service-connection", help="Service connection to Azure. With --yes: `<name>-azure`."),
    ] = None,
    pipeline: Annotated[
        str | None,
        typer.Option("--pipeline", help="Name of the CI pipeline that trains the model. Default: `<name>-training`."),
    ] = None,
    artifact: Annotated[
        str | None, typer.Option("--artifact", help="Name of the artifact that it publishes. Default: model.")
    ] = None,
    image: Annotated[
        str | None, typer.Option("--image", help="Linux image of the agents. Default: ubuntu-24.04.")
    ] = None,
    staging: Annotated[
        str | None,
        typer.Option(
            "--staging",
            help="Where staging runs: `managed` (the default), `kubernetes:<attached cluster>`, `batch` or "
            "`batch:<compute cluster>`.",
        ),
    ] = None,
    production: Annotated[
        str | None, typer.Option("--production", help="Where production runs. Default: as staging.")
    ] = None,
    approver: Annotated[
        list[str] | None,
        typer.Option(
            "--approver",
            help="User by e-mail, or group, who approves production; can be repeated. Without any, production waits "
            "until a person starts it.",
        ),
    ] = None,
    install_from: Annotated[
        str | None,
        typer.Option(
            "--install-from",
            help="Where pipelines install azrelease from: a wheel (it is copied into .azrelease/), "
            "git+https://…@<tag or commit>, or a feed (https://…/simple/). Default: a wheel that you put there.",
        ),
    ] = None,
    definition: Annotated[
        Path | None,
        typer.Option("--from", help="Exported classic release definition; the files are written around its release."),
    ] = None,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="With --from: go on though a control of the definition is lost.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take the defaults.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; list what would be written.")] = False,
) -> None:
    """Start a release project: asks on a terminal, then writes the release, its pipelines, deployment files and tests.

    Nothing is written over; run again, it adds what is missing.

    Example: azrelease init --yes
    """
    from azrelease.cli.init_report import tell
    from azrelease.scaffold import compare, write_missing

    given: dict[str, object] = {
        "name": name,
        "resource_group": resource_group,
        "workspace": workspace,
        "service_connection": service_connection,
        "pipeline": pipeline,
        "artifact": artifact,
        "image": image,
        "staging": staging,
        "production": production,
        "approvers": tuple(approver) if approver else None,
        "install_from": install_from,
    }
    given = {field: value for field, value in given.items() if value is not None}
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder}: is a file; init takes a folder")
    if accept_loss and definition is None:
        raise UserError("--accept-loss is for --from")
    there = _release_in(folder)
    files = _files(folder, there, given, definition, accept_loss=accept_loss, yes=yes)
    placed = compare(files, folder)
    if not dry_run:
        write_missing(placed)
    tell(placed, folder, there, dry_run=dry_run)


def _files(
    folder: Path,
    there: "Release | None",
    given: dict[str, object],
    definition: Path | None,
    *,
    accept_loss: bool,
    yes: bool,
) -> "tuple[ProjectFile, ...]":
    """The files of the project. A release file that is there says all, so that nothing is asked."""
    from azrelease.scaffold import RELEASE_FILE, answers_in, install_source, project_around, project_of

    wheel = _wheel(folder, given.get("install_from"))
    place = _place(folder)
    if definition is None and there is None:
        answers = _answers(folder, given, yes=yes)
        files, chosen = project_of(answers, place), answers.install_from
    else:
        chosen = _chosen_source(folder, given)
        source = install_source(chosen)
        given = {field: answer for field, answer in given.items() if field != "install_from"}
        known = answers_in(there) if definition is None and there is not None else None
        if definition is not None:
            _refuse(given, "--from takes all from the definition")
            files = project_around(_imported(definition, accept_loss=accept_loss), place, source=source)
        else:
            assert there is not None
            said = dict(known) if known else {}
            other = {field: answer for field, answer in given.items() if _text(said.get(field)) != answer}
            _refuse(other, f"{folder / RELEASE_FILE} is there and says otherwise")
            files = (
                project_of(known.model_copy(update={"install_from": chosen}), place)
                if known
                else project_around(there, place, source=source)
            )
    return (*_fitting(files, there, folder), *wheel)


def _chosen_source(folder: Path, given: Mapping[str, object]) -> str:
    """Where azrelease is installed from: as an option says, else as the check of pull requests that is there does.

    Raises:
        UserError: the option names nothing that can be trusted.
    """
    from azrelease.scaffold import CHECK_FILE, install_source, problems, remembered

    text = given.get("install_from")
    if isinstance(text, str):
        wrong = problems({"install_from": text})
        if wrong:
            raise UserError(f"--install-from: {wrong['install_from']}")
        return install_source(text).text
    path = folder / CHECK_FILE
    return remembered(path.read_text(encoding="utf-8", errors="replace")) if path.is_file() else ""


def _wheel(folder: Path, given: object) -> "tuple[ProjectFile, ...]":
    """The wheel that an option names, as a file of the project; nothing where it names something else.

    Raises:
        UserError: there is no such file.
    """
    from azrelease.scaffold import WHEEL_FOLDER, ProjectFile

    if not isinstance(given, str) or "://" in given or not given.strip().endswith(".whl"):
        return ()
    path = Path(given.strip())
    if (folder / WHEEL_FOLDER / path.name).is_file() and not path.is_file():
        return ()
    try:
        return (ProjectFile(f"{WHEEL_FOLDER}/{path.name}", path.read_bytes()),)
    except OSError as error:
        raise UserError(f"--install-from: {path}: cannot be read: {error.strerror or error}") from error


def _fitting(files: "tuple[ProjectFile, ...]", there: "Release | None", folder: Path) -> "tuple[ProjectFile, ...]":
    """The files, the pipeline among them rendered from the release file that stays, or that is written there."""
    from azrelease.release import load_document
    from azrelease.rendering import render
    from azrelease.scaffold import PIPELINE_FILE, RELEASE_FILE
    from azrelease.templating import templates_for
    from azrelease.yaml_document import YamlDocument

    if there is None:
        said = next(file.content for file in files if file.path == RELEASE_FILE)
        there = load_document(YamlDocument.parse(said.decode(), str(folder / RELEASE_FILE))).release
    text = render(there, templates=templates_for(folder / RELEASE_FILE)).encode()
    return tuple(file._replace(content=text) if file.path == PIPELINE_FILE else file for file in files)


def _release_in(folder: Path) -> "Release | None":
    """The release that is there already.

    Raises:
        InvalidFileError: it is wrong, so that nothing can be made of it.
    """
    from azrelease.release import load
    from azrelease.scaffold import RELEASE_FILE

    path = folder / RELEASE_FILE
    return load(path).release if path.is_file() else None


def _place(folder: Path) -> str:
    """The folder as seen from the top of its repository; empty where it is the top, or in no repository.

    Raises:
        UserError: pipelines cannot name it.
    """
    from azrelease.templating.printable import is_printable
    from azrelease.templating.scripts import is_expanded

    whole = folder.resolve()
    for top in (whole, *whole.parents):
        if (top / ".git").exists():
            relative = whole.relative_to(top).as_posix()
            if "\\" in relative or is_expanded(relative) or not is_printable(relative):
                raise UserError(f"{folder}: Azure Pipelines cannot be given a folder of this name")
            return "" if relative == "." else relative
    return ""


def _refuse(given: Mapping[str, object], why: str) -> None:
    """Stop where answers have no effect.

    Raises:
        UserError: there are some.
    """
    from azrelease.scaffold import QUESTIONS

    options = [question.option for question in QUESTIONS if question.field in given]
    if options:
        raise UserError(f"{why}: leave {', '.join(options)} out")


def _text(answer: object) -> object:
    """An answer as an option gives it."""
    kind = getattr(answer, "type", None)
    compute = getattr(answer, "compute", None)
    return answer if kind is None else f"{kind}:{compute}" if compute else kind


def _imported(path: Path, *, accept_loss: bool) -> "Release":
    """The release of a classic definition, after the report on what became of it.

    Raises:
        UserError: the file cannot be used, or holds several definitions.
        Exit: a control would be lost.
    """
    from datetime import UTC, datetime

    from azrelease.classic import import_definition, read_definitions
    from azrelease.cli.import_release import stopped_by
    from azrelease.cli.loss_reports import ReportFormat, known_tasks, print_losses, read_text
    from azrelease.report.losses import LossReport

    found = read_definitions(read_text(path), str(path))
    if len(found) != 1:
        raise UserError(f"{path}: holds {len(found)} definitions; a project is for one release")
    made = import_definition(found[0], today=datetime.now(UTC).date(), tasks=known_tasks())
    report = LossReport(str(path), str(found[0].get("name") or ""), made.report, None, made.problems)
    print_losses([report], ReportFormat.TEXT, error=False)
    why = stopped_by(made, accept_loss=accept_loss)
    if why or made.release is None:
        say(f"error: {path}: {why}", error=True)
        raise typer.Exit(LOSS)
    return made.release


def _answers(folder: Path, given: Mapping[str, object], *, yes: bool) -> "Answers":
    """The answers: given as options, asked, or by default.

    Raises:
        UserError: options are wrong, or nobody can be asked for what is missing; all of it is named.
        Exit: the asking was broken off.
    """
    from azrelease.scaffold import QUESTIONS, Answers, problems

    options = {question.field: question.option for question in QUESTIONS}
    asked = not yes and can_ask()
    lines = [f"{options[field]}: {message}" for field, message in problems(given).items()]
    missing = [q.option for q in QUESTIONS if q.guessed and q.field not in given and not yes and not asked]
    if missing:
        lines.append(f"nobody can be asked here: give {', '.join(missing)}, or take the defaults with --yes")
    if lines:
        raise UserError("\n".join(lines))
    from azrelease.cli.asking import ask_all, defaults

    name = folder.resolve().name
    return Answers.model_validate(ask_all(name, given) if asked else defaults(name, given))
