"""A YAML tree becomes a tree of blocks; what does not fit the language is named, the rest is kept."""

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
from azrelease.syntax.branches import Branch, Branches
from azrelease.syntax.embedded import Directive, directive
from azrelease.syntax.language import KeyForm, ValueKind, file_kind, kind
from azrelease.syntax.schema_check import (
    SchemaViolation,
    expected,
    in_documented_case,
    no_form,
    other_case,
    unknown_key,
    wrong_values,
)
from azrelease.syntax.tree import (
    Block,
    BranchGuard,
    Guards,
    Item,
    Items,
    MappingEntry,
    OtherNode,
    Place,
    Presence,
    Value,
)
from azrelease.yaml_document import YamlDocument, node_span

_CONTENTS = frozenset(("stages", "jobs", "phases", "steps", "extends"))


class Tree(NamedTuple):
    """What was read from a file.

    Attributes:
        root: the block of the file, without the branches of `if` that are never taken.
        problems: what does not fit the language.
        places: every scalar that may hold an expression, those in branches that are never taken included.
        settings: the texts that have a name of the user's choice: variables, inputs, environment variables, parameters;
            those in branches that are never taken included.
        unused: what stands in branches that are never taken.
    """

    root: Block
    problems: tuple[Diagnostic, ...]
    places: tuple[Place, ...]
    settings: tuple[tuple[str, ScalarNode], ...]
    unused: tuple[Node, ...]


def read_tree(document: YamlDocument) -> Tree:
    """Read a pipeline or template file, whatever is wrong with it.

    A file that is no mapping is an empty block, with a problem.
    """
    reader = _Reader(document)
    if isinstance(document.root, MappingNode):
        root = reader.block(document.root, file_kind(), "", (), _EVERYWHERE)
        reader.check_contents(root)
    else:
        hint = "It begins with `steps:`, for example."
        reader.report(
            SchemaViolation(WRONG_TYPE, "a pipeline has to be a mapping", document.root, hint), Presence.ALWAYS
        )
        root = Block(MappingNode("", [], document.root.start_mark, document.root.end_mark), "file", (), is_open=True)
    return Tree(root, tuple(reader.problems), tuple(reader.places), tuple(reader.settings), tuple(reader.unused))


class _Scope(NamedTuple):
    """What is around a part of a file: the variables of `each`, in lower case, and whether it is taken."""

    loops: frozenset[str]
    presence: Presence

    def below(self, found: Directive, branch: Branch) -> "_Scope":
        """What is around the parts below a directive."""
        loops = self.loops | {found.variable.casefold()} if found.variable else self.loops
        return _Scope(loops, min(self.presence, branch.presence))


_EVERYWHERE = _Scope(frozenset(), Presence.ALWAYS)


class _Flat(NamedTuple):
    """A key and its value, taken out of the directives around it."""

    key: ScalarNode
    value: Node
    guards: Guards
    scope: _Scope


class _Reader:
    """Keeps what is found on the way."""

    def __init__(self, document: YamlDocument) -> None:
        self._document = document
        self._groups = count()
        self.problems: list[Diagnostic] = []
        self.places: list[Place] = []
        self.settings: list[tuple[str, ScalarNode]] = []
        self.unused: list[Node] = []

    def report(self, found: SchemaViolation, presence: Presence) -> None:
        """Keep a problem, as far as it is one where it stands."""
        left = found.within(presence)
        if left is not None:
            span = node_span(left.at)
            path = self._document.path
            self.problems.append(Diagnostic(left.code, left.message, path, span, left.hint, left.level, left.fix))

    def check_contents(self, root: Block) -> None:
        """A file holds one of stages, jobs and steps, or extends another."""
        held = [entry for entry in root.entries if entry.name in _CONTENTS and not entry.guards]
        for entry in held[1:]:
            message = f"`{entry.name}` and `{held[0].name}` cannot stand together"
            hint = "A file has stages, or jobs, or steps, or extends another."
            self.report(SchemaViolation(CONFLICTING_FIELDS, message, entry.key, hint), Presence.ALWAYS)

    def value(self, node: Node, of: ValueKind, key: str, owner: str, scope: _Scope, what: str = "") -> Value:
        """A value that stands under a key of a block (`owner`), or in a list there.

        Args:
            node: the value.
            of: what may stand there.
            key: the key of the language.
            owner: the block.
            scope: what is around it.
            what: a key of the user's choice below `key`, where it stands under one.
        """
        if isinstance(node, ScalarNode):
            text = node.value
            if "$" in text or key == "condition":
                self._place(node, key, owner, scope)
            if not of.takes_any_text:
                for wrong in wrong_values(node, of, what or key):
                    self.report(wrong, scope.presence)
            return node
        assert isinstance(node, MappingNode | SequenceNode)
        if of.any:
            self._collect(node, key, owner, scope)
            return OtherNode(node)
        if isinstance(node, SequenceNode):
            if of.items is None:
                return self._misplaced(node, of, (key, what or key), owner, scope)
            return self._items(node, of.items, key, owner, scope)
        if of.forms or of.free:
            return self.block(node, of, key, (), scope)
        directives = [directive(name.value) for name, _ in node.value if isinstance(name, ScalarNode)]
        if directives and all(directives):
            # A value, or a list, of which a directive picks one.
            return self._chosen(node, of, key, owner, scope)
        return self._misplaced(node, of, (key, what or key), owner, scope)

    def block(self, node: MappingNode, of: ValueKind, key: str, guards: Guards, scope: _Scope) -> Block:
        """A mapping: with fixed keys, or with keys of the user's choice."""
        flat: list[_Flat] = []
        if any("${{" in key.value for key, _ in node.value):
            is_open = self._flatten(node, guards, scope, of.name, flat)
        else:
            keys = ((key, content) for key, content in node.value if isinstance(key, ScalarNode))
            flat.extend(_Flat(key, content, guards, scope) for key, content in keys)
            is_open = len(flat) < len(node.value)
        unused = [found for found in flat if found.scope.presence < scope.presence and not found.scope.presence]
        if unused:
            flat = [found for found in flat if found.scope.presence]
        form = self._form(node, of, flat, (key, scope), is_open=is_open)
        for found in unused:
            # Read for its expressions and settings.
            self._free_entry(found, of, key) if form is None else self._entry(found, form)
        if form is None:
            entries = tuple(self._free_entry(found, of, key) for found in flat)
            return Block(node, of.name, entries, is_open=is_open, presence=scope.presence)
        entries = tuple(self._entry(found, form) for found in flat)
        if not is_open and form.required:
            names = {entry.name for entry in entries}
            for name in form.required:
                if name not in names:
                    what = form.by or key
                    self.report(
                        SchemaViolation(MISSING_FIELD, f"`{what}` needs the key `{name}`", node), scope.presence
                    )
        block = Block(node, form.name, entries, is_open=is_open, presence=scope.presence)
        if form.name == "variables.name":
            name_node, value_node = block.scalar("name"), block.scalar("value")
            if name_node is not None and value_node is not None:
                self.settings.append((name_node.value, value_node))
        return block

    def _entry(self, found: _Flat, form: KeyForm) -> MappingEntry:
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
        value = self.value(found.value, of, name, form.name, found.scope)
        return MappingEntry(name, found.key, value, found.guards, found.scope.presence)

    def _free_entry(self, found: _Flat, of: ValueKind, key: str) -> MappingEntry:
        name = found.key.value
        value = self.value(found.value, of.free or _ANY, key, of.name, found.scope, name)
        if isinstance(value, ScalarNode) and not name.startswith("${{"):
            self.settings.append((name, value))
        return MappingEntry(name, found.key, value, found.guards, found.scope.presence)

    def _form(
        self, node: MappingNode, of: ValueKind, flat: list[_Flat], where: tuple[str, _Scope], *, is_open: bool
    ) -> KeyForm | None:
        """The form that a mapping is written in; None when any key may stand in it, or none of its keys says which.

        Args:
            node: the mapping.
            of: what may stand there.
            flat: its keys; one that cannot stand beside the others is taken out.
            where: the key that the mapping stands under, and what is around it.
            is_open: whether it may have keys that cannot be seen.
        """
        key, scope = where
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
                    hint = "Remove one of them, or make it an item of its own."
                    self.report(SchemaViolation(CONFLICTING_FIELDS, message, other.key, hint), other.scope.presence)
                    flat.remove(other)
                return form
            if of.default_form is not None:
                return of.default_form
            # A key with blanks under an `if` is how people stop a template with a message.
            is_message = flat and all(found.guards and " " in found.key.value for found in flat)
            if not is_open and not is_message:
                presence = min((scope.presence, *(found.scope.presence for found in flat)))
                self.report(no_form(node, of, [found.key for found in flat], key), presence)
            return None
        return of.default_form

    def _read_as(self, found: _Flat, form: KeyForm) -> str | None:
        """Report a key that the form does not have; returns that of the form which it is to be read as."""
        documented = in_documented_case(str(found.key.value), form)
        wrong = other_case(found.key, documented) if documented else unknown_key(found.key, found.value, form)
        self.report(wrong, found.scope.presence)
        return documented

    def _items(self, node: SequenceNode, of: ValueKind, key: str, owner: str, scope: _Scope) -> Items:
        items: list[Item] = []
        is_open = self._add_items(node, of, (key, owner), (), scope, items)
        return Items(node, tuple(items), is_open=is_open)

    def _add_items(
        self,
        node: SequenceNode,
        of: ValueKind,
        where: tuple[str, str],
        guards: Guards,
        scope: _Scope,
        items: list[Item],
    ) -> bool:
        """Add the items of a list, those under directives included; returns whether there may be more."""
        is_open = False
        branches = Branches(self._groups)
        for item in node.value:
            found = self._directive_of(item)
            if found is None:
                is_open = self._add_item(item, of, where, guards, scope, items) or is_open
                continue
            for name, content, parsed in found:
                branch = self._branch(branches, parsed, name, scope)
                self._place(name, *where, scope, is_key=True)
                under = (*guards, BranchGuard(parsed.name, name, branch.group, branch.number))
                inner = scope.below(parsed, branch)
                into: list[Item] = items
                if inner.presence is Presence.NEVER:
                    self._skip(content, scope)
                    into = []
                more = parsed.name in ("each", "insert")
                if isinstance(content, SequenceNode):
                    more = self._add_items(content, of, where, under, inner, into) or more
                elif isinstance(content, MappingNode):
                    into.append(Item(self.block(content, of, where[0], under, inner), under))
                    more = True
                elif content.value:
                    self.value(content, _ANY, where[0], where[1], inner)
                    more = True
                is_open = is_open or (more and inner.presence is not Presence.NEVER)
        return is_open

    def _add_item(
        self, item: Node, of: ValueKind, where: tuple[str, str], guards: Guards, scope: _Scope, items: list[Item]
    ) -> bool:
        """Add an item that is no directive; returns whether it may stand for several."""
        computed = isinstance(item, ScalarNode) and item.value.startswith("${{")
        if isinstance(item, ScalarNode) and computed and (of.forms or of.any):
            self._place(item, *where, scope)
            return True
        if isinstance(item, SequenceNode) and of.items is None and not of.any:
            message = f"an item of `{where[0]}` has to be {expected(of)}, but here stands a list"
            self.report(SchemaViolation(WRONG_TYPE, message, item), scope.presence)
            self._collect(item, where[0], where[1], scope)
            return computed
        value = (
            self.block(item, of, where[0], guards, scope)
            if isinstance(item, MappingNode) and (of.forms or of.free)
            else self.value(item, of, where[0], where[1], scope)
        )
        items.append(Item(value, guards))
        return computed

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

    def _branch(self, branches: Branches, found: Directive, key: ScalarNode, scope: _Scope) -> Branch:
        """The branch of a directive in its mapping or list."""
        branch = branches.next(found)
        if branch.is_orphan:
            message = f"`{found.name}` has no `if` before it"
            hint = "It has to follow an `if` of the same list or mapping."
            self.report(SchemaViolation(DIRECTIVE, message, key, hint), scope.presence)
        return branch

    def _flatten(self, node: MappingNode, guards: Guards, scope: _Scope, owner: str, into: list[_Flat]) -> bool:
        """Add the keys of a mapping, those under directives included; returns whether there may be more."""
        is_open = False
        branches = Branches(self._groups)
        for key, content in node.value:
            if not isinstance(key, ScalarNode):
                is_open = True
                continue
            if not key.value.startswith("${{"):
                into.append(_Flat(key, content, guards, scope))
                continue
            self._place(key, key.value, owner, scope, is_key=True)
            parsed = directive(key.value)
            if parsed is None:
                into.append(_Flat(key, content, guards, scope))
                is_open = True
                continue
            branch = self._branch(branches, parsed, key, scope)
            inner = scope.below(parsed, branch)
            more = False
            if inner.presence is Presence.NEVER:
                self._skip(content, scope)
            if isinstance(content, MappingNode):
                under = (*guards, BranchGuard(parsed.name, key, branch.group, branch.number))
                more = self._flatten(content, under, inner, owner, into) or more
            else:
                self.value(content, _ANY, key.value, owner, inner)
                more = True
            is_open = is_open or (more and inner.presence is not Presence.NEVER)
        return is_open

    def _chosen(self, node: MappingNode, of: ValueKind, key: str, owner: str, scope: _Scope) -> Value:
        """A value that is picked by directives."""
        branches = Branches(self._groups)
        for name, content in node.value:
            self._place(name, key, owner, scope, is_key=True)
            parsed = directive(name.value)
            inner = scope
            if parsed is not None:
                inner = scope.below(parsed, self._branch(branches, parsed, name, scope))
            if inner.presence is Presence.NEVER:
                self._skip(content, scope)
            self.value(content, of, key, owner, inner)
        return OtherNode(node)

    def _place(self, node: ScalarNode, key: str, owner: str, scope: _Scope, *, is_key: bool = False) -> None:
        """Note a scalar that may hold an expression."""
        self.places.append(Place(node, key, owner, scope.loops, is_key, scope.presence))

    def _skip(self, content: Node, around: _Scope) -> None:
        """Note a branch that is never taken; what is around it may be one."""
        if around.presence is not Presence.NEVER:
            self.unused.append(content)

    def _misplaced(
        self, node: MappingNode | SequenceNode, of: ValueKind, keys: tuple[str, str], owner: str, scope: _Scope
    ) -> OtherNode:
        key, what = keys
        if not _has_token(node):
            found = "a list" if isinstance(node, SequenceNode) else "a mapping"
            # That the service refuses a mapping as the value of a variable is not documented.
            level = Severity.WARNING if owner == "variables" else None
            message = f"`{what}` has to be {expected(of)}, but here stands {found}"
            self.report(SchemaViolation(WRONG_TYPE, message, node, level=level), scope.presence)
        self._collect(node, key, owner, scope)
        return OtherNode(node)

    def _collect(self, node: Node, key: str, owner: str, scope: _Scope) -> None:
        """Note the expressions in a part that is not understood, or anybody's."""
        if isinstance(node, ScalarNode):
            if "$" in node.value:
                self._place(node, key, owner, scope)
        elif isinstance(node, SequenceNode):
            for item in node.value:
                self._collect(item, key, owner, scope)
        elif isinstance(node, MappingNode):
            branches = Branches(self._groups)
            for name, content in node.value:
                inner = scope
                if isinstance(name, ScalarNode) and "${{" in name.value:
                    self._place(name, key, owner, scope, is_key=True)
                    parsed = directive(name.value)
                    if parsed is not None:
                        inner = scope.below(parsed, branches.next(parsed))
                self._collect(content, key, owner, inner)


def _has_token(node: MappingNode | SequenceNode) -> bool:
    """Whether this is a `{{ token }}` that was not filled in, which is reported already."""
    return isinstance(node, MappingNode) and any(not isinstance(key, ScalarNode) for key, _ in node.value)


_ANY = kind("any")
