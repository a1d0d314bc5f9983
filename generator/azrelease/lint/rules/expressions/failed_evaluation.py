"""AZR308: template expressions that have no value. Expanding the pipeline finds these."""

from azrelease.diagnostics import FAILED_EVALUATION
from azrelease.lint.rule import Rule

_STEP = "steps:\n- script: echo ${{{{ {} }}}}\n"

RULE = Rule(
    code=FAILED_EVALUATION,
    summary="a template expression that cannot be evaluated",
    why=(
        "The service refuses the pipeline: a list or a mapping cannot be part of a text, `format` needs all the arguments that it names, and a "
        "file knows only the parameters that it declares. In a template it may depend on the arguments: the finding names the calls."
    ),
    wrong=_STEP.format("split('a,b', ',')"),
    right=_STEP.format("join(' ', split('a,b', ','))"),
)
