"""Reads a YAML tree into a tree of blocks; reports what violates the schema, and keeps the rest."""

from itertools import count
from typing import NamedTuple

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from azrelease.diagnostics import CONFLICTING_FIELDS, DIRECTIVE, MISSING_FIELD, WRONG_TYPE, Diagnostic, Severity
from azrelease.syntax.branches import Branch, Branches
from azrelease.syntax.embedded import Directive, directive
from azrelease.syntax.language import KeyForm, ValueKind, file_kind, kind
from azrelease.syntax.list_root import missing_key
from azrelease.syntax.schema_check import (
    SchemaViolation,
    documented_key,
    expected_types,
    key_casing,
    no_form,
    unknown_key,
    value_violations,
)
from azrelease.syntax.tree import (
    Block,
    BranchGuard,
    ExpressionScalar,
    Guards,
    Item,
    Items,
    MappingEntry,
    OtherNode,
    Presence,
    Value,
)
from azrelease.yaml_document import YamlDocument, node_span

_CONTENTS = frozenset(("stages", "jobs", "phases", "steps", "extends"))


class SyntaxTree(NamedTuple):
    """The content of a file.

    Attributes:
        root: the block of the file, without the branches of `if` that are never taken.
        problems: violations of the schema.
        places: every scalar that may contain an expression, including those in branches that are never taken.
        settings: the texts with a name that the user chose: variables, inputs, environment variables, parameters;
            including those in branches that are never taken.
        unused: the content of branches that are never taken.
    """

    root: Block
    problems: tuple[Diagnostic, ...]
    places: tuple[ExpressionScalar, ...]
    settings: tuple[tuple[str, ScalarNode], ...]
    unused: tuple[Node, ...]


def read_tree(document: YamlDocument) -> SyntaxTree:
    """Read a pipeline or template file, with any violations in it.

    A file that is not a mapping is an empty block, with a problem.
    """
    reader = _TreeReader(document)
    if isinstance(document.root, MappingNode):
        root = reader.block(document.root, file_kind(), (), _Scope("", "", frozenset(), Presence.ALWAYS))
        reader.check_contents(root)
    else:
        key = missing_key(document.root)
        hint = f"Write `{key}:` above the list." if key else "Begin the file with a key such as `steps:`."
        violation = SchemaViolation(WRONG_TYPE, "a pipeline must be a mapping", document.root, hint)
        reader.report(violation, Presence.ALWAYS)
        root = Block(MappingNode("", [], document.root.start_mark, document.root.end_mark), "file", (), is_open=True)
    return SyntaxTree(root, tuple(reader.problems), tuple(reader.places), tuple(reader.settings), tuple(reader.unused))


class _Scope(NamedTuple):
    """The surroundings of a value.

    Attributes:
        key: the key of the language whose value it is, or is in.
        owner: the name of the form of the block around it.
        loops: the variables of the `each` around it, in lower case.
        presence: whether it is in the expanded pipeline.
    """

    key: str
    owner: str
    loops: frozenset[str]
    presence: Presence

    def at(self, key: str, owner: str) -> "_Scope":
        return _Scope(key, owner, self.loops, self.presence)

    def below(self, directive: Directive, branch: Branch) -> "_Scope":
        loops = self.loops | {directive.variable.casefold()} if directive.variable else self.loops
        return _Scope(self.key, self.owner, loops, min(self.presence, branch.presence))


class _GuardedEntry(NamedTuple):
    """A key and its value, taken out of the directives around it."""

    key: ScalarNode
    value: Node
    guards: Guards
    scope: _Scope

    @property
    def is_message(self) -> bool:
        """Whether the key is a message: a key with blanks under an `if` is how authors stop a template."""
        return bool(self.guards) and " " in self.key.value


class _TreeReader:
    def __init__(self, document: YamlDocument) -> None:
        self._document = document
        self._groups = count()
        self.problems: list[Diagnostic] = []
        self.places: list[ExpressionScalar] = []
        self.settings: list[tuple[str, ScalarNode]] = []
        self.unused: list[Node] = []

    def report(self, violation: SchemaViolation, presence: Presence) -> None:
        """Add a problem, as far as it counts in a part of that presence."""
        left = violation.within(presence)
        if left is not None:
            span = node_span(left.at)
            path = self._document.path
            self.problems.append(Diagnostic(left.code, left.message, path, span, left.hint, left.level, left.fix))

    def check_contents(self, root: Block) -> None:
        """Check that a file has one of stages, jobs and steps, or extends another."""
        contents = [entry for entry in root.entries if entry.name in _CONTENTS and not entry.guards]
        for entry in contents[1:]:
            message = f"`{entry.name}` conflicts with `{contents[0].name}`"
            hint = "Keep one of `stages`, `jobs`, `steps` and `extends`."
            self.report(SchemaViolation(CONFLICTING_FIELDS, message, entry.key, hint), Presence.ALWAYS)

    def value(self, node: Node, of: ValueKind, scope: _Scope, name: str = "") -> Value:
        """Read a value under a key of a block, or in a list there; `name` is a key below `scope.key` of free choice."""
        if isinstance(node, ScalarNode):
            if "$" in node.value or scope.key == "condition":
                self._add_place(node, scope)
            if not of.takes_any_text:
                for violation in value_violations(node, of, name or scope.key):
                    self.report(violation, scope.presence)
            return node
        assert isinstance(node, MappingNode | SequenceNode)
        if of.any:
            self._collect(node, scope)
            return OtherNode(node)
        if isinstance(node, SequenceNode):
            if of.items is None:
                return self._misplaced(node, of, scope, name)
            items: list[Item] = []
            is_open = self._add_items(node, of.items, (), scope, items)
            return Items(node, tuple(items), is_open=is_open)
        if of.forms or of.free:
            return self.block(node, of, (), scope)
        directives = [directive(key.value) for key, _ in node.value if isinstance(key, ScalarNode)]
        if directives and all(directives):
            return self._chosen(node, of, scope)
        return self._misplaced(node, of, scope, name)

    def block(self, node: MappingNode, of: ValueKind, guards: Guards, scope: _Scope) -> Block:
        """Read a mapping: with fixed keys, or with keys that the user chooses."""
        entries: list[_GuardedEntry] = []
        if any("${{" in key.value for key, _ in node.value):
            is_open = self._flatten(node, guards, scope, of.name, entries)
        else:
            keys = ((key, content) for key, content in node.value if isinstance(key, ScalarNode))
            entries.extend(_GuardedEntry(key, content, guards, scope) for key, content in keys)
            is_open = len(entries) < len(node.value)
        unused = [entry for entry in entries if entry.scope.presence < scope.presence and not entry.scope.presence]
        if unused:
            entries = [entry for entry in entries if entry.scope.presence]
        form = self._form(node, of, entries, scope, is_open=is_open)
        for entry in unused:
            # Read for its expressions and settings.
            self._free_entry(entry, of) if form is None else self._entry(entry, form, node)
        if form is None:
            free = tuple(self._free_entry(entry, of) for entry in entries)
            return Block(node, of.name, free, is_open=is_open, presence=scope.presence)
        fixed = tuple(self._entry(entry, form, node) for entry in entries)
        if not is_open and form.required:
            names = {entry.name for entry in fixed}
            for name in form.required:
                if name not in names:
                    message = f"`{form.by or scope.key}` requires the key `{name}`"
                    self.report(SchemaViolation(MISSING_FIELD, message, node), scope.presence)
        block = Block(node, form.name, fixed, is_open=is_open, presence=scope.presence)
        if form.name == "variables.name":
            name_node, value_node = block.scalar("name"), block.scalar("value")
            if name_node is not None and value_node is not None:
                self.settings.append((name_node.value, value_node))
        return block

    def _entry(self, entry: _GuardedEntry, form: KeyForm, around: MappingNode) -> MappingEntry:
        name = entry.key.value
        of = form.keys.get(name)
        if of is None:
            of = _ANY
            if "${{" not in name and name not in form.foreign and not entry.is_message:
                documented = documented_key(name, form)
                given = {key.value for key, _ in around.value if isinstance(key, ScalarNode)}
                if documented is None:
                    self.report(unknown_key(entry.key, entry.value, form, given), entry.scope.presence)
                else:
                    self.report(key_casing(entry.key, documented, given), entry.scope.presence)
                    name, of = documented, form.keys[documented]
        value = self.value(entry.value, of, entry.scope.at(name, form.name))
        return MappingEntry(name, entry.key, value, entry.guards, entry.scope.presence)

    def _free_entry(self, entry: _GuardedEntry, of: ValueKind) -> MappingEntry:
        name = entry.key.value
        value = self.value(entry.value, of.free or _ANY, entry.scope.at(entry.scope.key, of.name), name)
        if isinstance(value, ScalarNode) and not name.startswith("${{"):
            self.settings.append((name, value))
        return MappingEntry(name, entry.key, value, entry.guards, entry.scope.presence)

    def _form(
        self, node: MappingNode, of: ValueKind, entries: list[_GuardedEntry], scope: _Scope, *, is_open: bool
    ) -> KeyForm | None:
        """The form of a mapping; None when the user chooses its keys, or none of its keys selects a form.

        Removes the entry that conflicts with the others.
        """
        if not of.by:
            return of.default_form
        selecting = [entry for entry in entries if entry.key.value in of.by]
        if selecting:
            first = selecting[0]
            form = of.by[first.key.value]
            conflicting = next(
                (e for e in selecting if e.key.value not in form.keys and e.guards == first.guards), None
            )
            if conflicting is not None:
                message = f"`{conflicting.key.value}` conflicts with `{first.key.value}`"
                hint = "Remove one of them, or move it to a separate item."
                violation = SchemaViolation(CONFLICTING_FIELDS, message, conflicting.key, hint)
                self.report(violation, conflicting.scope.presence)
                entries.remove(conflicting)
            return form
        by_case = {name.casefold(): form for name, form in of.by.items()}
        in_other_case = next((by_case.get(entry.key.value.casefold()) for entry in entries), None)
        if in_other_case is not None or of.default_form is not None:
            return in_other_case or of.default_form
        is_message = entries and all(entry.is_message for entry in entries)
        if not is_open and not is_message:
            presence = min((scope.presence, *(entry.scope.presence for entry in entries)))
            self.report(no_form(node, of, [entry.key for entry in entries], scope.key), presence)
        return None

    def _add_items(self, node: SequenceNode, of: ValueKind, guards: Guards, scope: _Scope, items: list[Item]) -> bool:
        """Add the items of a list, including those under directives; returns whether there may be more."""
        is_open = False
        branches = Branches(self._groups)
        for item in node.value:
            directives = _directives(item)
            if directives is None:
                is_open = self._add_item(item, of, guards, scope, items) or is_open
                continue
            for key, content, parsed in directives:
                branch = self._branch(branches, parsed, key, scope)
                self._add_place(key, scope, is_key=True)
                under = (*guards, BranchGuard(parsed.name, key, branch.group, branch.number))
                inner = scope.below(parsed, branch)
                into: list[Item] = items
                if inner.presence is Presence.NEVER:
                    self._skip(content, scope)
                    into = []
                more = parsed.name in ("each", "insert")
                if isinstance(content, SequenceNode):
                    more = self._add_items(content, of, under, inner, into) or more
                elif isinstance(content, MappingNode):
                    into.append(Item(self.block(content, of, under, inner), under))
                    more = True
                elif content.value:
                    self.value(content, _ANY, inner)
                    more = True
                is_open = is_open or (more and inner.presence is not Presence.NEVER)
        return is_open

    def _add_item(self, item: Node, of: ValueKind, guards: Guards, scope: _Scope, items: list[Item]) -> bool:
        """Add an item that is not a directive; returns whether it may expand to several."""
        computed = isinstance(item, ScalarNode) and item.value.startswith("${{")
        if isinstance(item, ScalarNode) and computed and (of.forms or of.any):
            self._add_place(item, scope)
            return True
        if isinstance(item, SequenceNode) and of.items is None and not of.any:
            message = f"an item of `{scope.key}` must be {expected_types(of)}, not a list"
            self.report(SchemaViolation(WRONG_TYPE, message, item), scope.presence)
            self._collect(item, scope)
            return computed
        if isinstance(item, MappingNode) and (of.forms or of.free):
            items.append(Item(self.block(item, of, guards, scope), guards))
        else:
            items.append(Item(self.value(item, of, scope), guards))
        return computed

    def _branch(self, branches: Branches, parsed: Directive, key: ScalarNode, scope: _Scope) -> Branch:
        """The branch of a directive in its mapping or list."""
        branch = branches.next(parsed)
        if branch.is_orphan:
            message = f"`{parsed.name}` has no `if` before it"
            hint = "Move it behind an `if` of the same list or mapping."
            self.report(SchemaViolation(DIRECTIVE, message, key, hint), scope.presence)
        return branch

    def _flatten(
        self, node: MappingNode, guards: Guards, scope: _Scope, owner: str, entries: list[_GuardedEntry]
    ) -> bool:
        """Add the entries of a mapping, including those under directives; returns whether there may be more."""
        is_open = False
        branches = Branches(self._groups)
        for key, content in node.value:
            if not isinstance(key, ScalarNode):
                is_open = True
                continue
            if not key.value.startswith("${{"):
                entries.append(_GuardedEntry(key, content, guards, scope))
                continue
            self._add_place(key, scope.at(key.value, owner), is_key=True)
            parsed = directive(key.value)
            if parsed is None:
                entries.append(_GuardedEntry(key, content, guards, scope))
                is_open = True
                continue
            branch = self._branch(branches, parsed, key, scope)
            inner = scope.below(parsed, branch)
            more = False
            if inner.presence is Presence.NEVER:
                self._skip(content, scope)
            if isinstance(content, MappingNode):
                under = (*guards, BranchGuard(parsed.name, key, branch.group, branch.number))
                more = self._flatten(content, under, inner, owner, entries) or more
            else:
                self.value(content, _ANY, inner.at(key.value, owner))
                more = True
            is_open = is_open or (more and inner.presence is not Presence.NEVER)
        return is_open

    def _chosen(self, node: MappingNode, of: ValueKind, scope: _Scope) -> Value:
        """Read a value, or a list, of which directives pick one."""
        branches = Branches(self._groups)
        for key, content in node.value:
            self._add_place(key, scope, is_key=True)
            parsed = directive(key.value)
            inner = scope if parsed is None else scope.below(parsed, self._branch(branches, parsed, key, scope))
            if inner.presence is Presence.NEVER:
                self._skip(content, scope)
            self.value(content, of, inner)
        return OtherNode(node)

    def _add_place(self, node: ScalarNode, scope: _Scope, *, is_key: bool = False) -> None:
        self.places.append(ExpressionScalar(node, scope.key, scope.owner, scope.loops, is_key, scope.presence))

    def _skip(self, content: Node, around: _Scope) -> None:
        """Add a branch that is never taken, unless it is inside another one."""
        if around.presence is not Presence.NEVER:
            self.unused.append(content)

    def _misplaced(self, node: MappingNode | SequenceNode, of: ValueKind, scope: _Scope, name: str) -> OtherNode:
        # A mapping with a key that is not text is a `{{ token }}`, which the document reports.
        if isinstance(node, SequenceNode) or all(isinstance(key, ScalarNode) for key, _ in node.value):
            actual = "a list" if isinstance(node, SequenceNode) else "a mapping"
            # The service refuses a list as the value of a variable; of a mapping no answer is known.
            is_mapping = isinstance(node, MappingNode)
            level = Severity.WARNING if scope.owner == "variables" and is_mapping else None
            message = f"`{name or scope.key}` must be {expected_types(of)}, not {actual}"
            self.report(SchemaViolation(WRONG_TYPE, message, node, level=level), scope.presence)
        self._collect(node, scope)
        return OtherNode(node)

    def _collect(self, node: Node, scope: _Scope) -> None:
        """Add the expressions in a part that has no schema, or violates it."""
        if isinstance(node, ScalarNode):
            if "$" in node.value:
                self._add_place(node, scope)
        elif isinstance(node, SequenceNode):
            for item in node.value:
                self._collect(item, scope)
        elif isinstance(node, MappingNode):
            branches = Branches(self._groups)
            for key, content in node.value:
                inner = scope
                if isinstance(key, ScalarNode) and "${{" in key.value:
                    self._add_place(key, scope, is_key=True)
                    parsed = directive(key.value)
                    if parsed is not None:
                        inner = scope.below(parsed, branches.next(parsed))
                self._collect(content, inner)


def _directives(item: Node) -> list[tuple[ScalarNode, Node, Directive]] | None:
    """The directives of an item; None for an item that has other content."""
    if not isinstance(item, MappingNode) or not item.value:
        return None
    directives: list[tuple[ScalarNode, Node, Directive]] = []
    for key, content in item.value:
        parsed = directive(key.value) if isinstance(key, ScalarNode) else None
        if parsed is None:
            return None
        directives.append((key, content, parsed))
    return directives


_ANY = kind("any")
