"""Directives: which branches of `if` are taken, and the turns of `each`, each with its scope."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.diagnostics import DIRECTIVE, FAILED_EVALUATION, UNKNOWN_FUNCTION
from azrelease.expansion.evaluation import FAILED, Evaluation
from azrelease.expansion.limits import Budget
from azrelease.expansion.origins import ConditionBranch, LoopTurn
from azrelease.expansion.placeholders import Placeholders
from azrelease.expansion.problems import Problems
from azrelease.expansion.scope import Scope
from azrelease.expansion.tree import (
    ExpandedMapping,
    ExpandedNode,
    ExpandedScalar,
    ExpandedSequence,
    is_directive_item,
    value_of,
)
from azrelease.syntax.embedded import Directive
from azrelease.syntax.expressions import (
    FUNCTIONS,
    Call,
    Members,
    Name,
    Node,
    Unknown,
    Value,
    expression_text,
    is_list,
    to_boolean,
    to_text,
)


class DirectiveBranch(NamedTuple):
    """What a directive leads to.

    Attributes:
        scope: the scope of its body; None where it has `branches` in place of a body.
        key: the directive that remains, with a condition or list that only the run knows; None where it is decided.
        branches: the turns inside a condition that a list has around some of its items.
        is_loop: whether it is the body of a loop over a list that only the run knows, for any number of turns.
    """

    scope: Scope | None
    key: ExpandedScalar | None = None
    branches: "tuple[DirectiveBranch, ...]" = ()
    is_loop: bool = False


class Chain:
    """The `if`, `elseif` and `else` of one mapping or list, in their order.

    Plain siblings between them do not end a chain; an `each`, an `insert` and a new `if` do (measured).
    """

    def __init__(self) -> None:
        self.is_begun = False
        self.is_decided = False
        self._is_interrupted = False
        self._left: tuple[Node, ...] = ()

    def begin(self) -> None:
        """Begin a chain, at an `if`."""
        self.is_begun, self.is_decided, self._is_interrupted, self._left = True, False, False, ()

    @property
    def remains(self) -> bool:
        """Whether a branch is left to the run, so that the next one that remains depends on it."""
        return bool(self._left)

    def passed(self, node: ExpandedNode) -> None:
        """Note an item between the branches: a template may bring conditions of its own, which an `else` would join."""
        if self._left and isinstance(node, ExpandedMapping) and is_directive_item(node):
            self._is_interrupted = True

    def next_branch(self, condition: Node | None) -> tuple[str, Node | None]:
        """The word and the condition of a branch that is left to the run; None is the condition of an `else`."""
        before = self._left
        if condition is not None:
            self._left = (*before, condition)
        if before and not self._is_interrupted:
            return ("else", None) if condition is None else ("elseif", condition)
        if not before:
            return "if", condition
        none = Call("not", (before[0] if len(before) == 1 else Call("or", before, 0, 0, 0),), 0, 0, 0)
        return "if", none if condition is None else Call("and", (none, condition), 0, 0, 0)


class Directives:
    """Decides directives."""

    def __init__(self, problems: Problems, budget: Budget, placeholders: Placeholders, evaluation: Evaluation) -> None:
        self._problems = problems
        self._budget = budget
        self._placeholders = placeholders
        self._evaluation = evaluation

    def branches(self, parsed: Directive, key: ScalarNode, scope: Scope, chain: Chain) -> tuple[DirectiveBranch, ...]:
        """The bodies that a directive gives: none, one, or one for each turn."""
        if parsed.name == "each":
            chain.is_begun = False
            return self._turns(parsed, key, scope)
        if parsed.name == "if":
            chain.begin()
        elif not chain.is_begun:
            message = f"`{parsed.name}` has no `if` before it"
            hint = "Move it behind an `if` of the same list or mapping."
            self._problems.add(DIRECTIVE, message, scope.origin(key), hint)
            return ()
        if parsed.name == "else":
            chain.is_begun = False
            return () if chain.is_decided else (self._branch(chain, None, "else", key, scope),)
        if chain.is_decided:
            return ()
        written = f"{parsed.name} {parsed.text.strip()}"
        value = self._evaluation.value(parsed.text, parsed.inner, key, scope)
        if value is FAILED:
            chain.is_decided = True  # which branch counts is not known, so none has problems of its own
            return ()
        result = to_boolean(value)
        if not isinstance(result, Unknown):
            chain.is_decided = bool(result)
            if not result:
                return ()
            return (self._branch(chain, None, written, key, scope),)
        node = self._placeholders.of(result if result.expression else value, parsed.text.strip(), scope.origin(key))
        return (self._branch(chain, node, written, key, scope),)

    def _branch(
        self, chain: Chain, condition: Node | None, written: str, key: ScalarNode, scope: Scope
    ) -> DirectiveBranch:
        """A branch that is taken, or left to the run: with a condition of it, or after branches that are left to it."""
        remains = chain.remains or condition is not None
        inner = scope.within(ConditionBranch(scope.origin(key), written, not remains), is_certain=not remains)
        if not remains:
            return DirectiveBranch(inner)
        word, left = chain.next_branch(condition)
        rest = word if left is None else f"{word} {expression_text(left, self._placeholders.spell)}"
        return DirectiveBranch(inner, self._key(rest, key, scope))

    def _key(self, rest: str, key: ScalarNode, scope: Scope) -> ExpandedScalar:
        text = f"${{{{ {rest} }}}}"
        self._budget.scalar(text)
        return ExpandedScalar(text, text, scope.origin(key))

    def _turns(self, parsed: Directive, key: ScalarNode, scope: Scope) -> tuple[DirectiveBranch, ...]:
        name = parsed.variable
        if name is None:
            return ()  # reported with the file
        if not self._is_free(name, key, scope):
            return ()
        value = self._evaluation.value(parsed.text, parsed.inner, key, scope)
        numbers = iter(range(1, 1_000_000_000))
        if value is None or value == "" or value is FAILED:
            return ()
        if isinstance(value, Unknown):
            node = self._placeholders.of(value, parsed.text.strip(), scope.origin(key))
            return (self._open_turn(name, node, numbers, key, scope),)
        if isinstance(value, ExpandedMapping | ExpandedSequence):
            return tuple(self._of_collection(name, value, numbers, key, scope))
        if isinstance(value, Mapping):
            return tuple(self._turn(name, {"key": k, "value": v}, numbers, key, scope) for k, v in value.items())
        if is_list(value):
            return tuple(self._turn(name, item, numbers, key, scope) for item in value)
        if isinstance(value, Members):
            # All variables: the run adds to them.
            return (self._open_turn(name, Name("variables", 0, 0), numbers, key, scope),)
        message = f"`each` needs a list or a mapping, not `{to_text(value)}`"
        self._problems.add(FAILED_EVALUATION, message, scope.origin(key))
        return ()

    def _is_free(self, name: str, key: ScalarNode, scope: Scope) -> bool:
        """Whether a loop may have a variable of this name; where not, that is a problem."""
        hint = "Give the variable of the loop another name."
        if name.casefold() in scope.contexts:
            self._problems.add(FAILED_EVALUATION, f"`{name}` is already defined here", scope.origin(key), hint)
        elif name.casefold() in FUNCTIONS:
            self._problems.add(UNKNOWN_FUNCTION, f"`{name}` is the name of a function", scope.origin(key), hint)
        else:
            return True
        return False

    def _of_collection(
        self, name: str, value: ExpandedNode, numbers: Iterator[int], key: ScalarNode, scope: Scope
    ) -> Iterator[DirectiveBranch]:
        """The turns of a mapping or list of a file, of which conditions of the run may hold parts."""
        if isinstance(value, ExpandedMapping):
            for entry in value.entries:
                if entry.is_directive:
                    yield self._held(name, entry.key, entry.value, numbers, key, scope)
                else:
                    pair = {"key": entry.key.text, "value": value_of(entry.value)}
                    yield self._turn(name, pair, numbers, key, scope)
        elif isinstance(value, ExpandedSequence):
            for item in value.items:
                if isinstance(item, ExpandedMapping) and is_directive_item(item):
                    for entry in item.entries:
                        yield self._held(name, entry.key, entry.value, numbers, key, scope)
                elif isinstance(item, ExpandedScalar) and item.value is FAILED:
                    continue
                elif isinstance(item, ExpandedScalar) and is_directive_item(item):
                    node = item.value.expression if isinstance(item.value, Unknown) else None
                    yield self._open_turn(name, node or Name(name, 0, 0), numbers, key, scope)
                else:
                    yield self._turn(name, value_of(item), numbers, key, scope)
        else:
            yield self._turn(name, value_of(value), numbers, key, scope)

    def _held(
        self,
        name: str,
        condition: ExpandedScalar,
        body: ExpandedNode,
        numbers: Iterator[int],
        key: ScalarNode,
        scope: Scope,
    ) -> DirectiveBranch:
        """The turns of the part of a list that a condition of the run holds."""
        frame = ConditionBranch(
            condition.origin, condition.text.removeprefix("${{").removesuffix("}}").strip(), is_known=False
        )
        inner = scope.within(frame._replace(at=scope.origin(key)), is_certain=False)
        return DirectiveBranch(None, condition, tuple(self._of_collection(name, body, numbers, key, inner)))

    def _turn(self, name: str, value: Value, numbers: Iterator[int], key: ScalarNode, scope: Scope) -> DirectiveBranch:
        self._budget.evaluation()
        frame = LoopTurn(scope.origin(key), name, next(numbers), value)
        return DirectiveBranch(scope.turn(frame, name, value))

    def _open_turn(
        self, name: str, collection: Node, numbers: Iterator[int], key: ScalarNode, scope: Scope
    ) -> DirectiveBranch:
        """The body of a loop over a list that only the run knows: once, with its variable unknown."""
        rest = f"each {name} in {expression_text(collection, self._placeholders.spell)}"
        frame = LoopTurn(scope.origin(key), name, next(numbers), Unknown(Name(name, 0, 0)))
        inner = scope.turn(frame, name, Unknown(Name(name, 0, 0)), is_certain=False)
        return DirectiveBranch(inner, self._key(rest, key, scope), is_loop=True)
