"""The files of a release project, as `init` writes them."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from azrelease.application.layouts import rendered_files
from azrelease.errors import UserError
from azrelease.lowering import lower
from azrelease.release import Release, load, load_document
from azrelease.scaffold import (
    CHECK_FILE,
    PIPELINE_FILE,
    QUESTIONS,
    RELEASE_FILE,
    WHEEL_FOLDER,
    Answers,
    ProjectFile,
    answers_of_release,
    install_source,
    problems,
    project_of_answers,
    project_of_release,
    remembered,
)
from azrelease.templating import templates_for
from azrelease.templating.printable import is_printable
from azrelease.templating.scripts import is_expanded
from azrelease.yaml_document import YamlDocument


def existing_release(folder: Path) -> Release | None:
    """The release of a project that exists; None where the folder has none.

    Raises:
        UserError: the folder is a file, or its release file cannot be used.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder}: is a file; init takes a folder")
    path = folder / RELEASE_FILE
    return load(path).release if path.is_file() else None


def check_answers(given: Mapping[str, object], *, needs_all: bool) -> None:
    """Check the answers that options give.

    Args:
        given: the answers, by field.
        needs_all: whether every answer without a safe default has to be given.

    Raises:
        UserError: an answer is wrong or missing; it names all of them.
    """
    options = {question.field: question.option for question in QUESTIONS}
    lines = [f"{options[field]}: {message}" for field, message in problems(given).items()]
    missing = [q.option for q in QUESTIONS if q.guessed and q.field not in given and needs_all]
    if missing:
        lines.append(f"no terminal to ask on: pass {', '.join(missing)}, or take the defaults with --yes")
    if lines:
        raise UserError("\n".join(lines))


def refuse_answers(given: Mapping[str, object], why: str) -> None:
    """Refuse answers that have no effect, since a release says all; where to install azrelease from has one.

    Args:
        given: the answers that options give, by field.
        why: why they have no effect.

    Raises:
        UserError: there are some.
    """
    options = [q.option for q in QUESTIONS if q.field in given and q.field != "install_from"]
    if options:
        raise UserError(f"{why}: leave {', '.join(options)} out")


def project_files(
    folder: Path,
    given: Mapping[str, object],
    *,
    existing: Release | None,
    imported: Release | None,
    ask: Callable[[], Answers],
) -> tuple[ProjectFile, ...]:
    """The files of a project.

    Args:
        folder: the folder of the project.
        given: answers that options give, by field.
        existing: the release that the folder has already; it answers all questions.
        imported: the release of a classic definition to write the files around; it answers all questions too.
        ask: gives the answers where no release does.

    Raises:
        UserError: answers contradict the release, or the folder has a name that pipelines cannot use.
    """
    wheel = _wheel(folder, given.get("install_from"))
    place = _path_in_repository(folder)
    if imported is not None:
        refuse_answers(given, "--from takes all answers from the definition")
        files = project_of_release(imported, place, source=install_source(_chosen_source(folder, given)))
    elif existing is not None:
        files = _around_existing(folder, given, existing, place)
    else:
        files = project_of_answers(ask(), place)
    return (*_with_rendered_pipeline(files, existing, folder), *wheel)


def _around_existing(
    folder: Path, given: Mapping[str, object], release: Release, place: str
) -> tuple[ProjectFile, ...]:
    chosen = _chosen_source(folder, given)
    source = install_source(chosen)
    known = answers_of_release(release)
    answered = dict(known) if known else {}
    others = {field: answer for field, answer in given.items() if _text(answered.get(field)) != answer}
    refuse_answers(others, f"{folder / RELEASE_FILE} exists and says otherwise")
    if known:
        return project_of_answers(known.model_copy(update={"install_from": chosen}), place)
    return project_of_release(release, place, source=source)


def _chosen_source(folder: Path, given: Mapping[str, object]) -> str:
    """Where pipelines install azrelease from: as the option says, else as the existing check of pull requests does.

    Raises:
        UserError: the option names a source that cannot be trusted.
    """
    text = given.get("install_from")
    if isinstance(text, str):
        wrong = problems({"install_from": text})
        if wrong:
            raise UserError(f"--install-from: {wrong['install_from']}")
        return install_source(text).text
    path = folder / CHECK_FILE
    return remembered(path.read_text(encoding="utf-8", errors="replace")) if path.is_file() else ""


def _wheel(folder: Path, given: object) -> tuple[ProjectFile, ...]:
    """The wheel that an option names, as a file of the project; nothing where it names another kind of source.

    Raises:
        UserError: the wheel cannot be read.
    """
    if not isinstance(given, str) or "://" in given or not given.strip().endswith(".whl"):
        return ()
    path = Path(given.strip())
    if (folder / WHEEL_FOLDER / path.name).is_file() and not path.is_file():
        return ()
    try:
        return (ProjectFile(f"{WHEEL_FOLDER}/{path.name}", path.read_bytes()),)
    except OSError as error:
        raise UserError(f"--install-from: {path}: cannot be read: {error.strerror or error}") from error


def _with_rendered_pipeline(
    files: tuple[ProjectFile, ...], existing: Release | None, folder: Path
) -> tuple[ProjectFile, ...]:
    """The files, with what the release of the folder renders to: the existing release, or the new one."""
    if existing is None:
        text = next(file.content for file in files if file.path == RELEASE_FILE).decode()
        existing = load_document(YamlDocument.parse(text, str(folder / RELEASE_FILE))).release
    release, target = folder / RELEASE_FILE, folder / PIPELINE_FILE
    templates = templates_for(release)
    rendered = rendered_files(release, lower(existing, templates), target, templates)
    pipeline = rendered.pipeline.text.encode()
    steps = (
        ProjectFile(Path(os.path.relpath(file.path, folder)).as_posix(), file.text.encode())
        for file in rendered.templates
    )
    others = (file._replace(content=pipeline) if file.path == PIPELINE_FILE else file for file in files)
    found = {file.path: file for file in (*others, *steps)}
    return tuple(found[path] for path in sorted(found))


def _path_in_repository(folder: Path) -> str:
    """The folder from the top of its repository; empty where it is the top, or in no repository.

    Raises:
        UserError: pipelines cannot name it.
    """
    whole = folder.resolve()
    for top in (whole, *whole.parents):
        if (top / ".git").exists():
            relative = whole.relative_to(top).as_posix()
            if "\\" in relative or is_expanded(relative) or not is_printable(relative):
                raise UserError(f"{folder}: Azure Pipelines cannot use a folder of this name; rename it")
            return "" if relative == "." else relative
    return ""


def _text(answer: object) -> object:
    """An answer as an option gives it."""
    kind = getattr(answer, "type", None)
    compute = getattr(answer, "compute", None)
    return answer if kind is None else f"{kind}:{compute}" if compute else kind
