"""The evaluator of expressions, with partial evaluation.

Source of the rules: learn.microsoft.com/azure/devops/pipelines/process/expressions, chapters Functions and Type
casting. An unknown part makes the result `Unknown`, unless the rest decides it; the unknown result carries the
expression that is left: what is known replaced by its value.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from azrelease.syntax.expressions.access import dereferenced, filtered
from azrelease.syntax.expressions.casting import equal, to_boolean
from azrelease.syntax.expressions.functions import FUNCTIONS
from azrelease.syntax.expressions.lenient_calls import LENIENT
from azrelease.syntax.expressions.library import LIBRARY
from azrelease.syntax.expressions.nodes import Call, Index, Literal, Name, Node, Wildcard
from azrelease.syntax.expressions.residuals import left_to_run
from azrelease.syntax.expressions.values import UNKNOWN, Contexts, EvaluationError, Unknown, Value
from azrelease.syntax.expressions.work import size_of, work_of

Functions: TypeAlias = Mapping[str, Callable[[Sequence[Value]], Value]]


def evaluate(
    node: Node, contexts: Contexts, functions: Functions | None = None, meter: Callable[[int], None] | None = None
) -> Value:
    """Evaluate an expression.

    A name that is not in `contexts` is unknown; `functions` depend on the run, by name in lower case: `succeeded`.
    `meter` gets the size of each call before it is made, in characters, and may raise an exception.

    Returns:
        The value. `Unknown` where a part is unknown and the rest does not decide: its expression is the tree with
        what is known replaced by literals, which may hold mappings and lists.

    Raises:
        EvaluationError: the service would refuse it, or fail the run.
    """
    return _Evaluation(contexts, functions or {}, meter).value(node)


class _Evaluation:
    """Evaluates the nodes of one expression. Chains such as `a.b.c` are a loop: they may be long."""

    def __init__(self, contexts: Contexts, functions: Functions, meter: Callable[[int], None] | None) -> None:
        self._contexts = contexts
        self._functions = functions
        self._meter = meter

    def value(self, node: Node) -> Value:
        links: list[Index | Wildcard] = []
        while isinstance(node, Index | Wildcard):
            links.append(node)
            node = node.target
        value = self._primary(node)
        while links:
            link = links.pop()
            if isinstance(link, Wildcard):
                if self._meter is not None:
                    self._meter(size_of(value))
                value = filtered(value, node, link)
            else:
                key = link.key.value if isinstance(link.key, Literal) else self.value(link.key)
                value = dereferenced(value, key, node, link)
            node = link
        return value

    def _primary(self, node: Node) -> Value:
        match node:
            case Literal(value=value):
                return value
            case Name(name=name):
                folded = name.casefold()
                return self._contexts[folded] if folded in self._contexts else Unknown(node)
            case Call():
                return self._call(node)
            case _:
                return UNKNOWN

    def _call(self, call: Call) -> Value:
        name = call.name.casefold()
        known = FUNCTIONS.get(name)
        is_valid = known is not None and known.takes(len(call.arguments))
        if is_valid and name in ("and", "or"):
            return self._connected(call, every=name == "and")
        if is_valid and name == "coalesce":
            return self._coalesced(call)
        if is_valid and name in ("in", "notin"):
            return self._among(call, found=name == "in")
        values = [self.value(argument) for argument in call.arguments]
        if self._meter is not None and values:
            self._meter(work_of(name, values))
        return self._result(call, name, values) if is_valid else left_to_run(call, values)

    def _result(self, call: Call, name: str, values: Sequence[Value]) -> Value:
        """The result of a function that needs the values of all its arguments."""
        if name == "always":
            return True
        if name in LENIENT:
            return LENIENT[name](call, values)
        if any(isinstance(value, Unknown) for value in values):
            return left_to_run(call, values)
        function = self._functions.get(name)
        if function is not None:
            return function(values)
        return LIBRARY[name](*values) if name in LIBRARY else left_to_run(call, values)

    def _connected(self, call: Call, every: bool) -> Value:
        """Evaluate `and` and `or`: the first deciding argument ends it, even behind unknown ones."""
        values: list[Value] = []
        unknown = False
        for argument in call.arguments:
            value = self._behind(argument, unknown)
            values.append(value)
            truth = to_boolean(value)
            if isinstance(truth, Unknown):
                unknown = True
            elif truth is not every:
                return not every
        return left_to_run(call, values) if unknown else every

    def _coalesced(self, call: Call) -> Value:
        """Evaluate `coalesce`: the first known value that is not empty ends it."""
        rest: list[Node] = []
        left: list[Value] = []
        for argument in call.arguments:
            value = self._behind(argument, bool(left))
            if value is None or value == "":
                continue
            if not isinstance(value, Unknown) and not left:
                return value
            rest.append(argument)
            left.append(value)
            if not isinstance(value, Unknown):
                break
        if not left:
            return None
        if len(left) == 1:
            rest.append(Literal("", 0, 0))
            left.append("")
        return left_to_run(call._replace(arguments=tuple(rest)), left)

    def _among(self, call: Call, found: bool) -> Value:
        """Evaluate `in` and `notIn`: the first equal value ends it, even behind unknown ones."""
        wanted = self.value(call.arguments[0])
        rest: list[Node] = [call.arguments[0]]
        left: list[Value] = [wanted]
        unknown = isinstance(wanted, Unknown)
        for argument in call.arguments[1:]:
            value = self._behind(argument, unknown)
            if self._meter is not None:
                self._meter(size_of(wanted) + size_of(value))
            unknown = unknown or isinstance(value, Unknown)
            if isinstance(wanted, Unknown) or isinstance(value, Unknown):
                rest.append(argument)
                left.append(value)
            elif equal(wanted, value):
                return found
        if isinstance(wanted, Unknown) and len(left) == 1:
            return not found
        return left_to_run(call._replace(arguments=tuple(rest)), left) if unknown else not found

    def _behind(self, argument: Node, unknown: bool) -> Value:
        """The value of an argument; behind an unknown one, which may end the evaluation, an error is not certain."""
        if not unknown:
            return self.value(argument)
        try:
            return self.value(argument)
        except EvaluationError:
            return UNKNOWN
