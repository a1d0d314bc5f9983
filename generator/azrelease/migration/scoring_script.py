"""Uses of the SDK v1 in a scoring script; the images of v2 lack it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from azrelease.diagnostics import SDK_V1, Diagnostic, Span

_HINTS = {
    "get_model_path": 'Use `os.path.join(os.environ["AZUREML_MODEL_DIR"], …)`: v2 puts the model there.',
    "azureml.monitoring": "Collect data with `azureml.ai.monitoring`, and `data_collector` of the deployment.",
    "azureml.contrib.services": "`AMLRequest` and `rawhttp` come from `azureml_inference_server_http.api` now.",
}
_USUAL = (
    "The package azureml-core is out of support since 2026-06-30: remove it from the script and from the conda file."
)
_STAYS = ("azureml.ai",)


def v1_uses(path: Path) -> tuple[Diagnostic, ...]:
    """A finding for each use of the SDK v1; none for a script that is not valid Python."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ()
    return tuple(
        Diagnostic(SDK_V1, f"the scoring script uses {what}", str(path), span, hint) for what, span, hint in _uses(tree)
    )


def _uses(tree: ast.Module) -> Iterator[tuple[str, Span, str]]:
    for node in ast.walk(tree):
        for name in _imported(node):
            if name.split(".")[0] == "azureml" and not name.startswith(_STAYS):
                hint = next((hint for start, hint in _HINTS.items() if name.startswith(start)), _USUAL)
                yield f"`{name}` of the SDK v1", _span(node), hint
        if isinstance(node, ast.Attribute) and node.attr == "get_model_path":
            yield "`get_model_path` of the SDK v1", _span(node), _HINTS["get_model_path"]


def _imported(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Import):
        return tuple(alias.name for alias in node.names)
    return (node.module,) if isinstance(node, ast.ImportFrom) and node.module and node.level == 0 else ()


def _span(node: ast.stmt | ast.expr | ast.AST) -> Span:
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    end_line = getattr(node, "end_lineno", None) or line
    return Span(line, column, end_line, (getattr(node, "end_col_offset", None) or column) + 1)
