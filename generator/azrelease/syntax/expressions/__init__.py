"""The expression language of Azure Pipelines: `${{ }}`, `$[ ]` and conditions.

Text goes in at `parse`, a tree comes out, or an `ExpressionError` with the place in the text. `evaluate` computes a
tree.
"""

from azrelease.syntax.expressions.evaluator import UNKNOWN, Contexts, EvaluationError, Unknown, Value, evaluate
from azrelease.syntax.expressions.functions import FUNCTIONS, STATUS_FUNCTIONS, Function
from azrelease.syntax.expressions.lexer import ExpressionError
from azrelease.syntax.expressions.nodes import Call, Index, Literal, Name, Node, Opaque, Wildcard, calls, route, walk
from azrelease.syntax.expressions.parser import MAX_DEPTH, parse

__all__ = [
    "FUNCTIONS",
    "MAX_DEPTH",
    "STATUS_FUNCTIONS",
    "UNKNOWN",
    "Call",
    "Contexts",
    "EvaluationError",
    "ExpressionError",
    "Function",
    "Index",
    "Literal",
    "Name",
    "Node",
    "Opaque",
    "Unknown",
    "Value",
    "Wildcard",
    "calls",
    "evaluate",
    "parse",
    "route",
    "walk",
]
