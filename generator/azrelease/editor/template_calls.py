"""The template that a call in a file leads to."""

from pathlib import Path

from azrelease.editor.tree_path import TreeStep, surrounds
from azrelease.editor.view import FileView
from azrelease.lint.facts.templates import Reach
from azrelease.syntax import PipelineFile, TemplateReference


def is_call(step: TreeStep) -> bool:
    """Whether a value is the arguments of a template, or in them."""
    return step.key == "parameters" and (step.owner.endswith(".template") or step.owner == "extends")


def call_at(view: FileView, offset: int) -> TemplateReference | None:
    """The innermost call of a template that a place is in."""
    file = view.pipeline
    inside = [
        reference
        for reference in (file.templates if file is not None else ())
        if surrounds(reference.block.node, offset)
    ]
    return inside[-1] if inside else None


def called_template(view: FileView, offset: int) -> PipelineFile | None:
    """The template of the call that a place is in; None where there is none, or it is not here."""
    reference = call_at(view, offset)
    return None if reference is None else template_of(view, reference)


def template_of(view: FileView, reference: TemplateReference) -> PipelineFile | None:
    """The template that a call leads to; None where it is not here, or cannot be read."""
    path = template_path(view, reference)
    return None if path is None else view.context.templates.read(path)


def template_path(view: FileView, reference: TemplateReference) -> Path | None:
    """The file that a call leads to; None where it is not here."""
    file = view.pipeline
    uses = file.template_uses if file is not None else ()
    return next((use.path for use in uses if use.reference.node is reference.node and use.reach is Reach.FOUND), None)
