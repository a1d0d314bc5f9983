"""What something in a file is, in a few words, with a link to its page."""

from yaml import ScalarNode

from azrelease.editor.hover.answer import Hover
from azrelease.editor.hover.expressions import in_expression, in_macro
from azrelease.editor.hover.keys import of_key
from azrelease.editor.hover.releases import of_field
from azrelease.editor.hover.values import of_value
from azrelease.editor.view import FileView
from azrelease.yaml_document import node_offsets

__all__ = ["Hover", "hover"]


def hover(view: FileView, offset: int) -> Hover | None:
    """What is at an offset of a file; None where nothing is known of it."""
    path = view.path_to(offset)
    if path is None or not view.is_ours or not isinstance(path.last.node, ScalarNode):
        return None
    file = view.pipeline
    if view.is_release:
        text = of_field(view, path)
    elif file is None:
        return None
    else:
        found = in_expression(view, file, offset) or in_macro(view, file, offset)
        if found is not None:
            return found
        parts = of_key(view, path, offset) if path.is_key else of_value(view, file, path, offset)
        text = "\n\n".join(filter(None, parts))
    return Hover(*node_offsets(path.last.node), text) if text else None
