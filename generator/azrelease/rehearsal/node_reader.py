"""Reads nodes of an expanded pipeline, and notes what is read and unknown.

What nothing reads, such as the pool of a job, may be unknown: a rehearsal does not need it.
"""

from collections.abc import Iterator

from azrelease.expansion import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.rehearsal.unknown_parts import UnknownPart, template_out_of_reach, unknown_text
from azrelease.syntax.embedded import directive


class NodeReader:
    """Reads the nodes of a stage, or of the pipeline around the stages.

    Args:
        declared: the parameters that the pipeline declares, in lower case.
    """

    def __init__(self, declared: frozenset[str]) -> None:
        self.declared = declared
        self._unknown: dict[UnknownPart, None] = {}

    @property
    def unknown(self) -> tuple[UnknownPart, ...]:
        """What was read and only a run knows, each part once."""
        return tuple(self._unknown)

    def value(self, mapping: ExpandedMapping, key: str, variable: str | None = None) -> ExpandedNode | None:
        """The value of a key; None for null, and for a key that it does not have.

        Args:
            mapping: the mapping.
            key: the key.
            variable: the name of the variable whose value it is.
        """
        node = mapping.nodes.get(key)
        if node is None:
            for entry in mapping.entries:
                if entry.is_directive and _may_have(entry.value, key):
                    self._note_directive(entry)
            return None
        if isinstance(node, ExpandedScalar):
            if not node.is_known:
                self._note(node, variable)
            elif node.value is None:
                return None
        return node

    def text(self, mapping: ExpandedMapping, key: str, variable: str | None = None) -> str | None:
        """The text of a key, as for `value`; None also for a mapping or list."""
        node = self.value(mapping, key, variable)
        return node.text if isinstance(node, ExpandedScalar) else None

    def mapping(self, mapping: ExpandedMapping, key: str) -> ExpandedMapping | None:
        """The value of a key where it is a mapping."""
        node = self.value(mapping, key)
        return node if isinstance(node, ExpandedMapping) else None

    def entries(self, mapping: ExpandedMapping | None) -> Iterator[tuple[str, ExpandedNode]]:
        """The keys and values of a mapping whose keys are those of the user."""
        for entry in () if mapping is None else mapping.entries:
            if entry.is_directive:
                self._note_directive(entry)
            else:
                yield entry.key.text, entry.value

    def texts_by_key(self, mapping: ExpandedMapping | None, *, are_variables: bool = False) -> dict[str, str]:
        """The texts of a mapping by key."""
        found: dict[str, str] = {}
        for name, node in self.entries(mapping):
            if isinstance(node, ExpandedScalar):
                found[name] = self.scalar(node, name if are_variables else None)
        return found

    def scalar(self, node: ExpandedScalar, variable: str | None = None) -> str:
        """A text; null is an empty one."""
        if not node.is_known:
            self._note(node, variable)
        return "" if node.value is None else node.text

    def items(self, mapping: ExpandedMapping, key: str) -> Iterator[ExpandedMapping]:
        """The mappings in the list of a key."""
        node = self.value(mapping, key)
        if not isinstance(node, ExpandedSequence):
            return
        for item in node.items:
            if isinstance(item, ExpandedScalar):
                self.scalar(item)
            elif isinstance(item, ExpandedMapping):
                if self.note_template(item):
                    continue
                if item.entries and not item.nodes:
                    for entry in item.entries:
                        self._note_directive(entry)
                else:
                    yield item

    def texts(self, mapping: ExpandedMapping, key: str) -> tuple[str, ...]:
        """The texts in the list of a key."""
        node = self.value(mapping, key)
        if not isinstance(node, ExpandedSequence):
            return ()
        found: list[str] = []
        for item in node.items:
            if isinstance(item, ExpandedScalar):
                found.append(self.scalar(item))
            elif isinstance(item, ExpandedMapping):
                for _ in self.entries(item):
                    pass
        return tuple(found)

    def note_template(self, reference: ExpandedMapping | None) -> bool:
        """Note the template that a mapping includes; returns whether it includes one."""
        template = None if reference is None else template_out_of_reach(reference, self.declared)
        if template is not None:
            self._unknown[template] = None
        return template is not None

    def _note_directive(self, entry: ExpandedEntry) -> None:
        """Note the condition or loop; of an `insert`, the mapping that it inserts."""
        word = directive(entry.key.text)
        is_insert = word is not None and word.name == "insert"
        self._note(entry.value if is_insert and isinstance(entry.value, ExpandedScalar) else entry.key)

    def _note(self, node: ExpandedScalar, variable: str | None = None) -> None:
        self._unknown[unknown_text(node, self.declared, variable)] = None


def _may_have(node: ExpandedNode, key: str) -> bool:
    """Whether what a directive inserts may have a key."""
    if not isinstance(node, ExpandedMapping):
        return True
    return key in node.nodes or any(entry.is_directive and _may_have(entry.value, key) for entry in node.entries)
