"""AZR521: verbose logs for every run."""

import re

from azrelease.lint.facts.script_patterns import matches
from azrelease.lint.facts.variables import variables
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_NAMES = {
    "system.debug": "the debug output of all tasks",
    "agent.diagnostic": "the diagnostic files of the agent",
}


def check(file: LintedFile) -> Findings:
    """`system.debug: true` and `Agent.Diagnostic: true` among the variables, without a condition."""
    folded = file.document.text.casefold()
    if "--debug" in folded:
        yield from _debugged_calls(file)
    if not any(name in folded for name in _NAMES):
        return
    for variable in variables(file):
        what = _NAMES.get(variable.name.casefold())
        if what is not None and variable.node.value.strip().casefold() == "true":
            message = f"every run logs {what}: requests, environments and answers of servers, of which only known secrets are masked"
            hint = "Remove it, and turn on *Enable system diagnostics* for the run that you look into."
            yield file.finding(RULE.code, message, variable.node, hint)


_CALL = re.compile(r"(?<![\w-])az[ \t](?:\\\n|[^\n;|&])*?[ \t](?P<option>--debug)(?![\w-])")


def _debugged_calls(file: LintedFile) -> Findings:
    for script in file.scripts:
        for match in matches(script, _CALL) if "--debug" in script.text else ():
            message = "the Azure CLI logs its requests and the answers, of which only known secrets are masked"
            where = (script, match.start("option"), match.end("option"))
            yield file.in_script(
                RULE.code, message, where, "Remove it, once you know what you looked for.", Severity.WARNING
            )


RULE = Rule(
    code=Code("AZR521", "debug-output", Severity.INFO),
    summary="every run logs its debug output",
    why=(
        "With `system.debug` tasks log what they send and get. The agent masks only the secrets that it knows: a token that a server answers with is "
        "readable for everyone who may see the log. A run can be started with diagnostics instead "
        "(learn.microsoft.com/azure/devops/pipelines/troubleshooting/review-logs). With `--debug`, the Azure CLI does the same: a warning, as its answers are keys and tokens more often. It asks the variables and scripts of the file; values that are computed, such as those of a parameter, are not reported."
    ),
    wrong="variables:\n  system.debug: true\nsteps:\n- script: make test\n",
    right="steps:\n- script: make test\n",
    check=check,
)
