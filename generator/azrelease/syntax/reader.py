"""A YAML tree becomes a tree of blocks; what does not fit the language is named, the rest is kept."""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from azrelease.diagnostics import (
    CONFLICTING_FIELDS,
    DIRECTIVE,
    MISSING_FIELD,
    WRONG_TYPE,
    Diagnostic,
    Severity,
)
from azrelease.source import Document, node_span
from azrelease.syntax.embedded import Directive, directive
from azrelease.syntax.language import Form, Kind, file_kind, kind
from azrelease.syntax.misfits import (
    Misfit,
    expected,
    in_documented_case,
    no_form,
    other_case,
    unknown_key,
    wrong_values,
)
from azrelease.syntax.tree import Block, Entry, Guard, Guards, Item, Items, Other, Place, Value

_CONTENTS = frozenset(("stages", "jobs", "phases", "steps", "extends"))
_NO_LOOPS: frozenset[str] = frozenset()


class Tree(NamedTuple):
    """What was read from a file.

    Attributes:
        root: the block of the file.
        problems: what does not fit the language.
        places: every scalar that may hold an expression.
        settings: the texts that have a name of the user's choice: variables, inputs, environment variables, parameters.
    """

    root: Block
    problems: tuple[Diagnostic, ...]
    places: tuple[Place, ...]
    settings: tuple[tuple[str, ScalarNode], ...]


def read_tree(document: Document) -> Tree:
    """Read a pipeline or template file, whatever is wrong with it.

    A file that is no mapping is an empty block, with a problem.
    """
    reader = _Reader(document)
    if isinstance(document.root, MappingNode):
        root = reader.block(document.root, file_kind(), "", (), _NO_LOOPS)
        reader.check_contents(root)
    else:
        reader.report(
            Misfit(WRONG_TYPE, "a pipeline has to be a mapping", document.root, "It begins with `steps:`, for example.")
        )
        root = Block(MappingNode("", [], document.root.start_mark, document.root.end_mark), "file", (), is_open=True)
    return Tree(root, tuple(reader.problems), tuple(reader.places), tuple(reader.settings))


class _Flat(NamedTuple):
    """A key and its value, taken out of the directives around it."""

    key: ScalarNode
    value: Node
    guards: Guards
    loops: frozenset[str]


class _Reader:
    """Keeps what is found on the way."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._groups = count()
        self.problems: list[Diagnostic] = []
        self.places: list[Place] = []
        self.settings: list[tuple[str, ScalarNode]] = []

    def report(self, found: Misfit) -> None:
        """Keep a problem."""
        code, message, at, hint, level, fix = found
        self.problems.append(Diagnostic(code, message, self._document.path, node_span(at), hint, level, fix))

    def check_contents(self, root: Block) -> None:
        """A file holds one of stages, jobs and steps, or extends another."""
        held = [entry for entry in root.entries if entry.name in _CONTENTS and not entry.guards]
        for entry in held[1:]:
            message = f"`{entry.name}` and `{held[0].name}` cannot stand together"
            self.report(
                Misfit(
                    CONFLICTING_FIELDS, message, entry.key, "A file has stages, or jobs, or steps, or extends another."
                )
            )

    def value(self, node: Node, of: Kind, key: str, owner: str, loops: frozenset[str], what: str = "") -> Value:
        """A value that stands under a key of a block (`owner`), or in a list there.

        Args:
            node: the value.
            of: what may stand there.
            key: the key of the language.
            owner: the block.
            loops: the variables of the `each` around it.
            what: a key of the user's choice below `key`, where it stands under one.
        """
        if isinstance(node, ScalarNode):
            text = node.value
            if "$" in text or key == "condition":
                self.places.append(Place(node, key, owner, loops))
            if not of.takes_any_text:
                for wrong in wrong_values(node, of, what or key):
                    self.report(wrong)
            return node
        assert isinstance(node, MappingNode | SequenceNode)
        if of.any:
            self._collect(node, key, owner, loops)
            return Other(node)
        if isinstance(node, SequenceNode):
            if of.items is None:
                return self._misplaced(node, of, (key, what or key), owner, loops)
            return self._items(node, of.items, key, owner, loops)
        if of.forms or of.free:
            return self.block(node, of, key, (), loops)
        directives = [directive(name.value) for name, _ in node.value if isinstance(name, ScalarNode)]
        if directives and all(directives):
            # A value, or a list, of which a directive picks one.
            return self._chosen(node, of, key, owner, loops)
        return self._misplaced(node, of, (key, what or key), owner, loops)

    def block(self, node: MappingNode, of: Kind, key: str, guards: Guards, loops: frozenset[str]) -> Block:
        """A mapping: with fixed keys, or with keys of the user's choice."""
        if any("${{" in key.value for key, _ in node.value):
            flat = list(self._flatten(node, guards, loops, of.name))
            is_open = len(flat) < len(node.value) or any(found.key.value.startswith("${{") for found in flat)
        else:
            flat = [_Flat(key, content, guards, loops) for key, content in node.value if isinstance(key, ScalarNode)]
            is_open = len(flat) < len(node.value)
        form = self._form(node, of, flat, key, is_open=is_open)
        if form is None:
            entries = tuple(self._free_entry(found, of, key) for found in flat)
            return Block(node, of.name, entries, is_open=is_open)
        entries = tuple(self._entry(found, form) for found in flat)
        if not is_open and form.required:
            names = {entry.name for entry in entries}
            for name in form.required:
                if name not in names:
                    what = form.by or key
                    self.report(Misfit(MISSING_FIELD, f"`{what}` needs the key `{name}`", node))
        block = Block(node, form.name, entries, is_open=is_open)
        if form.name == "variables.name":
            name_node, value_node = block.scalar("name"), block.scalar("value")
            if name_node is not None and value_node is not None:
                self.settings.append((name_node.value, value_node))
        return block

    def _entry(self, found: _Flat, form: Form) -> Entry:
        name = found.key.value
        of = form.keys.get(name)
        if of is None:
            of = _ANY
            # A key with blanks under an `if` is how people stop a template with a message.
            message = bool(found.guards) and " " in name
            if "${{" not in name and name not in form.foreign and not message:
                right = self._read_as(found, form)
                if right is not None:
                    name, of = right, form.keys[right]
        value = self.value(found.value, of, name, form.name, found.loops)
        return Entry(name, found.key, value, found.guards)

    def _free_entry(self, found: _Flat, of: Kind, key: str) -> Entry:
        name = found.key.value
        value = self.value(found.value, of.free or _ANY, key, of.name, found.loops, name)
        if isinstance(value, ScalarNode) and not name.startswith("${{"):
            self.settings.append((name, value))
        return Entry(name, found.key, value, found.guards)

    def _form(self, node: MappingNode, of: Kind, flat: list[_Flat], key: str, *, is_open: bool) -> Form | None:
        """The form that a mapping is written in; None when any key may stand in it, or none of its keys says which."""
        if of.by:
            chosen = [found for found in flat if found.key.value in of.by]
            if not chosen:
                by_case = {name.casefold(): form for name, form in of.by.items()}
                in_other_case = next((by_case.get(found.key.value.casefold()) for found in flat), None)
                if in_other_case is not None:
                    return in_other_case
            if chosen:
                form = of.by[chosen[0].key.value]
                other = next((c for c in chosen if c.key.value not in form.keys and c.guards == chosen[0].guards), None)
                if other is not None:
                    message = f"`{other.key.value}` and `{chosen[0].key.value}` cannot stand together"
                    self.report(
                        Misfit(
                            CONFLICTING_FIELDS, message, other.key, "Remove one of them, or make it an item of its own."
                        )
                    )
                    flat.remove(other)
                return form
            if of.default_form is not None:
                return of.default_form
            # A key with blanks under an `if` is how people stop a template with a message.
            is_message = flat and all(found.guards and " " in found.key.value for found in flat)
            if not is_open and not is_message:
                self.report(no_form(node, of, [found.key for found in flat], key))
            return None
        return of.default_form

    def _read_as(self, found: _Flat, form: Form) -> str | None:
        """Report a key that the form does not have; returns that of the form which it is to be read as."""
        documented = in_documented_case(str(found.key.value), form)
        self.report(other_case(found.key, documented) if documented else unknown_key(found.key, found.value, form))
        return documented

    def _items(self, node: SequenceNode, of: Kind, key: str, owner: str, loops: frozenset[str]) -> Items:
        items: list[Item] = []
        is_open = self._add_items(node, of, (key, owner), (), loops, items)
        return Items(node, tuple(items), is_open=is_open)

    def _add_items(
        self,
        node: SequenceNode,
        of: Kind,
        where: tuple[str, str],
        guards: Guards,
        loops: frozenset[str],
        items: list[Item],
    ) -> bool:
        """Add the items of a list, those under directives included; returns whether there may be more."""
        is_open = False
        group, branch = 0, -1
        for item in node.value:
            found = self._directive_of(item)
            if found is None:
                branch = -1
                computed = isinstance(item, ScalarNode) and item.value.startswith("${{")
                is_open = is_open or computed
                if computed and (of.forms or of.any):
                    self.places.append(Place(item, where[0], where[1], loops))
                    continue
                if isinstance(item, SequenceNode) and of.items is None and not of.any:
                    message = f"an item of `{where[0]}` has to be {expected(of)}, but here stands a list"
                    self.report(Misfit(WRONG_TYPE, message, item))
                    self._collect(item, where[0], where[1], loops)
                    continue
                value = (
                    self.block(item, of, where[0], guards, loops)
                    if isinstance(item, MappingNode) and (of.forms or of.free)
                    else self.value(item, of, where[0], where[1], loops)
                )
                items.append(Item(value, guards))
                continue
            for name, content, parsed in found:
                group, branch = self._branch(parsed.name, name, group, branch)
                inner = loops | {parsed.variable.casefold()} if parsed.variable else loops
                self.places.append(Place(name, where[0], where[1], loops, is_key=True))
                under = (*guards, Guard(parsed.name, name, group, branch))
                is_open = is_open or parsed.name in ("each", "insert")
                if isinstance(content, SequenceNode):
                    is_open = self._add_items(content, of, where, under, inner, items) or is_open
                elif isinstance(content, MappingNode):
                    items.append(Item(self.block(content, of, where[0], under, inner), under))
                    is_open = True
                elif content.value:
                    self.value(content, _ANY, where[0], where[1], inner)
                    is_open = True
        return is_open

    def _directive_of(self, item: Node) -> list[tuple[ScalarNode, Node, Directive]] | None:
        """The directives of an item that consists of nothing else."""
        if not isinstance(item, MappingNode) or not item.value:
            return None
        found: list[tuple[ScalarNode, Node, Directive]] = []
        for key, content in item.value:
            parsed = directive(key.value) if isinstance(key, ScalarNode) else None
            if parsed is None:
                return None
            found.append((key, content, parsed))
        return found

    def _branch(self, name: str, key: ScalarNode, group: int, branch: int) -> tuple[int, int]:
        """The group and branch of a directive that follows another; `branch` is -1 where none came before."""
        if name in ("elseif", "else"):
            if branch < 0:
                self.report(
                    Misfit(DIRECTIVE, f"`{name}` has no `if` before it", key, "It has to follow the `if` at once.")
                )
                return next(self._groups), 0
            return group, branch + 1
        return next(self._groups), 0 if name == "if" else -1

    def _flatten(self, node: MappingNode, guards: Guards, loops: frozenset[str], owner: str) -> Iterator[_Flat]:
        """The keys of a mapping, those under directives included."""
        group, branch = 0, -1
        for key, content in node.value:
            if not isinstance(key, ScalarNode):
                continue
            parsed = directive(key.value) if key.value.startswith("${{") else None
            if parsed is None:
                if key.value.startswith("${{"):
                    self.places.append(Place(key, key.value, owner, loops, is_key=True))
                yield _Flat(key, content, guards, loops)
                continue
            self.places.append(Place(key, key.value, owner, loops, is_key=True))
            group, branch = self._branch(parsed.name, key, group, branch)
            inner = loops | {parsed.variable.casefold()} if parsed.variable else loops
            if isinstance(content, MappingNode):
                yield from self._flatten(content, (*guards, Guard(parsed.name, key, group, branch)), inner, owner)
            else:
                self.value(content, _ANY, key.value, owner, inner)

    def _chosen(self, node: MappingNode, of: Kind, key: str, owner: str, loops: frozenset[str]) -> Value:
        """A value that is picked by directives."""
        for name, content in node.value:
            parsed = directive(name.value)
            inner = loops | {parsed.variable.casefold()} if parsed and parsed.variable else loops
            self.places.append(Place(name, key, owner, loops, is_key=True))
            self.value(content, of, key, owner, inner)
        return Other(node)

    def _misplaced(
        self, node: MappingNode | SequenceNode, of: Kind, keys: tuple[str, str], owner: str, loops: frozenset[str]
    ) -> Other:
        key, what = keys
        if not _has_token(node):
            found = "a list" if isinstance(node, SequenceNode) else "a mapping"
            # That the service refuses a mapping as the value of a variable is not documented.
            level = Severity.WARNING if owner == "variables" else None
            self.report(
                Misfit(WRONG_TYPE, f"`{what}` has to be {expected(of)}, but here stands {found}", node, level=level)
            )
        self._collect(node, key, owner, loops)
        return Other(node)

    def _collect(self, node: Node, key: str, owner: str, loops: frozenset[str]) -> None:
        """Note the expressions in a part that is not understood, or anybody's."""
        if isinstance(node, ScalarNode):
            if "$" in node.value:
                self.places.append(Place(node, key, owner, loops))
        elif isinstance(node, SequenceNode):
            for item in node.value:
                self._collect(item, key, owner, loops)
        elif isinstance(node, MappingNode):
            for name, content in node.value:
                inner = loops
                if isinstance(name, ScalarNode) and "${{" in name.value:
                    self.places.append(Place(name, key, owner, loops, is_key=True))
                    parsed = directive(name.value)
                    inner = loops | {parsed.variable.casefold()} if parsed and parsed.variable else loops
                self._collect(content, key, owner, inner)


def _has_token(node: MappingNode | SequenceNode) -> bool:
    """Whether this is a `{{ token }}` that was not filled in, which is reported already."""
    return isinstance(node, MappingNode) and any(not isinstance(key, ScalarNode) for key, _ in node.value)


_ANY = kind("any")
