"""`azrelease graph`."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import has_colours, note, print_diagnostics, write_text
from azrelease.cli.plain_values import day_of
from azrelease.cli.progress import each
from azrelease.errors import InvalidFileError, UserError

if TYPE_CHECKING:
    from azrelease.graph import Graph
    from azrelease.lint import FileReport


class Form(StrEnum):
    """What a picture is drawn as."""

    TEXT = "text"
    MERMAID = "mermaid"
    SVG = "svg"
    HTML = "html"


_RESERVED = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))
"""Names that Windows gives to no file (learn.microsoft.com/windows/win32/fileio/naming-a-file)."""

_SUFFIX = {Form.TEXT: ".txt", Form.MERMAID: ".mmd", Form.SVG: ".svg", Form.HTML: ".html"}


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Release files, pipelines, or folders of releases. Default: the releases of the settings, or of this "
            "folder.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="What to draw it as.")] = Form.TEXT,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write to; for several pictures the folder they belong in."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is no picture of azrelease.")] = False,
    today: Annotated[
        str | None, typer.Option("--today", help="Day that retirements are judged by, as 2027-01-31. Default: today.")
    ] = None,
) -> None:
    """Draw a release or any pipeline: sources, stages in their order, who approves, tests, rollouts.

    Example: azrelease graph samples/insurance/release.yml --format html --output insurance.html
    """
    from azrelease.cli.release_files import find

    found = find(files or [])
    graphs = _graphs(found)
    day = day_of(today)
    if output is not None and (len(found) > 1 or output.is_dir()):
        _write_all(graphs, form, output, day, force=force)
        return
    if len(graphs) > 1 and form in (Form.SVG, Form.HTML):
        raise UserError(f"{len(graphs)} pictures: say with --output which folder they belong in")
    colour = output is None and has_colours()
    text = "\n".join(_drawn(graph, path, form, day, colour=colour) for path, graph in graphs)
    if output is None:
        write_text(text)
    else:
        from azrelease.files import write_atomically

        _may_write([output], force=force)
        write_atomically(output, text)
        note(f"wrote {output.as_posix()}")


def _graphs(files: Sequence[Path]) -> "list[tuple[Path, Graph]]":
    """The picture of each file. When any cannot be read, all that is wrong in all of them is printed.

    Raises:
        UserError: a file cannot be drawn.
    """
    graphs: list[tuple[Path, Graph]] = []
    failed = 0
    for path in each(files, "pictures"):
        try:
            graphs.append((path, _graph(path)))
        except InvalidFileError as error:
            print_diagnostics(error.diagnostics, error.texts)
            failed += 1
    if failed:
        raise UserError(f"{failed} of {len(files)} files cannot be drawn; nothing was written")
    return graphs


def _graph(path: Path) -> "Graph":
    from azrelease.graph import pipeline_graph, release_graph
    from azrelease.lint.engine.file_recognition import is_base, is_release
    from azrelease.release import load_document
    from azrelease.syntax import PipelineFile
    from azrelease.templating import templates_for
    from azrelease.yaml_document import YamlDocument

    document = YamlDocument.read(path)
    if is_release(str(path), document):
        return release_graph(load_document(document).release, path.as_posix(), templates_for(path))
    if is_base(document):
        raise UserError(f"{path}: is part of releases, which extend it; draw one of them")
    graph = pipeline_graph(PipelineFile(document))
    if not graph.stages:
        raise UserError(f"{path}: neither a release nor a pipeline: there are no stages, jobs or steps in it")
    return graph


def _may_write(paths: Sequence[Path], *, force: bool) -> None:
    """See that only pictures are written over.

    Raises:
        OverwriteError: something else is there.
    """
    from azrelease.errors import OverwriteError

    if force:
        return
    others = [path for path in paths if path.exists() and not _is_picture(path)]
    if others:
        lines = (
            f"{path.as_posix()}: is there, and is no picture; name another file, or say --force" for path in others
        )
        raise OverwriteError("\n".join(lines))


def _is_picture(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return any(mark in text for mark in _MARKS) or "\n│\n" in text


_MARKS = ('<meta name="generator" content="azrelease">', 'class="picture"', "\n%% Drawn by azrelease.")
"""What tells pictures from files of others; one for the terminal has its lines."""


def _drawn(graph: "Graph", path: Path, form: Form, day: date, *, colour: bool = False) -> str:
    match form:
        case Form.TEXT:
            from azrelease.report.graphs.text import graph_text

            return graph_text(graph, colour=colour)
        case Form.MERMAID:
            from azrelease.report.graphs.mermaid import graph_mermaid

            return graph_mermaid(graph)
        case Form.SVG:
            from azrelease.report.graphs.svg import graph_svg

            return graph_svg(graph)
        case Form.HTML:
            from azrelease.report.graphs.page import graph_page

            return graph_page(graph, _report(path, day))


def _report(path: Path, today: date) -> "FileReport":
    from azrelease.catalog.task_lock import read_lock
    from azrelease.lint import FileToCheck, Linter, LintOptions, find_settings

    return Linter(LintOptions(find_settings(Path.cwd()), today, read_lock(Path.cwd()))).check(FileToCheck(str(path)))


def _write_all(graphs: "Sequence[tuple[Path, Graph]]", form: Form, folder: Path, day: date, *, force: bool) -> None:
    from azrelease.files import write_atomically
    from azrelease.report.graphs.page import Page, graph_page, index_page

    names = _names([graph.name for _, graph in graphs])
    texts: dict[str, str] = {}
    pages: list[Page] = []
    for name, (path, graph) in each(list(zip(names, graphs, strict=True)), "pictures"):
        file = f"{name}{_SUFFIX[form]}"
        if form is Form.HTML:
            report = _report(path, day)
            texts[file] = graph_page(graph, report)
            pages.append(Page(file, graph, report))
        else:
            texts[file] = _drawn(graph, path, form, day)
    if pages:
        texts["index.html"] = index_page(pages)
    _may_write([folder / file for file in texts], force=force)
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        write_atomically(folder / file, text)
    note(f"wrote {len(texts)} files to {folder.as_posix()}")


def _names(names: Sequence[str]) -> list[str]:
    """Names of files, each once also where capitals do not count."""
    taken = {"index"}
    found: list[str] = []
    for name in names:
        plain = "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip(".-") or "release"
        plain = f"release-{plain}" if plain.partition(".")[0].casefold() in _RESERVED else plain
        number = 1
        while (unique := plain if number == 1 else f"{plain}-{number}").casefold() in taken:
            number += 1
        taken.add(unique.casefold())
        found.append(unique)
    return found
