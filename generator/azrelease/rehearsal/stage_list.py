"""The list of stages of an expanded pipeline: stages, and places where only a run knows which there are."""

from collections.abc import Iterator
from typing import NamedTuple

from azrelease.expansion import ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.rehearsal.unknown_parts import UnknownPart, template_out_of_reach, unknown_text
from azrelease.syntax.embedded import directive


class ListedStage(NamedTuple):
    """An item of the list of stages.

    Attributes:
        node: the stage; None for a place that may have any number of stages.
        conditions: the directives around it; for such a place, also what is unknown of it.
    """

    node: ExpandedMapping | None
    conditions: tuple[UnknownPart, ...]


def listed_stages(
    node: ExpandedNode | None, declared: frozenset[str], conditions: tuple[UnknownPart, ...] = ()
) -> Iterator[ListedStage]:
    """The stages of a list in normal form.

    Args:
        node: the list.
        declared: the parameters that the pipeline declares, in lower case.
        conditions: the directives around the list.
    """
    if isinstance(node, ExpandedScalar):
        if not node.is_known:
            yield ListedStage(None, (*conditions, unknown_text(node, declared)))
        return
    items = node.items if isinstance(node, ExpandedSequence) else () if node is None else (node,)
    chain: tuple[UnknownPart, ...] = ()
    for item in items:
        if not isinstance(item, ExpandedMapping):
            yield from listed_stages(item, declared, conditions)
        elif item.nodes or not item.entries:
            yield _listed(item, declared, conditions)
        else:
            for entry in item.entries:
                word = directive(entry.key.text)
                # An `else` depends on the conditions before it.
                continues = word is not None and word.name in ("else", "elseif")
                chain = (*(chain if continues else ()), unknown_text(entry.key, declared))
                yield from listed_stages(entry.value, declared, (*conditions, *chain))


def _listed(item: ExpandedMapping, declared: frozenset[str], conditions: tuple[UnknownPart, ...]) -> ListedStage:
    template = template_out_of_reach(item, declared)
    name = item.nodes.get("stage")
    if template is not None:
        return ListedStage(None, (*conditions, template))
    if not isinstance(name, ExpandedScalar):
        return ListedStage(None, conditions)
    if not name.is_known:
        return ListedStage(None, (*conditions, unknown_text(name, declared)))
    return ListedStage(item, conditions)
