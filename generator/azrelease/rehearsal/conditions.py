"""Conditions and runtime expressions of a run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.rehearsal.outcome import Result
from azrelease.syntax.expressions import ExpressionError, parse, route, walk
from azrelease.syntax.expressions.evaluator import UNKNOWN, EvaluationError, evaluate, to_boolean, to_text

_GOOD = (Result.SUCCEEDED, Result.WARNED, Result.SKIPPED)


class ConditionContext(NamedTuple):
    """What an expression can ask about.

    Attributes:
        variables: values by name in lower case.
        results: how those ended that are waited for, by name in lower case; of a step, those before it.
        outputs: `dependencies` and `stageDependencies`.
    """

    variables: Mapping[str, str]
    results: Mapping[str, Result]
    outputs: Mapping[str, Any] = {}


class Verdict(NamedTuple):
    """Whether something runs, and what is wrong with the condition if it cannot be computed."""

    runs: bool
    problem: str | None = None


def decide(condition: str | None, around: ConditionContext) -> Verdict:
    """Whether a condition holds; without one, when nothing before has failed or was skipped."""
    try:
        value = evaluate(parse(condition or "succeeded()"), _contexts(around), _functions(around))
    except (ExpressionError, EvaluationError) as error:
        return Verdict(False, f"the condition `{condition}` cannot be computed: {error}")
    if value is UNKNOWN:
        return Verdict(False, f"the condition `{condition}` asks for what is not known here")
    return Verdict(bool(to_boolean(value)))


def computed(expression: str, around: ConditionContext) -> tuple[str, str | None]:
    """The text of a runtime expression, `$[ … ]`, and what is wrong with it."""
    try:
        value = evaluate(parse(_inner(expression)), _contexts(around), _functions(around))
    except (ExpressionError, EvaluationError) as error:
        return "", f"`{expression}` cannot be computed: {error}"
    if value is UNKNOWN:
        return "", f"`{expression}` asks for what is not known here"
    return to_text(value) if value is not None else "", None


def is_runtime(text: str) -> bool:
    """Whether a value is computed when its job begins."""
    return text.strip().startswith("$[") and text.strip().endswith("]")


def _inner(expression: str) -> str:
    """What stands between `$[` and `]`."""
    return expression.strip().removeprefix("$[").removesuffix("]")


def _contexts(around: ConditionContext) -> dict[str, Any]:
    outputs = {name.casefold(): value for name, value in around.outputs.items()}
    return {"variables": dict(around.variables), "pipeline": {}, "resources": {}, **outputs}


def _functions(around: ConditionContext) -> dict[str, Callable[[Sequence[Any]], Any]]:
    def of(names: Sequence[Any]) -> list[Result]:
        if not names:
            return list(around.results.values())
        return [around.results.get(to_text(name).casefold(), Result.SKIPPED) for name in names]

    def succeeded(names: Sequence[Any]) -> bool:
        return all(result in (Result.SUCCEEDED, Result.WARNED) for result in of(names))

    def failed(names: Sequence[Any]) -> bool:
        return any(result is Result.FAILED for result in of(names))

    return {
        "succeeded": succeeded,
        "failed": failed,
        "succeededorfailed": lambda names: all(result is not Result.SKIPPED for result in of(names)),
        "canceled": lambda _: False,
        # The first run of a pipeline that counts: its seed.
        "counter": lambda given: given[1] if len(given) > 1 else 0,
        "always": lambda _: True,
    }


def missing_outputs(expression: str, outputs: Mapping[str, Any]) -> Iterator[str]:
    """The outputs that an expression reads and nothing has set, each with those that there are."""
    try:
        node = parse(_inner(expression))
    except ExpressionError:
        return
    for way in filter(None, map(route, walk(node))):
        if len(way) > _TO_OUTPUTS and way[-2].casefold() == "outputs" and way[0].casefold() in _WITH_OUTPUTS:
            there = _at(outputs, way[:-1])
            if way[-1].casefold() not in {name.casefold() for name in there}:
                known = ", ".join(f"`{name}`" for name in sorted(there)) or "none"
                yield f"`{way[-1]}` is no output of {'.'.join(way[1:-2])}; its outputs are: {known}{_hint(way, there)}"


def _hint(way: Sequence[str], there: Mapping[str, Any]) -> str:
    if there or way[0].casefold() != "stagedependencies":
        return ""
    return f". If the stage `{way[1]}` is not rehearsed, give the value of the variable, --variable NAME=VALUE"


_WITH_OUTPUTS = ("dependencies", "stagedependencies")
_TO_OUTPUTS = 3


def _at(data: Mapping[str, Any], way: Sequence[str]) -> Mapping[str, Any]:
    for step in way:
        found: Any = next((value for name, value in data.items() if name.casefold() == step.casefold()), {})
        data = found if isinstance(found, Mapping) else {}
    return data
