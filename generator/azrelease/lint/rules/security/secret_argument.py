"""AZR516: secrets as arguments of programs."""

import re
from collections.abc import Iterator, Mapping

from azrelease.lint.facts.script_patterns import in_comment
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.secrets import SecretReference
from azrelease.lint.facts.shell_words import Command, Word, commands, without_prefix
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.redaction import names_secret
from azrelease.syntax import StepOutline
from azrelease.syntax.embedded import macros

_STDIN = 'Send it to the standard input: `echo "$PASSWORD" | {} --password-stdin`, with `PASSWORD` in the `env` of the step; or use the task `Docker@2`.'
_PASSWORD_OPTIONS = ("-p", "--password")
_OPTIONS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("docker", "login"): _PASSWORD_OPTIONS,
    ("podman", "login"): _PASSWORD_OPTIONS,
    ("buildah", "login"): _PASSWORD_OPTIONS,
    ("helm", "registry", "login"): _PASSWORD_OPTIONS,
    ("oras", "login"): _PASSWORD_OPTIONS,
    ("az", "login"): _PASSWORD_OPTIONS,
    ("az", "acr", "login"): _PASSWORD_OPTIONS,
    ("helm", "repo", "add"): ("--password",),
    ("curl",): ("-u", "--user", "--proxy-user"),
    ("wget",): ("--password", "--http-password"),
    ("sshpass",): ("-p",),
    ("mysql",): ("-p", "--password"),
    ("sqlcmd",): ("-P",),
    ("nuget", "push"): ("-ApiKey",),
    ("twine", "upload"): _PASSWORD_OPTIONS,
}
"""Programs, and their options that take a password."""

_READS_STDIN = frozenset(
    (("docker", "login"), ("podman", "login"), ("buildah", "login"), ("helm", "registry", "login"), ("oras", "login"))
)
_LONG = re.compile(
    r"--(?:[a-z]+-)*(?:password|token|api-?key|client-secret|secret|account-key|access-key|sas-token|pat)",
    re.IGNORECASE,
)
_SHELL_VARIABLE = re.compile(r"\$(?:env:)?\{?([A-Za-z_]\w*)\}?")
_SHELL_LANGUAGES = ("bash", "cmd", "powershell", None)
_PASTING = ("bash", "powershell", "azurepowershell")
"""Tasks that write their arguments into a script of their own, and log that command (source of the tasks)."""

_PASTED = "the task writes it into a script file, and prints the command to the log"
_ARGUMENTS = {
    "pythonscript": "arguments",
    "bash": "arguments",
    "powershell": "arguments",
    "azurepowershell": "scriptarguments",
    "shellscript": "args",
    "batchscript": "arguments",
    "azurecli": "arguments",
}
"""The input of a task with the arguments of its script."""

_HINT = (
    "Put it into the `env` of the step, and let the program read it from there, from a file or from its standard input."
)
_LOGIN = "Use the task `AzureCLI@2` with a service connection, best with workload identity federation: then no secret is needed."
_ADVICE = "the list of processes and logs of the system show the arguments of programs"


def check(file: LintedFile) -> Findings:
    """Options of known programs with a secret; secrets in the arguments of tasks that run a script."""
    for script in file.scripts:
        if script.language in _SHELL_LANGUAGES and "-" in script.text:
            yield from _in_script(file, script)
    for step in file.outline.steps:
        node = step.inputs.get(_ARGUMENTS.get(step.task_name, "")) if not _is_in_file(step) else None
        for match in macros(node.value) if node is not None else ():
            if node is not None and names_secret(match[1]):
                message = (
                    f"`{match[1]}` is an argument of the script: {_PASTED if step.task_name in _PASTING else _ADVICE}"
                )
                span = file.document.text_span(node, match.start(), match.end())
                hint = "Put it into the `env` of the step, and read it there in the script."
                yield file.finding(RULE.code, message, span, hint, level=Severity.WARNING)


def _is_in_file(step: StepOutline) -> bool:
    """Whether AzureCLI writes the arguments into a script for PowerShell, which no list of processes shows."""
    return step.task_name == "azurecli" and (step.input("scriptType") or "").casefold() in ("ps", "pscore")


def _in_script(file: LintedFile, script: Script) -> Findings:
    references = file.secret_references(script)
    if not references and not _SHELL_VARIABLE.search(script.text):
        return
    for command in commands(script.lines_joined_as_in_sh):
        call = without_prefix(command)
        for names, word in _passwords(call):
            reference = next((r for r in references if word.start <= r.start < word.end), None)
            if in_comment(script, word.start) or (reference is None and not _is_variable_of_secret(names, word.text)):
                continue
            name = reference.name if reference is not None else word.text.strip("\"'")
            program = " ".join(names) or call[0].text
            if names in _READS_STDIN:
                level, hint = Severity.WARNING, _STDIN.format(program)
            else:
                level, hint = _level(names, reference), _LOGIN if names == ("az", "login") else _HINT
            message = f"`{name}` is an argument of `{program}`: {_ADVICE}"
            where = (
                (script, reference.start, reference.end) if reference is not None else (script, word.start, word.end)
            )
            yield file.in_script(RULE.code, message, where, hint, level)


def _level(names: tuple[str, ...], reference: SecretReference | None) -> Severity:
    """A warning for a secret that the agent pastes where a known program takes a password."""
    return Severity.WARNING if names and reference is not None and reference.is_macro else Severity.INFO


def _passwords(call: Command) -> Iterator[tuple[tuple[str, ...], Word]]:
    """The values of options that take a password; the names of the program, or none for an unknown one."""
    if not call:
        return
    words = [word.text for word in call]
    program = words[0].rpartition("/")[2].removesuffix(".exe")
    bare = (program, *(word for word in words[1:4] if not word.startswith("-")))
    names = next((names for names in _OPTIONS if bare[: len(names)] == names), ())
    options = _OPTIONS.get(names, ())
    for index, word in enumerate(call[1:], start=1):
        option, equals, _ = word.text.partition("=")
        if option in options or (not names and _LONG.fullmatch(option)):
            if equals:
                yield names, word
            elif index + 1 < len(call):
                yield names, call[index + 1]
        elif "-p" in options and program in ("mysql", "sshpass") and word.text.startswith("-p$"):
            yield names, word


def _is_variable_of_secret(names: tuple[str, ...], text: str) -> bool:
    """Whether a password comes from a variable of the shell, for a program whose option takes nothing else."""
    if not names or names == ("curl",):
        return False
    match = _SHELL_VARIABLE.fullmatch(text)
    return match is not None and names_secret(match[1])


RULE = Rule(
    code=Code("AZR516", "secret-argument", Severity.WARNING),
    summary="a secret is an argument of a program",
    why=(
        "Every process of the machine can read the arguments of the others, and some systems log them: *never pass secrets on the command line* "
        "(learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands). Where a program reads its standard input (`docker login`), and where "
        "the agent pastes the secret as a macro for a known program, or into the arguments of a task that runs a script, it is a warning; elsewhere it is information: with `env`, only the list of processes "
        "has it. It asks the scripts of the file and their `env`, and the arguments of tasks that run a script. Parameters of functions and scripts "
        "in PowerShell are not arguments of a program, and are not reported."
    ),
    wrong="steps:\n- bash: docker login --username app --password $(registryPassword) example.azurecr.io\n",
    right=(
        'steps:\n- bash: echo "$PASSWORD" | docker login --username app --password-stdin example.azurecr.io\n'
        "  env:\n    PASSWORD: $(registryPassword)\n"
    ),
    check=check,
)
