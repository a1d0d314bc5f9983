"""The values of parameters: arguments, defaults, and what was given for a run, each by the type of its parameter.

Source: learn.microsoft.com/azure/devops/pipelines/process/template-parameters; conversions are measured, chapter by
chapter in `tests/expansion/measured`.
"""

from collections.abc import Callable, Mapping

from yaml import ScalarNode

from azrelease.diagnostics import PARAMETER_TYPE, PARAMETER_VALUE
from azrelease.expansion.declarations import Declaration
from azrelease.expansion.literals import typed
from azrelease.expansion.normal_jobs import normal_job
from azrelease.expansion.normal_nodes import items_of
from azrelease.expansion.normal_stages import normal_stage
from azrelease.expansion.normal_steps import normal_step
from azrelease.expansion.places import Place
from azrelease.expansion.problems import Problems
from azrelease.expansion.tree import ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence, as_text, value_of
from azrelease.suggestions import suggestion
from azrelease.syntax.expressions import UNKNOWN, Call, Literal, Unknown, Value, to_number

_NULL = frozenset(("null", "Null", "NULL"))

_NORMAL: Mapping[str, tuple[Place, Callable[[ExpandedMapping], ExpandedMapping]]] = {
    "step": (Place.STEP, normal_step),
    "job": (Place.JOB, normal_job),
    "deployment": (Place.JOB, normal_job),
    "stage": (Place.STAGE, normal_stage),
    "container": (Place.PLAIN, lambda container: container),
}
"""The types with a form of the language: the place whose templates are included, and the normal form."""

_LISTS = {Place.STEP: Place.STEPS, Place.JOB: Place.JOBS, Place.STAGE: Place.STAGES, Place.PLAIN: Place.PLAIN}
_KINDS = {"string": "text", "boolean": "a boolean", "number": "a number", "stringList": "a list of texts"}

Adopt = Callable[[ExpandedNode, Place], ExpandedNode]
"""Includes the templates in the value of a typed parameter."""


class Binding:
    """Converts values to the types of parameters.

    Attributes:
        parts: the steps, jobs and stages that are values of parameters, each list by its key in a pipeline.
    """

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self.parts: list[tuple[str, ExpandedSequence]] = []

    def value(self, declared: Declaration, adopt: Adopt, given: ExpandedNode) -> Value:
        """The value of a parameter; unknown where it does not fit, which is a problem."""
        if isinstance(given, ExpandedScalar) and isinstance(given.value, Unknown):
            return _later(declared, given.value)
        kind = declared.type
        if kind == "object":
            return value_of(typed(given))
        if kind in ("", "legacyObject"):
            return value_of(_without_null(given))
        if kind == "stringList":
            return self._texts(declared, given)
        single = kind.removesuffix("List")
        if single in _NORMAL:
            return self._part(declared, given, single, is_list=single != kind, adopt=adopt)
        return self._scalar(declared, given)

    def _scalar(self, declared: Declaration, given: ExpandedNode) -> Value:
        if not isinstance(given, ExpandedScalar):
            return self._refuse(declared, given)
        text = _text(given)
        value: Value = text
        if declared.type == "boolean":
            value = {"true": True, "false": False}.get(text.casefold())
        elif declared.type == "number":
            value = to_number(text) if text else None
        if value is None:
            return self._refuse(declared, given)
        if declared.values is not None and text not in declared.values and not _same_number(value, declared.values):
            return self._refuse_value(declared, given, text)
        return value

    def _texts(self, declared: Declaration, given: ExpandedNode) -> Value:
        if not isinstance(given, ExpandedSequence):
            return self._refuse(declared, given)
        for item in given.items:
            if not isinstance(item, ExpandedScalar):
                message = f"the parameter `{declared.name}` takes deployment jobs only"
                hint = "Write `deployment:` in place of `job:`, or give the parameter the type `jobList`."
                self._problems.add(PARAMETER_TYPE, message, item.origin, hint)
                return UNKNOWN
            if declared.values is not None and item.is_known and item.text not in declared.values:
                return self._refuse_value(declared, item, item.text)
        return given

    def _part(self, declared: Declaration, given: ExpandedNode, single: str, *, is_list: bool, adopt: Adopt) -> Value:
        place, normal = _NORMAL[single]
        if isinstance(given, ExpandedScalar) and not given.text:
            return "" if not is_list else ExpandedSequence((), given.origin)
        if isinstance(given, ExpandedSequence) is not is_list or isinstance(given, ExpandedScalar):
            return self._refuse(declared, given)
        found = adopt(given, place if isinstance(given, ExpandedMapping) else _LISTS[place])
        if isinstance(found, ExpandedScalar):
            return found
        items = found if isinstance(found, ExpandedSequence) else ExpandedSequence((found,), found.origin)
        parts = items_of(items, normal)
        for item in parts.items if single == "deployment" else ():
            if isinstance(item, ExpandedMapping) and "job" in item.nodes:
                message = f"the parameter `{declared.name}` takes deployment jobs only"
                hint = "Write `deployment:` in place of `job:`, or give the parameter the type `jobList`."
                self._problems.add(PARAMETER_TYPE, message, item.origin, hint)
                return UNKNOWN
        if place is not Place.PLAIN:
            self.parts.append((_LISTS[place], parts))
        return parts if isinstance(found, ExpandedSequence) else value_of(parts.items[0])

    def _refuse(self, declared: Declaration, given: ExpandedNode) -> Value:
        kind = _KINDS.get(declared.type) or ("a list" if declared.type.endswith("List") else f"a {declared.type}")
        shown = (
            f"`{given.text}`"
            if isinstance(given, ExpandedScalar)
            else "a list"
            if isinstance(given, ExpandedSequence)
            else "a mapping"
        )
        message = f"the parameter `{declared.name}` is {kind}, not {shown}"
        self._problems.add(PARAMETER_TYPE, message, given.origin, _macro_hint(given))
        return UNKNOWN

    def _refuse_value(self, declared: Declaration, given: ExpandedNode, text: str) -> Value:
        allowed = declared.values or ()
        message = f"the parameter `{declared.name}` cannot be `{text}`"
        hint = suggestion(text, allowed, f"Use one of: {', '.join(allowed)}.")
        self._problems.add(PARAMETER_VALUE, message, given.origin, hint)
        return UNKNOWN


def _later(declared: Declaration, value: Unknown) -> Unknown:
    """An unknown value by the type of its parameter. Only for a number, no expression converts a text to it."""
    if declared.type == "string":
        return as_text(value)
    if declared.type == "boolean":
        if value.kind != "text" or value.expression is None:
            return value
        return Unknown(Call("eq", (value.expression, Literal("true", 0, 0)), 0, 0, 0), "boolean")
    return value if declared.type == "number" or not value.kind else as_text(value)


def _without_null(node: ExpandedNode) -> ExpandedNode:
    """A plain `null` as empty text; any other node as it is."""
    if isinstance(node, ExpandedScalar) and _text(node) != node.text:
        return ExpandedScalar("", "", node.origin)
    return node


def _text(node: ExpandedScalar) -> str:
    source = node.origin.node
    is_null = not node.style and node.text in _NULL and isinstance(source, ScalarNode) and source.value == node.text
    return "" if is_null else node.text


def _same_number(value: Value, allowed: tuple[str, ...]) -> bool:
    return isinstance(value, float | bool) and any(_converted(text, value) == value for text in allowed)


def _converted(text: str, like: Value) -> Value:
    return text.casefold() == "true" if isinstance(like, bool) else to_number(text)


def _macro_hint(given: ExpandedNode) -> str | None:
    if isinstance(given, ExpandedScalar) and "$(" in given.text:
        return "A parameter gets the macro itself: templates are expanded before variables have values."
    return None
