"""What an editor shows above each stage of a release: its environment, and who approves it."""

from collections.abc import Iterator
from typing import NamedTuple

from azrelease.editor.view import FileView
from azrelease.errors import UserError
from azrelease.yaml_document import node_offsets


class StageLens(NamedTuple):
    """A stage of a release.

    Attributes:
        start: where it begins in the text; `end` is where its name ends.
        stage: its name.
        text: its environment and its approvers.
    """

    start: int
    end: int
    stage: str
    text: str


def stage_lenses(view: FileView) -> Iterator[StageLens]:
    """The stages of a release that can be read."""
    from azrelease.release import load_document

    if not view.is_release or view.document is None:
        return
    try:
        loaded = load_document(view.document)
    except UserError:
        return
    release = loaded.release.completed()
    for index, stage in enumerate(release.stages):
        route = ("stages", index, "name")
        if loaded.document.document_at(route) is not view.document and loaded.document.node_documents:
            continue
        node = loaded.document.node(route)
        approval = stage.approval
        approvers = ", ".join(str(each) for each in approval.approvers) if approval is not None else ""
        who = f"approved by {approvers}" if approvers else "no approval"
        yield StageLens(*node_offsets(node), stage.name, f"environment {stage.environment or stage.name} · {who}")
