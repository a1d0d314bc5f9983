"""The expression language of Azure Pipelines: `${{ }}`, `$[ ]` and conditions.

Text goes in at `parse`, a tree comes out, or an `ExpressionError` with the place in the text. `evaluate` computes a
tree, as far as its parts are known; `expression_text` writes what is left.
"""

from azrelease.syntax.expressions.casting import to_boolean, to_number, to_text, to_version
from azrelease.syntax.expressions.evaluator import evaluate
from azrelease.syntax.expressions.functions import FUNCTIONS, RESULTS, STATUS_FUNCTIONS, Function
from azrelease.syntax.expressions.lexer import ExpressionError
from azrelease.syntax.expressions.library import doubled
from azrelease.syntax.expressions.nodes import (
    Call,
    Index,
    Literal,
    Name,
    Node,
    Opaque,
    Version,
    Wildcard,
    calls,
    route,
    walk,
)
from azrelease.syntax.expressions.parser import MAX_DEPTH, parse, parsed
from azrelease.syntax.expressions.printing import embedded_text, expression_text
from azrelease.syntax.expressions.values import (
    UNKNOWN,
    CaselessMapping,
    Contexts,
    EvaluationError,
    Members,
    OpenCollection,
    OpenMapping,
    Unknown,
    Value,
    common_kind,
    is_known,
    is_list,
)

__all__ = [
    "FUNCTIONS",
    "MAX_DEPTH",
    "RESULTS",
    "STATUS_FUNCTIONS",
    "UNKNOWN",
    "Call",
    "CaselessMapping",
    "Contexts",
    "EvaluationError",
    "ExpressionError",
    "Function",
    "Index",
    "Literal",
    "Members",
    "Name",
    "Node",
    "Opaque",
    "OpenCollection",
    "OpenMapping",
    "Unknown",
    "Value",
    "Version",
    "Wildcard",
    "calls",
    "common_kind",
    "doubled",
    "embedded_text",
    "evaluate",
    "expression_text",
    "is_known",
    "is_list",
    "parse",
    "parsed",
    "route",
    "to_boolean",
    "to_number",
    "to_text",
    "to_version",
    "walk",
]
