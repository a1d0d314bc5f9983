"""Template expressions in texts: `${{ … }}` evaluated where their parts are known, and left where they are not."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.diagnostics import (
    ARGUMENT_COUNT,
    FAILED_EVALUATION,
    UNKNOWN_CONTEXT,
    UNKNOWN_FUNCTION,
    WRONG_TYPE,
    Code,
)
from azrelease.expansion.limits import Budget
from azrelease.expansion.placeholders import Placeholders
from azrelease.expansion.problems import Problems
from azrelease.expansion.scope import Scope
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.suggestions import suggestion
from azrelease.syntax.embedded import Embedded, directive, template_expressions
from azrelease.syntax.expressions import (
    FUNCTIONS,
    Call,
    EvaluationError,
    ExpressionError,
    Literal,
    Name,
    Node,
    Unknown,
    Value,
    doubled,
    embedded_text,
    evaluate,
    is_list,
    parsed,
    to_text,
    walk,
)

OPEN = "${{"

FAILED = Unknown()
"""The value of an expression that has a problem: nothing that depends on it has another one."""

_LATER = frozenset(("resources", "pipeline", "system", "organization", "environment", "strategy"))
"""Names that no documentation of template expressions has, and that pipelines in use read: never judged."""

_ONLY_AT_RUN = frozenset(name for name, function in FUNCTIONS.items() if function.condition_only) | {"counter"}
"""Functions that `${{ }}` does not have: the status functions, and `counter`
(learn.microsoft.com/azure/devops/pipelines/process/expressions)."""


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[Embedded, ...]:
    return tuple(template_expressions(text))


class Evaluation:
    """Evaluates the expressions in the texts of files."""

    def __init__(self, problems: Problems, budget: Budget, placeholders: Placeholders) -> None:
        self._problems = problems
        self._budget = budget
        self._placeholders = placeholders

    def scalar(self, node: ScalarNode, scope: Scope) -> ExpandedNode:
        """A text with its expressions evaluated. One that is a single expression may become a mapping or list."""
        text = node.value
        origin = scope.origin(node)
        self._budget.scalar(text)
        if OPEN not in text:
            return ExpandedScalar(text, text, origin, node.style or "")
        parts = _parts(text)
        if len(parts) == 1 and parts[0].start == 0 and parts[0].end == len(text):
            if directive(text) is not None:
                return self.failed(node, scope)  # reported with the file
            value = self.value(parts[0].text, parts[0].inner, node, scope)
            return self.node(value, node, scope, parts[0].text or "")
        return self._mixed(parts, node, scope)

    def value(self, text: str | None, offset: int, node: ScalarNode, scope: Scope) -> Value:
        """The value of an expression in a text; what is wrong with it is a problem, and its value unknown."""
        if text is None:
            return FAILED
        self._budget.evaluation()
        try:
            tree = parsed(text, is_template=True)
        except ExpressionError:
            return FAILED  # reported with the file
        if not self._names_are_known(text, offset, node, scope):
            return FAILED
        try:
            return evaluate(tree, scope.contexts, meter=self._budget.work)
        except EvaluationError as error:
            span = scope.file.document.text_span(node, offset, offset + len(text))
            self._problems.add(FAILED_EVALUATION, str(error), scope.origin(node), None, span)
            return FAILED

    def node(self, value: Value, node: ScalarNode, scope: Scope, text: str) -> ExpandedNode:
        """A value as the node that replaces the text of an expression.

        Args:
            value: the value.
            node: the text with the expression.
            scope: where it is.
            text: the expression.
        """
        origin = scope.origin(node)
        if value is FAILED:
            return self.failed(node, scope)
        if isinstance(value, ExpandedMapping | ExpandedSequence):
            return value
        if isinstance(value, Unknown):
            known = self._placeholders.of(value, text, origin)
            rest = embedded_text(known, self._placeholders.spell)
            self._budget.scalar(rest)
            return ExpandedScalar(rest, Unknown(known, value.kind), origin)
        if isinstance(value, Mapping):
            self._budget.collection()
            entries = (
                ExpandedEntry(self._text(str(key), node, scope), self.node(item, node, scope, text))
                for key, item in value.items()
            )
            return ExpandedMapping(tuple(entries), origin)
        if is_list(value):
            self._budget.collection()
            return ExpandedSequence(tuple(self.node(item, node, scope, text) for item in value), origin)
        return self._text(to_text(value), node, scope)

    def key(self, node: ScalarNode, scope: Scope) -> ExpandedScalar:
        """A key with its expressions evaluated; its value is `FAILED` where it has a problem, such as no text."""
        found = self.scalar(node, scope)
        if isinstance(found, ExpandedScalar):
            return found
        kind = "mapping" if isinstance(found, ExpandedMapping) else "list"
        self._problems.add(WRONG_TYPE, f"a key must be text, not a {kind}", scope.origin(node))
        return self.failed(node, scope)

    def failed(self, node: ScalarNode, scope: Scope) -> ExpandedScalar:
        """A text that no later check judges."""
        origin = scope.origin(node)
        text = embedded_text(self._placeholders.of(FAILED, node.value, origin), self._placeholders.spell)
        return ExpandedScalar(text, FAILED, origin)

    def _mixed(self, parts: Sequence[Embedded], node: ScalarNode, scope: Scope) -> ExpandedNode:
        pattern: list[str] = []
        unknown: list[Node] = []
        text, at = node.value, 0
        has_failed = False
        for part in parts:
            pattern.append(doubled(text[at : part.start]))
            at = part.end
            if directive(text[part.start : part.end]) is not None:
                return self.failed(node, scope)  # reported with the file
            value = self.value(part.text, part.inner, node, scope)
            if value is FAILED:
                has_failed = True
            elif isinstance(value, Unknown):
                pattern.append(f"{{{len(unknown)}}}")
                unknown.append(self._placeholders.of(value, part.text or "", scope.origin(node)))
            elif isinstance(value, Mapping) or is_list(value):
                kind = "mapping" if isinstance(value, Mapping) else "list"
                span = scope.file.document.text_span(node, part.start, part.end)
                hint = "Put the parts into the text one by one, or use `join` or `convertToJson`."
                message = f"a {kind} cannot be part of a text"
                self._problems.add(FAILED_EVALUATION, message, scope.origin(node), hint, span)
                has_failed = True
            else:
                pattern.append(doubled(to_text(value)))
        if has_failed:
            return self.failed(node, scope)
        pattern.append(doubled(text[at:]))
        whole = "".join(pattern)
        self._budget.scalar(whole)
        if not unknown:
            plain = whole.replace("{{", "{").replace("}}", "}")
            return ExpandedScalar(plain, plain, scope.origin(node), node.style or "")
        tree = Call("format", (Literal(whole, 0, 0), *unknown), 0, 0, 0)
        rest = embedded_text(tree, self._placeholders.spell)
        return ExpandedScalar(rest, Unknown(tree, "text"), scope.origin(node), node.style or "")

    def _text(self, text: str, node: ScalarNode, scope: Scope) -> ExpandedScalar:
        self._budget.scalar(text)
        return ExpandedScalar(text, text, scope.origin(node))

    def _names_are_known(self, text: str, offset: int, node: ScalarNode, scope: Scope) -> bool:
        names, problems = _names(text)
        problems += tuple(
            _unknown_name(name)
            for name in names
            if name.name.casefold() not in scope.contexts and name.name.casefold() not in _LATER
        )
        for found in problems:
            span = scope.file.document.text_span(node, offset + found.start, offset + found.end)
            self._problems.add(found.code, found.message, scope.origin(node), found.hint, span)
        return not problems


class _NameProblem(NamedTuple):
    """A name that is not known in an expression, from `start` to `end`."""

    start: int
    end: int
    code: Code
    message: str
    hint: str | None


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[tuple[Name, ...], tuple[_NameProblem, ...]]:
    """The names that an expression reads, and its calls that no place of a template expression takes."""
    parts = tuple(walk(parsed(text, is_template=True)))
    problems = (_call_problem(part) for part in parts if isinstance(part, Call))
    return tuple(part for part in parts if isinstance(part, Name)), tuple(filter(None, problems))


def _call_problem(call: Call) -> _NameProblem | None:
    name = call.name.casefold()
    function = FUNCTIONS.get(name)
    if function is None or name in _ONLY_AT_RUN:
        message = f"the function `{call.name}` does not exist in `${{{{ }}}}`"
        hint = "It is known in a run only: use it in a condition, or in `$[ ]`." if function else None
        return _NameProblem(call.start, call.end, UNKNOWN_FUNCTION, message, hint or suggestion(call.name, FUNCTIONS))
    if not function.takes(len(call.arguments)):
        message = f"`{function.name}` does not take {len(call.arguments)} arguments"
        return _NameProblem(call.start, call.close, ARGUMENT_COUNT, message, None)
    return None


def _unknown_name(name: Name) -> _NameProblem:
    hint = "`${{ }}` knows `parameters`, `variables` and the variable of an `each` around it."
    return _NameProblem(name.start, name.end, UNKNOWN_CONTEXT, f"`{name.name}` is not known here", hint)
