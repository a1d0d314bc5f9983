"""Drawing release files and pipelines, as `graph` does."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from azrelease.application.drawn_texts import with_source_texts
from azrelease.catalog.task_lock import read_lock
from azrelease.errors import InvalidFileError, OverwriteError, UserError
from azrelease.expansion import ExpansionRequest, expand_document, expanded_document
from azrelease.files import write_atomically
from azrelease.graph import Graph, pipeline_graph, release_graph, with_texts
from azrelease.lint import FileReport, FileToCheck, Linter, LintOptions, find_settings
from azrelease.lint.engine.file_recognition import is_base, is_release
from azrelease.release import load_document
from azrelease.report.expansion_redaction import ExpansionRedaction
from azrelease.report.formats import GraphFormat
from azrelease.report.graphs.mermaid import graph_mermaid
from azrelease.report.graphs.page import Page, graph_page, index_page
from azrelease.report.graphs.svg import graph_svg
from azrelease.report.graphs.text import graph_text
from azrelease.syntax import PipelineFile
from azrelease.templating import templates_for
from azrelease.yaml_document import YamlDocument

if TYPE_CHECKING:
    from azrelease.application.loading import Track
    from azrelease.diagnostics import Diagnostic

NOTHING_GIVEN = ExpansionRequest()

_OPTION = "--parameter "
"""How the place of a finding about a given parameter begins."""

_SHOWN_NAMES = 5
_USUAL_NAME = "azure-pipelines"
"""What the names of pipelines contain, and those of templates do not."""

_SUFFIX = {GraphFormat.TEXT: ".txt", GraphFormat.MERMAID: ".mmd", GraphFormat.SVG: ".svg", GraphFormat.HTML: ".html"}
_MARKS = ('<meta name="generator" content="azrelease">', 'class="picture"', "\n%% Drawn by azrelease.")
"""What pictures have and other files do not; one for the terminal has its lines."""

_RESERVED = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))
"""Names that Windows gives to no file (learn.microsoft.com/windows/win32/fileio/naming-a-file)."""


class FileGraph(NamedTuple):
    """The graph of a file."""

    path: Path
    graph: Graph

    def draw(self, form: GraphFormat, today: date, *, colour: bool = False) -> str:
        """The picture in a format; a page also shows what `check` finds on a day."""
        match form:
            case GraphFormat.TEXT:
                return graph_text(self.graph, colour=colour)
            case GraphFormat.MERMAID:
                return graph_mermaid(self.graph)
            case GraphFormat.SVG:
                return graph_svg(self.graph)
            case GraphFormat.HTML:
                return graph_page(self.graph, self.report(today))

    def report(self, today: date) -> FileReport:
        """What `check` finds in the file."""
        options = LintOptions(find_settings(Path.cwd()), today, read_lock(Path.cwd()))
        return Linter(options).check(FileToCheck(str(self.path)))


def read_graphs(
    files: Sequence[Path], request: ExpansionRequest = NOTHING_GIVEN, *, track: "Track[Path]" = iter
) -> list[FileGraph]:
    """The graph of each file; that of a pipeline with its templates and loops, as far as they are known.

    Args:
        files: releases, pipelines or templates.
        request: what is known of the pipelines before their runs.
        track: shows progress.

    Raises:
        InvalidFileError: files cannot be drawn; it holds the problems of all of them.
        UserError: a file is neither a release nor a pipeline, or the folder of a repository does not exist.
    """
    graphs: list[FileGraph] = []
    diagnostics: list[Diagnostic] = []
    texts: dict[str, str] = {}
    undeclared = {name.casefold(): name for name in request.parameters}
    for path in track(files):
        try:
            graphs.append(FileGraph(path, _read_graph(path, request, undeclared)))
        except InvalidFileError as error:
            diagnostics += error.diagnostics
            texts.update(error.texts)
    failed = len(files) - len(graphs)
    if failed:
        raise InvalidFileError(
            diagnostics, texts, f"{failed} of {len(files)} files cannot be drawn; nothing was written"
        )
    if undeclared:
        raise UserError(f"--parameter: no pipeline among the files declares {', '.join(undeclared.values())}")
    return graphs


def write_pictures(
    graphs: Sequence[FileGraph],
    form: GraphFormat,
    folder: Path,
    today: date,
    *,
    force: bool = False,
    track: "Track[tuple[str, FileGraph]]" = iter,
) -> int:
    """Write a picture for each graph to a folder, and an index page where they are pages; returns how many files.

    Raises:
        OverwriteError: a file exists and is not a picture.
    """
    names = _file_names([each.graph.name for each in graphs])
    texts: dict[str, str] = {}
    pages: list[Page] = []
    for name, each in track(list(zip(names, graphs, strict=True))):
        file = f"{name}{_SUFFIX[form]}"
        if form is GraphFormat.HTML:
            report = each.report(today)
            texts[file] = graph_page(each.graph, report)
            pages.append(Page(file, each.graph, report))
        else:
            texts[file] = each.draw(form, today)
    if pages:
        texts["index.html"] = index_page(pages)
    refuse_other_files([folder / file for file in texts], force=force)
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        write_atomically(folder / file, text)
    return len(texts)


def refuse_other_files(paths: Sequence[Path], *, force: bool) -> None:
    """Refuse to write over files that are not pictures.

    Raises:
        OverwriteError: such a file exists, and `force` is off.
    """
    others = [] if force else [path for path in paths if path.exists() and not _is_picture(path)]
    if others:
        lines = (f"{p.as_posix()}: exists and is not a picture; name another file, or pass --force" for p in others)
        raise OverwriteError("\n".join(lines))


def _read_graph(path: Path, request: ExpansionRequest, undeclared: dict[str, str]) -> Graph:
    document = YamlDocument.read(path)
    if is_release(str(path), document):
        return release_graph(load_document(document).release, path.as_posix(), templates_for(path))
    if is_base(document):
        raise UserError(f"{path}: is part of releases, which extend it; draw one of them")
    file = PipelineFile(document)
    for name in file.parameters:
        undeclared.pop(name, None)
    graph = _pipeline_graph(path, file, request)
    if not graph.stages:
        raise UserError(f"{path}: neither a release nor a pipeline: it has no stages, jobs or steps")
    return graph


def _pipeline_graph(path: Path, file: PipelineFile, request: ExpansionRequest) -> Graph:
    """The graph of an expanded pipeline; of the file as it is written, where it does not expand."""
    given = {name: text for name, text in request.parameters.items() if name.casefold() in file.parameters}
    is_template = file.is_part and _USUAL_NAME not in path.name.casefold()
    # Another file passes the values of the parameters of a template: its defaults would hide what it may do.
    request = request._replace(parameters=given, are_parameters_unknown=is_template, is_part=is_template)
    expansion = expand_document(file.document, path, request)
    refused = [problem.diagnostic for problem in expansion.problems if problem.diagnostic.file.startswith(_OPTION)]
    if refused:
        raise InvalidFileError(refused, {})
    if not expansion.problems:
        graph = pipeline_graph(PipelineFile(with_source_texts(expanded_document(expansion))))
        if graph.stages:
            graph = _with_note(graph, "" if is_template else _note_of_defaults(file, request))
            # A secret may be anywhere in an expanded pipeline, without the name that shows what it is.
            return with_texts(graph, lru_cache(ExpansionRedaction(expansion.files, given).message))
    return _with_note(pipeline_graph(file), _note_of_errors(len(expansion.problems)))


def _with_note(graph: Graph, note: str) -> Graph:
    return graph._replace(notes=(*graph.notes, note)) if note else graph


def _note_of_defaults(file: PipelineFile, request: ExpansionRequest) -> str:
    """The parameters whose defaults decide what the picture shows."""
    given = {name.casefold() for name in request.parameters}
    names = [each.name for key, each in file.parameters.items() if each.has_default and key not in given]
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"Drawn with the defaults of parameters: {', '.join(names[:_SHOWN_NAMES])}{more}." if names else ""


def _note_of_errors(count: int) -> str:
    if not count:
        return ""
    errors = "the error" if count == 1 else f"the {count} errors"
    return f"Drawn as it is written, for it cannot be expanded: `azrelease check` shows {errors}."


def _is_picture(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return any(mark in text for mark in _MARKS) or "\n│\n" in text


def _file_names(names: Sequence[str]) -> list[str]:
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
