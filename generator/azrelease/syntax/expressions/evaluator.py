"""The evaluator of expressions, with partial evaluation.

Source of the rules: learn.microsoft.com/azure/devops/pipelines/process/expressions, chapters Functions and Type
casting. An unknown part makes the result `Unknown`, unless the rest decides it; the unknown result carries the
expression that is left: what is known replaced by its value.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from azrelease.syntax.expressions.casting import equal, text_of, to_boolean, to_number, to_text
from azrelease.syntax.expressions.functions import FUNCTIONS
from azrelease.syntax.expressions.library import LIBRARY, Hole, NotKnownError, doubled, format_parts, json_text
from azrelease.syntax.expressions.nodes import Call, Index, Literal, Name, Node, Wildcard
from azrelease.syntax.expressions.values import (
    UNKNOWN,
    Contexts,
    EvaluationError,
    Filtered,
    MadeList,
    Members,
    OpenMapping,
    Unknown,
    Value,
    is_collection,
    is_known,
    is_list,
    is_open,
)

Functions: TypeAlias = Mapping[str, Callable[[Sequence[Value]], Value]]


def evaluate(node: Node, contexts: Contexts, functions: Functions | None = None) -> Value:
    """Evaluate an expression.

    A name that is not in `contexts` is unknown; `functions` depend on the run, by name in lower case: `succeeded`.

    Returns:
        The value. `Unknown` where a part is unknown and the rest does not decide: its expression is the tree with
        what is known replaced by literals, which may hold mappings and lists.

    Raises:
        EvaluationError: the service would refuse it, or fail the run.
    """
    return _Evaluation(contexts, functions or {}).value(node)


class _Evaluation:
    """Evaluates the nodes of one expression. Chains such as `a.b.c` are a loop: they may be long."""

    def __init__(self, contexts: Contexts, functions: Functions) -> None:
        self._contexts = contexts
        self._functions = functions

    def value(self, node: Node) -> Value:
        links: list[Index | Wildcard] = []
        while isinstance(node, Index | Wildcard):
            links.append(node)
            node = node.target
        value = self._primary(node)
        while links:
            link = links.pop()
            if isinstance(link, Wildcard):
                value = _filtered(value, node, link)
            else:
                key = link.key.value if isinstance(link.key, Literal) else self.value(link.key)
                value = _dereferenced(value, key, node, link)
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
        if known is not None and known.takes(len(call.arguments)):
            if name in ("and", "or"):
                return self._connected(call, every=name == "and")
            if name == "coalesce":
                return self._coalesced(call)
            if name in ("in", "notin"):
                return self._among(call, found=name == "in")
            if name == "always":
                return True
        values = [self.value(argument) for argument in call.arguments]
        if known is None or not known.takes(len(values)):
            return _rest(call, values)
        if name in _TOLERANT:
            return _TOLERANT[name](call, values)
        function = self._functions.get(name)
        if any(isinstance(value, Unknown) for value in values):
            return _rest(call, values)
        if function is not None:
            return function(values)
        return LIBRARY[name](*values) if name in LIBRARY else _rest(call, values)

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
        return _rest(call, values) if unknown else every

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
        return _rest(call._replace(arguments=tuple(rest)), left)

    def _among(self, call: Call, found: bool) -> Value:
        """Evaluate `in` and `notIn`: the first equal value ends it, even behind unknown ones."""
        wanted = self.value(call.arguments[0])
        rest: list[Node] = [call.arguments[0]]
        left: list[Value] = [wanted]
        unknown = isinstance(wanted, Unknown)
        for argument in call.arguments[1:]:
            value = self._behind(argument, unknown)
            unknown = unknown or isinstance(value, Unknown)
            if isinstance(wanted, Unknown) or isinstance(value, Unknown):
                rest.append(argument)
                left.append(value)
            elif equal(wanted, value):
                return found
        if isinstance(wanted, Unknown) and len(left) == 1:
            return not found
        return _rest(call._replace(arguments=tuple(rest)), left) if unknown else not found

    def _behind(self, argument: Node, unknown: bool) -> Value:
        """The value of an argument; behind an unknown one, which may end the evaluation, an error is not certain."""
        if not unknown:
            return self.value(argument)
        try:
            return self.value(argument)
        except EvaluationError:
            return UNKNOWN


def _rest(call: Call, values: Sequence[Value]) -> Unknown:
    """A call that is left to the run."""
    return _unknown(_residual_call(call, values))


def _residual_call(call: Call, values: Sequence[Value]) -> Call | None:
    arguments: list[Node] = []
    for value, node in zip(values, call.arguments, strict=True):
        argument = _residual(value, node)
        if argument is None:
            return None
        arguments.append(argument)
    return call._replace(arguments=tuple(arguments))


def _unknown(expression: Node | None) -> Unknown:
    return UNKNOWN if expression is None else Unknown(expression)


def _residual(value: Value, node: Node) -> Node | None:
    """The expression of a value; a context keeps its name."""
    if isinstance(value, Unknown):
        return value.expression
    if isinstance(value, Members):
        return node if value.is_kept else None
    if isinstance(value, MadeList):
        return value.rest()
    return Literal(value, 0, 0) if is_known(value) else None


def _dereferenced(target: Value, key: Value, node: Node, link: Index) -> Value:
    """`target[key]`, where `node` is the expression of the target."""
    if not isinstance(target, Unknown) and not is_collection(target):
        return None

    def rest() -> Node | None:
        mine, its = _residual(target, node), _residual(key, link.key)
        return None if mine is None or its is None else Index(mine, its, link.start, link.end)

    if isinstance(target, Unknown) or isinstance(key, Unknown):
        return _unknown(rest())
    if is_collection(key):
        return None
    if not isinstance(target, Filtered):
        return next(iter(_member(target, key)), None)
    if any(isinstance(item, Unknown) for item in target):
        return UNKNOWN
    found = [value for item in target for value in _member(item, key)]
    return UNKNOWN if any(value is UNKNOWN for value in found) else Filtered(found, rest)


def _member(target: Value, key: Value) -> Sequence[Value]:
    """The value at a key or an index, alone; nothing where there is none."""
    if isinstance(target, Members):
        return (target.member(to_text(key)),)
    if isinstance(target, Mapping):
        text = to_text(key)
        if text in target:
            return (target[text],)
        return (target.later_member(text),) if isinstance(target, OpenMapping) and target.is_open else ()
    if is_list(target):
        if is_open(target):
            return (UNKNOWN,)
        number = to_number(key)
        if number is not None and 0 <= number < len(target):
            return (target[int(number)],)
    return ()


def _filtered(target: Value, node: Node, link: Wildcard) -> Value:
    """`target.*`, where `node` is the expression of the target."""

    def rest() -> Node | None:
        mine = _residual(target, node)
        return None if mine is None else Wildcard(mine, link.start, link.end)

    if isinstance(target, Unknown):
        return _unknown(rest())
    if not isinstance(target, Filtered):
        items = _items(target)
        return UNKNOWN if items is None else Filtered(items, rest)
    result = Filtered((), rest)
    for item in target:
        items = None if isinstance(item, Unknown) else _items(item)
        if items is None:
            return UNKNOWN
        result.extend(items)
    return result


def _items(value: Value) -> Sequence[Value] | None:
    """The values in a collection, nothing for another value; None where only the run knows them."""
    if is_open(value):
        return None
    if isinstance(value, Mapping):
        return tuple(value.values())
    if is_list(value):
        return value
    return None if is_collection(value) else ()


def _iif(call: Call, values: Sequence[Value]) -> Value:
    test = to_boolean(values[0])
    return _rest(call, values) if isinstance(test, Unknown) else values[1 if test else 2]


def _format(call: Call, values: Sequence[Value]) -> Value:
    pattern, *arguments = values
    if isinstance(pattern, Unknown):
        return _rest(call, values)
    text = text_of(pattern)
    parts = format_parts(text)
    unknown = False
    made: list[str] = []
    for part in parts:
        if not isinstance(part, Hole):
            made.append(part)
            continue
        if part.argument >= len(arguments):
            raise EvaluationError(f"the format `{text}` lacks the argument {{{part.argument}}}")
        value = arguments[part.argument]
        # A form for dates and numbers, which the run applies.
        if isinstance(value, Unknown) or part.specifier is not None:
            unknown = True
        else:
            made.append(text_of(value))
    return _rest(call, values) if unknown else "".join(made)


def _join(call: Call, values: Sequence[Value]) -> Value:
    """Evaluate `join`: mappings and lists in the list are the empty text. With unknown items, a `format` is left."""
    separator, items = values
    if isinstance(items, Unknown):
        return _rest(call, values)
    if not is_list(items):
        return UNKNOWN if is_open(items) else to_text(items)
    if is_open(items):
        return UNKNOWN
    unknown = [item for item in items if isinstance(item, Unknown)]
    if not unknown:
        if isinstance(separator, Unknown) and len(items) > 1:
            return _rest(call, values)
        return to_text(separator).join(map(to_text, items))
    if isinstance(separator, Unknown) or any(item.expression is None for item in unknown):
        return UNKNOWN
    numbers = iter(range(len(unknown)))
    holes = [f"{{{next(numbers)}}}" if isinstance(item, Unknown) else doubled(to_text(item)) for item in items]
    pattern = Literal(doubled(to_text(separator)).join(holes), 0, 0)
    arguments = (pattern, *(item.expression for item in unknown if item.expression is not None))
    return Unknown(call._replace(name="format", arguments=arguments))


def _split(call: Call, values: Sequence[Value]) -> Value:
    """Evaluate `split`: the separator is one text; an empty one does not split."""
    if any(isinstance(value, Unknown) for value in values):
        return _rest(call, values)
    text, separator = map(text_of, values)
    return MadeList(text.split(separator) if separator else [text], lambda: _residual_call(call, values))


def _contains_value(call: Call, values: Sequence[Value]) -> Value:
    """Evaluate `containsValue`. With unknown items and none that is equal, an `in` is left."""
    collection, wanted = values
    if isinstance(collection, Unknown) or isinstance(wanted, Unknown):
        if not isinstance(collection, Unknown) and not is_open(collection) and _items(collection) == ():
            return False
        return _rest(call, values)
    if not is_collection(collection):
        return False
    if not isinstance(collection, Mapping) and not is_list(collection):
        return UNKNOWN
    items = list(collection.values() if isinstance(collection, Mapping) else collection)
    if any(equal(wanted, item) for item in items if not isinstance(item, Unknown)):
        return True
    unknown = [item for item in items if isinstance(item, Unknown)]
    if is_open(collection) or any(item.expression is None for item in unknown):
        return UNKNOWN
    if not unknown:
        return False
    arguments = (Literal(wanted, 0, 0), *(item.expression for item in unknown if item.expression is not None))
    return Unknown(call._replace(name="in", arguments=arguments))


def _converted_to_json(call: Call, values: Sequence[Value]) -> Value:
    if isinstance(values[0], Unknown):
        return _rest(call, values)
    try:
        return json_text(values[0])
    except NotKnownError:
        return UNKNOWN


_TOLERANT: Mapping[str, Callable[[Call, Sequence[Value]], Value]] = {
    "containsvalue": _contains_value,
    "converttojson": _converted_to_json,
    "format": _format,
    "iif": _iif,
    "join": _join,
    "split": _split,
}
"""The functions that decide themselves what an unknown argument leaves of them, and those that make a list."""
