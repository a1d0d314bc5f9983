"""A file as an editor asks about it: what is at a place, in which step, job and stage."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from yaml import Node

from azrelease.editor.cursor import Cursor, cursor
from azrelease.editor.edited_pipeline import EditedPipeline
from azrelease.editor.readable import readable
from azrelease.editor.tree_path import TreePath, path_to
from azrelease.lint.engine.file_recognition import has_keys_of_pipeline, is_base, is_release, looks_like_pipeline
from azrelease.lint.linted_file import LintContext
from azrelease.syntax import JobOutline, StageOutline, StepOutline
from azrelease.yaml_document import YamlDocument


class Surroundings(NamedTuple):
    """The stage, job and step around a place; None where there is none."""

    stage: StageOutline | None
    job: JobOutline | None
    step: StepOutline | None


class FileView:
    """A file of an editor, as far as it can be read.

    Args:
        path: its path, as `check` names it.
        text: its text, without a byte order mark.
        context: what all files share.
        document: its document, where it is read already.
        repositories: the folders of other repositories that are here, by alias.
        written: an offset at which something is being written, which is read whatever is wrong around it.

    Attributes:
        path: its path, as `check` names it.
        text: its text, without a byte order mark.
        document: what can be read of it; None where too little is left.
        context: what all files share.
        repositories: the folders of other repositories, by alias.
    """

    def __init__(
        self,
        path: str,
        text: str,
        context: LintContext,
        document: YamlDocument | None = None,
        *,
        repositories: Mapping[str, Path] | None = None,
        written: int | None = None,
    ) -> None:
        self.path = path
        self.text = text
        self.context = context
        self.repositories = repositories or {}
        self.document = document or readable(text, path, written)

    @cached_property
    def is_release(self) -> bool:
        """Whether it is a release, or a part that releases extend."""
        return is_release(self.path, self.document, self.text) or (self.document is not None and is_base(self.document))

    @cached_property
    def pipeline(self) -> EditedPipeline | None:
        """It as a pipeline or template; None for anything else."""
        if self.document is None or self.is_release:
            return None
        return EditedPipeline(self.document, self.context, self.repositories)

    @cached_property
    def is_ours(self) -> bool:
        """Whether it is a release, a pipeline or a template, or may become one."""
        if self.is_release or self.document is None:
            return True
        file = self.pipeline
        return file is not None and (looks_like_pipeline(file) or has_keys_of_pipeline(file))

    def path_to(self, offset: int) -> TreePath | None:
        """The way to an offset in the text; None where nothing can be read."""
        return None if self.document is None else path_to(self.document.root, offset)

    def surroundings(self, offset: int) -> Surroundings:
        """The stage, job and step around an offset."""
        file = self.pipeline
        if file is None:
            return Surroundings(None, None, None)
        steps = [step for step in file.outline.steps if _is_in(step.block.node, offset)]
        jobs = [job for job in file.outline.jobs if _is_in(job.block.node, offset)]
        stages = [stage for stage in file.outline.stages if _is_in(stage.block.node, offset)]
        step = steps[-1] if steps else None
        job = step.job if step is not None else jobs[-1] if jobs else None
        stage = job.stage if job is not None else stages[-1] if stages else None
        return Surroundings(stage, job, step)

    def writing(self, offset: int) -> "tuple[Cursor, FileView]":
        """What is being written at an offset, and the file with a placeholder in place of it."""
        found = cursor(self.text, offset)
        return found, FileView(self.path, found.text, self.context, repositories=self.repositories, written=found.at)


def _is_in(node: Node, offset: int) -> bool:
    return int(node.start_mark.index) <= offset < max(int(node.end_mark.index), int(node.start_mark.index) + 1)
