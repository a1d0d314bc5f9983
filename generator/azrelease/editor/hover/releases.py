"""What a field of a release is, by its model."""

from azrelease.editor.release_schema import field_at, release_schema
from azrelease.editor.tree_path import TreePath, route_to
from azrelease.editor.view import FileView


def of_field(view: FileView, path: TreePath) -> str:
    """What the model says of the field at the end of a way, in Markdown; empty where it says nothing."""
    route = route_to(path)
    while route and isinstance(route[-1], int):
        route = route[:-1]
    if view.document is None or not route:
        return ""
    field = field_at(release_schema(), view.document.data, route)
    if field is None or not field.get("description"):
        return ""
    default = field.get("default")
    shown = f"\n\nDefault: `{default}`." if default not in (None, [], {}) else ""
    return f"**{route[-1]}**\n\n{field['description']}{shown}"
