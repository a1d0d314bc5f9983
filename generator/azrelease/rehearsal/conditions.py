"""Conditions and runtime expressions in a run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.rehearsal.outcome import Result
from azrelease.syntax.embedded import runtime_expression
from azrelease.syntax.expressions import (
    CaselessMapping,
    EvaluationError,
    ExpressionError,
    Unknown,
    Value,
    evaluate,
    parse,
    route,
    to_boolean,
    to_text,
    walk,
)

_WITH_OUTPUTS = ("dependencies", "stagedependencies")


class ConditionContext(NamedTuple):
    """What an expression can refer to.

    Attributes:
        variables: values by name in lower case.
        results: the results of dependencies, by name in lower case; of a step, that of the job so far.
        outputs: `dependencies` and `stageDependencies`.
    """

    variables: Mapping[str, str]
    results: Mapping[str, Result]
    outputs: Mapping[str, Any] = {}


class Verdict(NamedTuple):
    """Whether a condition holds, and the problem if it cannot be evaluated."""

    holds: bool
    problem: str | None = None


def decide(condition: str | None, context: ConditionContext) -> Verdict:
    """Evaluate a condition; the default is `succeeded()`."""
    value, problem = _evaluated(condition or "succeeded()", f"the condition `{condition}`", context)
    return Verdict(problem is None and bool(to_boolean(value)), problem)


def runtime_value(text: str, context: ConditionContext) -> tuple[str, str | None]:
    """The text of a runtime expression, `$[ … ]`, and the problem if it cannot be evaluated."""
    value, problem = _evaluated(_inner(text) or "", f"`{text}`", context)
    return ("" if value is None else to_text(value)), problem


def is_runtime_expression(text: str) -> bool:
    """Whether the service computes a value when its job begins."""
    return _inner(text) is not None


def _inner(text: str) -> str | None:
    """The expression in `$[ … ]`; None for any other text."""
    embedded = runtime_expression(text)
    return None if embedded is None else embedded.text


def _evaluated(expression: str, what: str, context: ConditionContext) -> tuple[Value, str | None]:
    names = {"variables": context.variables, "pipeline": {}, "resources": {}, **context.outputs}
    contexts = {name.casefold(): CaselessMapping(values) for name, values in names.items()}
    try:
        value = evaluate(parse(expression), contexts, _functions(context))
    except (ExpressionError, EvaluationError) as error:
        return None, f"{what} cannot be evaluated: {error}"
    if isinstance(value, Unknown):
        return None, f"{what} depends on a value that is unknown in a rehearsal"
    return value, None


def _functions(context: ConditionContext) -> dict[str, Callable[[Sequence[Any]], Any]]:
    def results(names: Sequence[Any]) -> list[Result]:
        if not names:
            return list(context.results.values())
        return [context.results.get(to_text(name).casefold(), Result.SKIPPED) for name in names]

    return {
        "succeeded": lambda names: all(result in (Result.SUCCEEDED, Result.WARNED) for result in results(names)),
        "failed": lambda names: any(result is Result.FAILED for result in results(names)),
        "succeededorfailed": lambda names: all(result is not Result.SKIPPED for result in results(names)),
        "canceled": lambda _: False,
        # In the first run of a pipeline a counter has its seed.
        "counter": lambda arguments: arguments[1] if len(arguments) > 1 else 0,
    }


def missing_outputs(expression: str, outputs: Mapping[str, Any]) -> Iterator[str]:
    """A message for each output that a runtime expression reads and nothing has set, with the existing ones."""
    try:
        node = parse(_inner(expression) or "")
    except ExpressionError:
        return
    for parts in filter(None, map(route, walk(node))):
        match [part.casefold() for part in parts]:
            case [context, _, *_, "outputs", name] if context in _WITH_OUTPUTS:
                existing = _value_at(outputs, parts[:-1])
                if name not in {known.casefold() for known in existing}:
                    known = ", ".join(f"`{known}`" for known in sorted(existing)) or "none"
                    owner = ".".join(parts[1:-2])
                    hint = "" if existing or context != "stagedependencies" else _unrehearsed(parts[1])
                    yield f"`{parts[-1]}` is not an output of {owner}; its outputs are: {known}{hint}"


def _unrehearsed(stage: str) -> str:
    return f". If the stage `{stage}` is not rehearsed, pass the value of the variable, --variable NAME=VALUE"


def _value_at(data: Mapping[str, Any], route: Sequence[str]) -> Mapping[str, Any]:
    for step in route:
        value: Any = next((value for name, value in data.items() if name.casefold() == step.casefold()), {})
        data = value if isinstance(value, Mapping) else {}
    return data
