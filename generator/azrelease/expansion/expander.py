"""Expands mappings and lists: directives, keys, values, and the variables and templates of their place."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias, TypeGuard

import yaml
from yaml import MappingNode, ScalarNode, SequenceNode

from azrelease.diagnostics import DIRECTIVE, DUPLICATE_KEY, WRONG_TYPE
from azrelease.expansion.directives import Chain, DirectiveBranch, Directives
from azrelease.expansion.evaluation import FAILED, OPEN, Evaluation
from azrelease.expansion.idle_branches import needed_entries, needed_items
from azrelease.expansion.limits import Budget
from azrelease.expansion.places import CONTENT_KEYS, VARIABLE_SCOPES, Place, below, item_of
from azrelease.expansion.problems import Problems
from azrelease.expansion.scope import Scope, variable
from azrelease.expansion.tree import (
    ExpandedEntry,
    ExpandedMapping,
    ExpandedNode,
    ExpandedScalar,
    ExpandedSequence,
    as_text,
    is_directive_item,
)
from azrelease.syntax.embedded import Directive, directive
from azrelease.syntax.expressions import Unknown

Content: TypeAlias = "yaml.Node | ExpandedNode | Callable[[], Iterator[PendingEntry]]"


class PendingEntry(NamedTuple):
    """An entry of a mapping before its value is expanded.

    Attributes:
        key: its key.
        content: the value: a node of the file, one that is expanded, or the entries of a directive that remains.
        scope: the scope of the value.
        is_plain: whether the key is written in the mapping itself, not in a directive or an expression.
    """

    key: ExpandedScalar
    content: Content
    scope: Scope
    is_plain: bool


class TreeExpander(ABC):
    """Expands the nodes of files. What a template reference becomes is left to a subclass."""

    def __init__(self, problems: Problems, budget: Budget, evaluation: Evaluation, directives: Directives) -> None:
        self.problems = problems
        self.budget = budget
        self.evaluation = evaluation
        self.directives = directives

    @abstractmethod
    def included(self, reference: ExpandedMapping, scope: Scope, place: Place) -> Iterable[ExpandedNode]:
        """The items that a reference to a template becomes in a list."""

    def value(self, content: Content, scope: Scope, place: Place) -> ExpandedNode:
        """The expanded value at a place."""
        if isinstance(content, ScalarNode):
            found = self.evaluation.scalar(content, scope)
            if place is not Place.PLAIN and isinstance(found, ExpandedMapping | ExpandedSequence):
                return self.adopted(found, scope, place)
            return found
        if isinstance(content, MappingNode):
            return self.mapping(content, scope, place)
        if isinstance(content, SequenceNode):
            self.budget.collection()
            items = tuple(self.items(content, scope, place))
            return ExpandedSequence(needed_items(items), scope.origin(content))
        assert isinstance(content, ExpandedScalar | ExpandedMapping | ExpandedSequence)
        return self.adopted(content, scope, place)

    def mapping(self, node: MappingNode, scope: Scope, place: Place) -> ExpandedMapping:
        """An expanded mapping."""
        self.budget.collection()
        known: dict[int, ExpandedNode] = {}
        if place in VARIABLE_SCOPES:
            scope = scope.inner_variables()
            # Whatever their order, the variables of a stage or job count for all of it.
            for key, content in node.value:
                if isinstance(key, ScalarNode) and key.value == "variables":
                    known[id(content)] = self.value(content, scope, Place.VARIABLES)
        entries = self.finished(self.entries(node, scope, place), place, known)
        return ExpandedMapping(needed_entries(entries), scope.origin(node))

    def entries(
        self, node: MappingNode, scope: Scope, place: Place, *, is_plain: bool = True
    ) -> Iterator[PendingEntry]:
        """The entries of a mapping with its directives decided, one after the other: a variable counts for the next."""
        chain = Chain()
        for key, content in node.value:
            if not isinstance(key, ScalarNode):
                continue  # a problem of the YAML
            if OPEN not in key.value:
                self.budget.scalar(key.value)
                text = ExpandedScalar(key.value, key.value, scope.origin(key), key.style or "")
                yield PendingEntry(text, content, scope, is_plain)
                continue
            parsed = directive(key.value)
            if parsed is None:
                name = self.evaluation.key(key, scope)
                yield PendingEntry(name, name if name.value is FAILED else content, scope, is_plain=False)
            elif self._is_refused(parsed, key, scope, place):
                yield self._failed_entry(key, scope)
            else:
                yield from self._of_directive(parsed, key, content, scope, place, chain)

    def _of_directive(
        self, parsed: Directive, key: ScalarNode, content: yaml.Node, scope: Scope, place: Place, chain: Chain
    ) -> Iterator[PendingEntry]:
        if parsed.name == "insert":
            chain.is_begun = False
            yield from self._inserted(key, content, scope, place)
            return
        for branch in self.directives.branches(parsed, key, scope, chain):
            yield from self._of_branch(branch, key, content, scope, place)

    def _of_branch(
        self, branch: DirectiveBranch, key: ScalarNode, content: yaml.Node, scope: Scope, place: Place
    ) -> Iterator[PendingEntry]:
        """The entries of a branch in a mapping."""

        def body() -> Iterator[PendingEntry]:
            if branch.scope is None:
                for inner in branch.branches:
                    yield from self._of_branch(inner, key, content, scope, place)
            else:
                if branch.is_loop and place is Place.VARIABLES:
                    self.finished(self._body_entries(key, content, branch.scope, place), place, {})  # as in a list
                yield from self._body_entries(key, content, branch.scope, place)

        if branch.key is None:
            yield from body()
        else:
            yield PendingEntry(branch.key, body, branch.scope or scope, is_plain=False)

    def _body_entries(self, key: ScalarNode, content: yaml.Node, scope: Scope, place: Place) -> Iterator[PendingEntry]:
        if isinstance(content, MappingNode):
            yield from self.entries(content, scope, place, is_plain=False)
        elif isinstance(content, ScalarNode) and not content.value:
            return
        else:
            yield from self._inserted(key, content, scope, place)

    def _inserted(self, key: ScalarNode, content: yaml.Node, scope: Scope, place: Place) -> Iterator[PendingEntry]:
        """The entries that a value adds to the mapping around it."""
        if isinstance(content, MappingNode):
            yield from self.entries(content, scope, place, is_plain=False)
            return
        found = self.evaluation.scalar(content, scope) if isinstance(content, ScalarNode) else None
        if isinstance(found, ExpandedMapping):
            for entry in found.entries:
                yield PendingEntry(entry.key, entry.value, scope, is_plain=False)
        elif isinstance(found, ExpandedScalar) and isinstance(found.value, Unknown):
            if found.text:
                insert = ExpandedScalar("${{ insert }}", "${{ insert }}", scope.origin(key))
                yield PendingEntry(insert, found, scope, is_plain=False)
        else:
            kind = "a list" if isinstance(content, SequenceNode) or isinstance(found, ExpandedSequence) else "text"
            message = f"`{key.value}` is in a mapping, so it needs a mapping, not {kind}"
            self.problems.add(WRONG_TYPE, message, scope.origin(key), "Write keys and values below it.")
            yield self._failed_entry(key, scope)

    def _failed_entry(self, key: ScalarNode, scope: Scope) -> PendingEntry:
        """An entry in the place of one with a problem, so that nothing is missing."""
        failed = self.evaluation.failed(key, scope)
        return PendingEntry(failed, failed, scope, is_plain=False)

    def finished(
        self, entries: Iterable[PendingEntry], place: Place, known: dict[int, ExpandedNode]
    ) -> tuple[ExpandedEntry, ...]:
        """Entries with their values, those of idle branches too; a key that a mapping has twice is a problem."""
        done: list[ExpandedEntry] = []
        names: dict[str, str | None] = {}  # plain keys that are equal are a problem of the YAML
        for entry in entries:
            if callable(entry.content):
                inner = needed_entries(self.finished(entry.content(), place, known))
                done.append(ExpandedEntry(entry.key, ExpandedMapping(inner, entry.key.origin)))
                continue
            name = entry.key.text
            if not name.startswith(OPEN):
                folded = name.casefold()
                if folded in names:
                    if not entry.is_plain or names[folded] != name:
                        message = f"the key `{name}` is already defined"
                        self.problems.add(DUPLICATE_KEY, message, entry.key.origin, "Remove or rename one of the two.")
                    continue
                names[folded] = name if entry.is_plain else None
            value = known.get(id(entry.content))
            if value is None:
                value = self.value(entry.content, entry.scope, below(place, name))
            done.append(ExpandedEntry(entry.key, value))
            if place is Place.VARIABLES and isinstance(value, ExpandedScalar):
                self._declare(entry.scope, name, value)
        return tuple(done)

    def items(self, node: SequenceNode, scope: Scope, place: Place) -> Iterator[ExpandedNode]:
        """The items of a list, with those that directives and templates give."""
        chain = Chain()
        for item in node.value:
            single = _single_directive(item)
            if single is None:
                for found in self._item(item, scope, place):
                    chain.passed(found)
                    yield found
                continue
            key, content, parsed = single
            if self._is_refused(parsed, key, scope, place):
                continue
            if parsed.name == "insert":
                chain.is_begun = False
                yield from self._merged(self._inserted(key, content, scope, item_of(place)), item, scope, place)
                continue
            branches = self.directives.branches(parsed, key, scope, chain)
            if isinstance(content, MappingNode):
                entries = (
                    e for branch in branches for e in self._of_branch(branch, key, content, scope, item_of(place))
                )
                yield from self._merged(entries, item, scope, place)
            else:
                for branch in branches:
                    yield from self._items_of_branch(branch, content, place)

    def _items_of_branch(self, branch: DirectiveBranch, content: yaml.Node, place: Place) -> Iterator[ExpandedNode]:
        if branch.scope is None:
            inner = [item for each in branch.branches for item in self._items_of_branch(each, content, place)]
        elif isinstance(content, SequenceNode):
            if branch.key is None:
                yield from self.items(content, branch.scope, place)
                return
            if branch.is_loop and place is Place.VARIABLES:
                tuple(self.items(content, branch.scope, place))  # a turn reads what the one before it sets
            inner = list(self.items(content, branch.scope, place))
        elif isinstance(content, ScalarNode) and not content.value:
            inner = []
        else:
            inner = list(self._item(content, branch.scope, place))
        if branch.key is None:
            yield from inner
        else:
            body = ExpandedSequence(needed_items(inner), branch.key.origin)
            yield ExpandedMapping((ExpandedEntry(branch.key, body),), branch.key.origin)

    def _merged(
        self, entries: Iterable[PendingEntry], item: yaml.Node, scope: Scope, place: Place
    ) -> Iterator[ExpandedNode]:
        """The one item that the entries of a directive make."""
        found = self.finished(entries, item_of(place), {})
        if found:
            yield from self._placed(ExpandedMapping(found, scope.origin(item)), scope, place)

    def _item(self, item: yaml.Node, scope: Scope, place: Place) -> Iterator[ExpandedNode]:
        """The items that one item of a file becomes: several, where it is a template or a list."""
        if isinstance(item, ScalarNode) and OPEN in item.value:
            found = self.evaluation.scalar(item, scope)
            if isinstance(found, ExpandedSequence):
                for each in found.items:
                    yield from self._placed_inserted(each, scope, place)
            else:
                yield from self._placed_inserted(found, scope, place)
        elif isinstance(item, SequenceNode):
            # A list in a list of the pipeline is part of it; elsewhere it is data.
            if place is Place.PLAIN:
                yield self.value(item, scope, Place.PLAIN)
            else:
                yield from self.items(item, scope, place)
        else:
            node = self.value(item, scope, item_of(place))
            # Without a call between: templates in templates go as deep as Python's calls allow.
            if _is_reference(node, place):
                yield from self.included(node, scope, place)
            else:
                yield from self._placed(node, scope, place)

    def _placed_inserted(self, node: ExpandedNode, scope: Scope, place: Place) -> Iterator[ExpandedNode]:
        self.budget.item()
        if place is Place.PLAIN or place is Place.FIXED:
            yield node
        else:
            yield from self._placed(self.adopted(node, scope, item_of(place)), scope, place)

    def _placed(self, node: ExpandedNode, scope: Scope, place: Place) -> Iterator[ExpandedNode]:
        """An item of a list of the pipeline; a reference to a template is what it includes."""
        if _is_reference(node, place):
            yield from self.included(node, scope, place)
            return
        if place in CONTENT_KEYS and isinstance(node, ExpandedScalar) and node.is_known and not node.text:
            message = f"an item of `{place}` is empty"
            self.problems.add(WRONG_TYPE, message, node.origin, "Remove it, or put it below an `${{ if }}`.")
            return
        if place is Place.VARIABLES:
            self.declare_item(node, scope)
        yield node

    def adopted(self, node: ExpandedNode, scope: Scope, place: Place) -> ExpandedNode:
        """A value that an expression puts to a place: the templates in it are included there."""
        if place is Place.PLAIN or place is Place.FIXED:
            return node
        if isinstance(node, ExpandedMapping):
            if node.written is not None:
                return node  # the value of a typed parameter, whose templates are included
            inner = scope.inner_variables() if place in VARIABLE_SCOPES else scope
            entries = tuple(
                ExpandedEntry(
                    e.key, self.adopted(e.value, inner, place if e.is_directive else below(place, e.key.text))
                )
                for e in node.entries
            )
            if place is Place.VARIABLES:
                for entry in entries:
                    self._declare_entry(entry, scope)
            same = all(one.value is other.value for one, other in zip(entries, node.entries, strict=True))
            return node if same else ExpandedMapping(entries, node.origin)
        if isinstance(node, ExpandedSequence):
            items = tuple(found for item in node.items for found in self._adopted_item(item, scope, place))
            same = len(items) == len(node.items) and all(a is b for a, b in zip(items, node.items, strict=True))
            return node if same else ExpandedSequence(items, node.origin)
        return node

    def _adopted_item(self, item: ExpandedNode, scope: Scope, place: Place) -> Iterator[ExpandedNode]:
        if isinstance(item, ExpandedMapping) and is_directive_item(item):
            entries = tuple(ExpandedEntry(e.key, self.adopted(e.value, scope, place)) for e in item.entries)
            yield ExpandedMapping(entries, item.origin)
        elif isinstance(item, ExpandedSequence):
            for inner in item.items:
                yield from self._adopted_item(inner, scope, place)
        else:
            yield from self._placed(self.adopted(item, scope, item_of(place)), scope, place)

    def _is_refused(self, parsed: Directive, key: ScalarNode, scope: Scope, place: Place) -> bool:
        if place is not Place.FIXED:
            return False
        message = f"the directive `{parsed.name}` is not valid here"
        hint = "The service reads this part before it expands directives. Expressions in values are valid."
        self.problems.add(DIRECTIVE, message, scope.origin(key), hint)
        return True

    def declare_item(self, node: ExpandedNode, scope: Scope) -> None:
        """Note what an item of a list of variables sets."""
        if isinstance(node, ExpandedMapping) and not node.is_open:
            name, value = node.nodes.get("name"), node.nodes.get("value")
            if isinstance(name, ExpandedScalar) and name.is_known and "group" not in node.nodes:
                self._declare(scope, name.text, value if isinstance(value, ExpandedScalar) else None)
                return
        elif isinstance(node, ExpandedMapping):
            for entry in node.entries:
                if isinstance(entry.value, ExpandedSequence):
                    return  # the items of a condition of the run, noted one by one
        scope.variables.open()

    def _declare_entry(self, entry: ExpandedEntry, scope: Scope) -> None:
        if entry.is_directive:
            scope.variables.open()
        elif isinstance(entry.value, ExpandedScalar):
            self._declare(scope, entry.key.text, entry.value)

    def _declare(self, scope: Scope, name: str, value: ExpandedScalar | None) -> None:
        if name.startswith(OPEN):
            scope.variables.open()
        elif not scope.is_certain:
            scope.variables.declare(name, variable(name))
        else:
            known = "" if value is None else value.value
            scope.variables.declare(name, as_text(known) if isinstance(known, Unknown) else known)


def _is_reference(node: ExpandedNode, place: Place) -> TypeGuard[ExpandedMapping]:
    """Whether an item of a list of the pipeline is a reference to a template."""
    return place in CONTENT_KEYS and isinstance(node, ExpandedMapping) and "template" in node.nodes


def _single_directive(item: yaml.Node) -> tuple[ScalarNode, yaml.Node, Directive] | None:
    """The directive of an item that consists of it; None for any other item."""
    if not isinstance(item, MappingNode) or len(item.value) != 1:
        return None
    key, content = item.value[0]
    if not isinstance(key, ScalarNode) or not key.value.startswith(OPEN):
        return None
    parsed = directive(key.value)
    return None if parsed is None else (key, content, parsed)
