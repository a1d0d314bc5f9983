"""AZR830: secrets that a script looks for in its environment."""

import re

from azrelease.lint.facts.environment_names import environment_name, names_set, reads
from azrelease.lint.facts.job_variables import ScopedVariable
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_ACCESS = environment_name("System.AccessToken")
_NO_LETTER = re.compile(r"[^a-z0-9]")


def check(file: LintedFile) -> Findings:
    """Scripts that read a secret of an earlier step from the environment, where their step does not map it."""
    has_token = "ACCESSTOKEN" in file.document.text.upper()
    for script in file.scripts:
        if has_token:
            yield from _token(file, script)
        secrets = _secrets(file, script)
        if not secrets:
            continue
        own = names_set(script) | _mapped(script)
        for read in reads(script):
            variable = next((secrets[key] for key in map(_key, (read.name, read.shell_name)) if key in secrets), None)
            if variable is None or read.has_default or read.shell_name.upper() in own:
                continue
            name = re.sub(r"\W", "_", environment_name(variable.name))
            message = f"`{variable.name}` is a secret, which no script gets in its environment: this is empty"
            hint = f"Add `env: {{{name}: $({variable.name})}}` to the step, and read `{name}`."
            yield file.in_script(RULE.code, message, (script, read.start, read.end), hint)


def _token(file: LintedFile, script: Script) -> Findings:
    """Reads of the token of the run, which is a secret too."""
    own: set[str] | None = None
    for read in reads(script):
        if read.shell_name.upper() != _ACCESS or read.has_default:
            continue
        if own is None:
            declared = {environment_name(each.name) for each in file.run_variables.of(script.step.job).variables}
            own = {*names_set(script), *_mapped(script), *declared}
        if _ACCESS not in own:
            message = "`System.AccessToken` is a secret, which no script gets in its environment: this is empty"
            hint = f"Add `env: {{{_ACCESS}: $(System.AccessToken)}}` to the step."
            yield file.in_script(RULE.code, message, (script, read.start, read.end), hint)


def _secrets(file: LintedFile, script: Script) -> dict[str, ScopedVariable]:
    """The secrets that earlier steps set, by the letters of their name."""
    step = script.step
    variables = list(file.run_variables.of(step.job).before(step))
    plain = {_key(each.name) for each in variables if not each.is_secret}
    found = {_key(each.name): each for each in variables if each.is_secret and not each.is_output}
    return {key: each for key, each in found.items() if key not in plain}


def _mapped(script: Script) -> set[str]:
    return {entry.name.upper() for entry in script.step.environment}


def _key(name: str) -> str:
    return _NO_LETTER.sub("", name.casefold())


RULE = Rule(
    code=Code("AZR830", "unmapped-secret", Severity.WARNING),
    summary="a script looks for a secret in its environment",
    why=(
        "The agent gives scripts all variables in their environment, except secrets: a secret needs an entry in the `env` of the step "
        "(learn.microsoft.com/azure/devops/pipelines/process/set-secret-variables). The rule asks for the secrets that earlier steps of the job set, "
        "with `issecret=true` or by AzureKeyVault, for the token of the run, and for the names that the script reads. Secrets of variable groups and of the portal are not known."
    ),
    wrong='steps:\n- bash: echo "##vso[task.setvariable variable=apiToken;issecret=true]$(./mint.sh)"\n- bash: ./upload.sh --token "$APITOKEN"\n',
    right=(
        'steps:\n- bash: echo "##vso[task.setvariable variable=apiToken;issecret=true]$(./mint.sh)"\n- bash: ./upload.sh --token "$APITOKEN"\n'
        "  env:\n    APITOKEN: $(apiToken)\n"
    ),
    check=check,
)
