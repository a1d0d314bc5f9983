"""The result of an expansion."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from azrelease.diagnostics import Diagnostic
from azrelease.expansion.origins import Frame, SourceFile
from azrelease.expansion.tree import ExpandedMapping, ExpandedScalar


class ExpansionRequest(NamedTuple):
    """What is known before the run.

    Attributes:
        parameters: the values of parameters of the pipeline, as text; those of lists and mappings as YAML or JSON.
        variables: the values of variables that the file does not set: predefined ones, of groups, of the queue time.
        repositories: the folder of each repository that is checked out, by its alias.
        root: the top folder of the repository of the pipeline; None to find it: the folder with `.git`, else the
            current folder where the file is below it, else the folder of the file.
        are_parameters_unknown: whether parameters with a default are unknown too: for what holds in every run.
        is_part: whether the file is a template that is expanded alone: the file that includes it may set variables,
            and declare repositories.
    """

    parameters: Mapping[str, str] = {}
    variables: Mapping[str, str] = {}
    repositories: Mapping[str, Path] = {}
    root: Path | None = None
    are_parameters_unknown: bool = False
    is_part: bool = False


class ExpansionProblem(NamedTuple):
    """What the service refuses.

    Attributes:
        diagnostic: the finding, at its file and span.
        frames: the calls, loops and conditions that lead to it, each as its innermost one; empty in the text of the
            pipeline itself.
    """

    diagnostic: Diagnostic
    frames: tuple[Frame, ...]


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
