"""The result of an expansion."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from azrelease.diagnostics import Diagnostic
from azrelease.expansion.origins import Origin, SourceFile
from azrelease.expansion.tree import ExpandedMapping, ExpandedScalar


class ExpansionRequest(NamedTuple):
    """What is known before the run.

    Attributes:
        parameters: the values of parameters of the pipeline, as text; those of lists and mappings as YAML or JSON.
        variables: the values of variables that the file does not set: predefined ones, of groups, of the queue time.
        repositories: the folder of each repository that is checked out, by its alias.
        root: the top folder of the repository of the pipeline; None to find it: the folder with `.git`, else the
            current folder where the file is below it, else the folder of the file.
    """

    parameters: Mapping[str, str] = {}
    variables: Mapping[str, str] = {}
    repositories: Mapping[str, Path] = {}
    root: Path | None = None


class ExpansionProblem(NamedTuple):
    """What the service refuses.

    Attributes:
        diagnostic: the finding, at its file and span.
        origin: the node that it is about, with the calls that lead to it; None for a problem of a whole file.
    """

    diagnostic: Diagnostic
    origin: Origin | None


class Expansion(NamedTuple):
    """An expanded pipeline.

    Attributes:
        file: the file of the pipeline.
        pipeline: the pipeline as it is written, without what is known before the run: shorthand steps stay.
        problems: what the service refuses; empty for a pipeline that it takes.
        files: every file that was read, the pipeline first.
        unknowns: the texts in which a part is left to the run.
    """

    file: SourceFile
    pipeline: ExpandedMapping
    problems: tuple[ExpansionProblem, ...]
    files: tuple[SourceFile, ...]
    unknowns: tuple[ExpandedScalar, ...]
