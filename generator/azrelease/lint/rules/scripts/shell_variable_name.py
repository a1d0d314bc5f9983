"""AZR831: variables under a name that the shell does not know."""

import re

from azrelease.catalog.predefined_variables import predefined_variable
from azrelease.lint.facts.environment_names import EnvironmentRead, environment_name, names_set, reads
from azrelease.lint.facts.pools import system
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.variables import variables
from azrelease.lint.rule import Code, Diagnostic, Findings, LintedFile, Rule, Severity

_POWERSHELL_VARIABLE = re.compile(r"(?<![`$\w])\$(?P<name>[A-Za-z_]\w*)(?![\w:(])")
_OF_IMAGES = re.compile(r"CI|HOME|PATH|USER|SHELL|LANG|TMP|TEMP|\w+_(?:HOME|PATH|ROOT)")
_FORMS = {"bash": "${}", "powershell": "$env:{}", "cmd": "%{}%", "python": "os.environ['{}']"}


def check(file: LintedFile) -> Findings:
    """Reads of a predefined variable, or one of the file, by another spelling than that of the environment."""
    for script in file.scripts:
        if script.language not in _FORMS or not any(sign in script.text for sign in ("$", "%", "environ", "getenv")):
            continue
        mapped = {entry.name for entry in script.step.environment}
        own = names_set(script)
        for read in reads(script):
            if read.has_default or read.shell_name.upper() in own or read.shell_name in mapped:
                continue
            close = next((name for name in mapped if name.casefold() == read.shell_name.casefold()), None)
            if close is not None and not _ignores_case(file, script) and script.language != "cmd":
                message = f"the step maps `{close}`, and names in the environment count with their letter case"
                yield file.in_script(RULE.code, message, (script, read.start, read.end), f"Write `{close}`.")
            elif close is None:
                variable = _variable(file, script, read)
                if variable is not None:
                    yield _finding(file, script, variable, read.name, (read.start, read.end))
                elif read.shell_name in _parameters(file, script):
                    name = _parameters(file, script)[read.shell_name]
                    message = f"`{name}` is a parameter, which no script gets in its environment: this may be empty"
                    hint = f"Add `env: {{{read.shell_name}: ${{{{ parameters.{name} }}}}}}` to the step."
                    yield file.in_script(RULE.code, message, (script, read.start, read.end), hint)
        if script.language == "powershell":
            yield from _powershell_variables(file, script)
    yield from _terraform_variables(file)


def _parameters(file: LintedFile, script: Script) -> dict[str, str]:
    """The parameters of the file that no variable of the job has the name of, by their name in the environment."""
    variables_of_job = file.run_variables.of(script.step.job)
    if variables_of_job.groups:
        return {}
    known = {environment_name(each.name) for each in variables_of_job.variables}
    named = (
        (environment_name(each.name), each.name) for each in file.parameters.values() if each.name != each.name.upper()
    )
    return {name: parameter for name, parameter in named if name not in known and not _OF_IMAGES.fullmatch(name)}


def _finding(file: LintedFile, script: Script, variable: str, written: str, place: tuple[int, int]) -> Diagnostic:
    name = environment_name(variable)
    shown = _FORMS[script.language or ""].format(name)
    message = f"the variable `{variable}` is `{name}` in the environment, not `{written}`"
    return file.in_script(RULE.code, message, (script, *place), f"Write `{shown}`.")


def _powershell_variables(file: LintedFile, script: Script) -> Findings:
    """`$name` of a variable of the pipeline, which the script itself never gives a value."""
    before = {
        each.name.casefold(): each
        for each in file.run_variables.of(script.step.job).before(script.step)
        if not each.is_output and not each.is_secret
    }
    seen: set[str] = set()
    for match in _POWERSHELL_VARIABLE.finditer(script.text) if before else ():
        folded = match["name"].casefold()
        variable = before.get(folded)
        if variable is None or folded in seen or script.line_before(match.start()).startswith("#"):
            continue
        seen.add(folded)
        is_own = rf"\$\{{?(?:script:|global:)?{folded}\}}?\s*(?:[-+*/.]?=(?!=)|,|\s+in\b)|\]\s*\${folded}\b|Variable\s+['\"]?{folded}\b|\bparam\s*\([^)]*\${folded}\b"
        if re.search(is_own, script.text, re.IGNORECASE) is None:
            yield _finding(file, script, variable.name, match[0], match.span())


def _terraform_variables(file: LintedFile) -> Findings:
    """`TF_VAR_name` in `variables`: the agent gives it in upper case, and Terraform looks for the very name."""
    if "TF_VAR_" not in file.document.text or not any("terraform" in script.text for script in file.scripts):
        return
    for name, node in variables(file):
        if name.startswith("TF_VAR_") and name != name.upper():
            message = f"the agent gives this as `{name.upper()}`, and Terraform looks for `{name}`"
            hint = f"Map it in the `env` of the step: `{name}: …`."
            yield file.finding(RULE.code, message, node, hint)


def _variable(file: LintedFile, script: Script, read: EnvironmentRead) -> str | None:
    """The variable that is meant, where the shell does not find it by that name; None otherwise."""
    if "." in read.name:
        # Of `$Build.SourcesDirectory`, bash and PowerShell read `$Build`; other dots end a sentence, or a file name.
        known = predefined_variable(read.name)
        return known.name if known is not None else _dotted(file, script, read)
    if script.language == "cmd" or read.shell_name.isupper() or _ignores_case(file, script):
        return None
    known = predefined_variable(read.shell_name.replace("_", "."))
    if known is not None and "_" in read.shell_name:
        return known.name
    variables = file.run_variables.of(script.step.job)
    before = {each.name for each in variables.before(script.step) if not each.is_output and not each.is_secret}
    return read.shell_name if read.shell_name in before else None


def _dotted(file: LintedFile, script: Script, read: EnvironmentRead) -> str | None:
    """The variable of the job with exactly that name, which has dots."""
    before = file.run_variables.of(script.step.job).before(script.step)
    names = {each.name.casefold(): each.name for each in before if not each.is_output and not each.is_secret}
    return names.get(read.name.casefold())


def _ignores_case(file: LintedFile, script: Script) -> bool:
    """Whether names in the environment ignore letter case, as on Windows; also where the system is not known."""
    return script.language in ("powershell", "python") and system(script.step, file.root) in ("windows", None)


RULE = Rule(
    code=Code("AZR831", "shell-variable-name", Severity.WARNING),
    summary="a script reads a variable by a name that its environment does not have",
    why=(
        "It is empty, without an error. In the environment, the agent writes the names of variables in upper case, with `_` for dots "
        "(learn.microsoft.com/azure/devops/pipelines/process/variables, Environment variables). The rule asks for the predefined variables and for those "
        "of the job, and leaves alone names that the script sets itself or that its step maps in `env`."
    ),
    wrong='variables:\n  modelName: churn\npool:\n  vmImage: ubuntu-24.04\nsteps:\n- bash: ./train.sh --name "$modelName"\n',
    right='variables:\n  modelName: churn\npool:\n  vmImage: ubuntu-24.04\nsteps:\n- bash: ./train.sh --name "$MODELNAME"\n',
    check=check,
)
