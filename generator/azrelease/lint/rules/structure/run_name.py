"""AZR118: numbers of runs that the service refuses, or that keep the text of a macro."""

import re

from azrelease.catalog.predefined_variables import Known, predefined_variable
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import macros

_REFUSED = re.compile(r"[\"/:<>'|?@*\\]")
_COMPUTED = re.compile(r"\$\([^)]*\)|\$\{\{.*?\}\}|\$\[.*\]")
_MOST = 255


def check(file: LintedFile) -> Findings:
    """The `name` of a pipeline."""
    node = file.root.scalar("name")
    if node is None or not node.value:
        return
    text = str(node.value)
    plain = _COMPUTED.sub(lambda match: " " * len(match[0]), text)
    refused = _REFUSED.search(plain)
    if refused is not None and not text.startswith("$["):
        message = f"`{refused[0]}` is refused in the number of a run"
        span = file.document.text_span(node, refused.start(), refused.end())
        yield file.finding(RULE.code, message, span, "Use letters, digits, blanks, `.`, `-` or `_`.")
    elif plain.endswith("."):
        yield file.finding(
            RULE.code, "the number of a run ends with a dot, which is refused", node, "Remove the dot at the end."
        )
    elif len(plain.replace(" ", "")) > _MOST:
        yield file.finding(RULE.code, f"the number of a run has more than {_MOST} characters", node, "Make it shorter.")
    for match in macros(text) if "$(" in text else ():
        known = predefined_variable(match[1])
        is_later = known is not None and known.known in (Known.JOB, Known.STEP)
        if is_later or match[1].casefold().startswith("resources.pipeline."):
            message = f"`{match[0]}` has no value when the number is made: it may stay text"
            hint = "Set the number in a step: `##vso[build.updatebuildnumber]…`."
            span = file.document.text_span(node, match.start(), match.end())
            yield file.finding(RULE.code, message, span, hint, level=Severity.WARNING)


RULE = Rule(
    code=Code("AZR118", "run-name", Severity.ERROR),
    summary="a number of a run that the service refuses",
    why=(
        "The service refuses to start a run whose number has one of `\" / : < > ' | ? @ *`, ends with a dot or is longer than 255 characters "
        "(learn.microsoft.com/azure/devops/pipelines/process/run-number). It is made before an agent has the job: macros of later variables stay text, which is a warning."
    ),
    wrong="name: $(Date:yyyyMMdd):$(Rev:r)\nsteps:\n- script: make\n",
    right="name: $(Date:yyyyMMdd).$(Rev:r)\nsteps:\n- script: make\n",
    check=check,
)
