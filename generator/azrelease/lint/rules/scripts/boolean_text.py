"""AZR835: booleans of parameters that a shell compares with another spelling."""

import re

from yaml import ScalarNode

from azrelease.lint.facts.repository_files import read_text
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Diagnostic, Findings, LintedFile, Rule, Severity

_PARAMETER = r"\$\{\{\s*parameters\.(?P<parameter>\w+)\s*\}\}"
_WHOLE = re.compile(rf"\s*{_PARAMETER}\s*")
_PASTED = re.compile(rf"['\"]?{_PARAMETER}['\"]?\s*(?:==?|!=)\s*['\"]?(?P<text>true|false)\b(?!\$)")
_TURNED = re.compile(rf"['\"]?\b(?P<text>true|false)['\"]?\s*(?:==?|!=)\s*['\"]?{_PARAMETER}")
_COMMAND = re.compile(rf"^\s*(?:if|elif|while|until)\s+(?:!\s+)?{_PARAMETER}\s*(?:;|$|&&|\|\|)", re.MULTILINE)
_READ = re.compile(
    r"['\"]?(?:\$\{?(?P<name>[A-Za-z_]\w*)\}?|%(?P<cmd>[A-Za-z_]\w*)%)['\"]?\s*(?:==?|!=)\s*['\"]?(?P<text>true|false)\b"
)
_POWERSHELL_CONDITION = re.compile(
    rf"\b(?:if|elseif|while)\s*\(\s*(?:(?:-not|!)\s*\(?\s*)?(?P<condition>['\"]{_PARAMETER}['\"]|\$env:(?P<name>\w+))\s*\)",
    re.IGNORECASE,
)
_ARGUMENT = re.compile(rf"(?<!\S)-(?P<name>\w+)\s+(?P<value>['\"]?{_PARAMETER}['\"]?)")
_MINDS_CASE = frozenset(("bash", "cmd"))


def check(file: LintedFile) -> Findings:
    """Comparisons with `true` and `false` in bash and cmd, of a boolean parameter that is pasted or mapped in `env`."""
    booleans = {name for name, parameter in file.parameters.items() if parameter.type == "boolean"}
    if not booleans:
        return
    yield from _arguments(file, booleans)
    for script in file.scripts:
        if script.language == "powershell":
            yield from _conditions(file, script, booleans)
        elif script.language in _MINDS_CASE:
            yield from _comparisons(file, script, booleans)


def _comparisons(file: LintedFile, script: Script, booleans: set[str]) -> Findings:
    """Comparisons of bash and cmd, and commands of bash, with a boolean that is pasted or mapped."""
    for match in (*_PASTED.finditer(script.text), *_TURNED.finditer(script.text)):
        if match["parameter"].casefold() in booleans:
            yield _finding(file, script, match)
    mapped = _mapped(script, booleans)
    for match in _READ.finditer(script.text) if mapped else ():
        if (match["name"] or match["cmd"]) in mapped:
            yield _finding(file, script, match)
    for match in _COMMAND.finditer(script.text) if script.language == "bash" else ():
        if match["parameter"].casefold() in booleans:
            message = "this runs a command `True` or `False`, which does not exist"
            hint = f'Write `[ "${{{{ parameters.{match["parameter"]} }}}}" = "True" ]`.'
            yield file.in_script(RULE.code, message, (script, match.start(), match.end()), hint)


def _conditions(file: LintedFile, script: Script, booleans: set[str]) -> Findings:
    """Texts as conditions of PowerShell, where any text but the empty one is true."""
    mapped = {name.casefold() for name in _mapped(script, booleans)}
    for match in _POWERSHELL_CONDITION.finditer(script.text):
        name, variable = match["parameter"], match["name"]
        if (name and name.casefold() in booleans) or (variable and variable.casefold() in mapped):
            message = "this is the text `True` or `False`, and PowerShell takes any text but the empty one for true"
            start, end = match.span("condition")
            hint = f"Write `{match['condition']} -eq 'True'`."
            yield file.in_script(RULE.code, message, (script, start, end), hint)


def _arguments(file: LintedFile, booleans: set[str]) -> Findings:
    """Arguments of a script of PowerShell that takes a `[bool]`, which it refuses to make of a text."""
    for step in file.outline.steps:
        node, path = (
            step.inputs.get("arguments") or step.inputs.get("scriptarguments"),
            step.input("filePath", "ScriptPath"),
        )
        if node is None or path is None or "powershell" not in step.task_name or "${{" not in node.value:
            continue
        text = read_text(file.context.templates, file.path, path)
        for match in _ARGUMENT.finditer(node.value) if text else ():
            declared = rf"\[(?:bool|System\.Boolean)\]\s*\${re.escape(match['name'])}\b"
            if match["parameter"].casefold() in booleans and re.search(declared, text or "", re.IGNORECASE):
                message = f"the script takes a boolean for `-{match['name']}`, and gets the text `True` or `False`"
                span = file.document.text_span(node, match.start(), match.end())
                hint = f"Write `-{match['name']} ${match['value']}`, with a `$` before it."
                yield file.finding(RULE.code, message, span, hint, level=Severity.ERROR)


def _mapped(script: Script, booleans: set[str]) -> set[str]:
    """The environment variables of the step that have a boolean parameter as their value."""
    found: set[str] = set()
    for entry in script.step.environment:
        match = _WHOLE.fullmatch(entry.value.value) if isinstance(entry.value, ScalarNode) else None
        if match is not None and match["parameter"].casefold() in booleans:
            found.add(entry.name)
    return found


def _finding(file: LintedFile, script: Script, match: re.Match[str]) -> Diagnostic:
    message = f"a boolean becomes the text `True` or `False`, which is never `{match['text']}`"
    where = (script, match.start("text"), match.end("text"))
    return file.in_script(RULE.code, message, where, f"Write `{match['text'].capitalize()}`.")


_STEPS = 'parameters:\n- name: publish\n  type: boolean\n  default: false\ntrigger: none\nsteps:\n- bash: |\n    if [ "${{{{ parameters.publish }}}}" = "{}" ]; then\n      npm publish\n    fi\n'

RULE = Rule(
    code=Code("AZR835", "boolean-text", Severity.WARNING),
    summary="a script takes the text of a boolean parameter for something else",
    why=(
        "In a text, a boolean becomes `True` or `False` (learn.microsoft.com/azure/devops/pipelines/process/expressions, Type casting); bash and cmd compare with letter case, PowerShell takes both for true as a condition, and refuses both for a `[bool]`. "
        "The rule asks for the parameters of the file and the language of the script."
    ),
    wrong=_STEPS.format("true"),
    right=_STEPS.format("True"),
    check=check,
)
