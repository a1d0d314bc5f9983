"""AZR818: `az` in a step that is not logged in."""

import re
from collections.abc import Sequence

from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import Command
from azrelease.lint.facts.steps_before import all_are_seen, is_fresh_machine, steps_before
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import StepOutline

_LOGIN = re.compile(r"\baz\s+login\b|\bAZURE_CONFIG_DIR\b|\bazd\s+auth\b")
_DEVOPS_LOGIN = re.compile(r"\baz\s+devops\s+login\b|\baz\s+login\b|AZURE_DEVOPS_EXT_PAT|\bAZURE_CONFIG_DIR\b")
_DEVOPS = frozenset(("pipelines", "repos", "boards", "artifacts", "devops"))
_WITHOUT = frozenset(
    (
        "login",
        "logout",
        "version",
        "extension",
        "bicep",
        "config",
        "configure",
        "cloud",
        "find",
        "feedback",
        "upgrade",
        "account",
        "interactive",
        "self-test",
        "survey",
        "rest",
    )
)
"""Groups that work without a login, or that a script may ask whether it is logged in."""


def check(file: LintedFile) -> Findings:
    """The first `az` of each plain script, where all steps before it are seen and none of them logs in."""
    if not any("az " in script.text for script in file.scripts):
        return
    for script in file.scripts:
        command = next((call for call in script.calls("az") if _needs_login(call)), None) if _is_plain(script) else None
        if command is None or not is_fresh_machine(script.step, file.root) or script.step.job.is_open:
            continue
        before = steps_before(script.step)
        is_devops = command[1].text in _DEVOPS
        login = _DEVOPS_LOGIN if is_devops else _LOGIN
        if login.search(script.text) or not all_are_seen(before, file.scripts) or _logs_in(before, file.scripts, login):
            continue
        name = " ".join(word.text for word in command[:3] if not word.text.startswith("-"))
        message = f"no step before `{name}` logs in for this one: it may be refused"
        if is_devops:
            message = f"no step before `{name}` logs in, and this step has no AZURE_DEVOPS_EXT_PAT: it may be refused"
        hint = _HINTS[is_devops]
        yield file.in_script(RULE.code, message, (script, command[0].start, command[-1].end), hint)


_HINTS = (
    "Run it in a task AzureCLI, which logs in for its own script only.",
    "Give the step `env` with AZURE_DEVOPS_EXT_PAT: $(System.AccessToken).",
)


def _is_plain(script: Script) -> bool:
    """Whether a script runs `az` itself, without a task or variables that log in. One with functions may only define them."""
    if script.language not in ("bash", "powershell", "cmd") or script.step.task_name in ("azurecli", "azurepowershell"):
        return False
    return "az " in script.text and not _FUNCTION.search(script.text) and "AZURE_" not in _environment(script)


_FUNCTION = re.compile(r"\w+\s*\(\)\s*\{|^\s*function\s", re.MULTILINE | re.IGNORECASE)


def _needs_login(call: Command) -> bool:
    if len(call) <= 1:
        return False
    group = call[1].text
    if not group.replace("-", "").isalnum() or group.startswith("-") or group in _WITHOUT:
        return False
    words = [word.text for word in call]
    return not _WITH_KEY.intersection(word.partition("=")[0] for word in words)


_WITH_KEY = frozenset(("--help", "-h", "configure", "--connection-string", "--account-key", "--sas-token"))
"""Words of commands that need no login, or bring their own key."""


def _environment(script: Script) -> str:
    names = [entry.name for entry in script.step.environment]
    return " ".join(names)


def _logs_in(steps: Sequence[StepOutline], scripts: Sequence[Script], login: re.Pattern[str]) -> bool:
    """Whether a step before logs in for those after it: in a script of its own, or in AzureCLI with its session kept."""
    blocks = {id(step.block): step for step in steps}
    for script in scripts:
        step = blocks.get(id(script.step.block))
        if step is not None and (
            login.search(script.text) or ("setvariable" in script.text and "AZURE_" in script.text)
        ):
            return True
    kept = [step.input("keepAzSessionActive", "useGlobalConfig") for step in steps if step.task_name == "azurecli"]
    return any(text is not None and text.casefold() != "false" for text in kept)


_RIGHT = (
    "pool:\n  vmImage: ubuntu-24.04\nsteps:\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: azure\n    scriptType: bash\n    scriptLocation: inlineScript\n"
    "    inlineScript: {}\n"
)

RULE = Rule(
    code=Code("AZR818", "az-not-logged-in", Severity.WARNING),
    summary="`az` in a step that is not logged in",
    why=(
        "AzureCLI logs in for its own script, and clears the account at its end (azureclitask.ts in microsoft/azure-pipelines-tasks); `env` of a step is gone with it. A hosted machine has no "
        "login of its own, so `az` of a plain script answers *Please run 'az login'*. Asks for all steps of the job before it. Silent on own agents and in containers, behind steps that "
        "cannot be seen (templates, tasks of extensions, scripts that run files), with AZURE_ variables in `env`, and after `az login` or `keepAzSessionActive`."
    ),
    wrong="pool:\n  vmImage: ubuntu-24.04\nsteps:\n- bash: az webapp restart --name shop --resource-group shop\n",
    right=_RIGHT.format("az webapp restart --name shop --resource-group shop"),
    check=check,
)
