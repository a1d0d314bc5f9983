"""AZR809: commands whose failure does not fail the step."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from azrelease.lint.facts.cmd_words import cmd_commands
from azrelease.lint.facts.decisive_commands import is_decisive
from azrelease.lint.facts.powershell_text import powershell_code
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import Command, commands
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_LOOKED_AT = {
    "bash": re.compile(
        r"\bset[ \t]+(?:-[a-z]*e|-o[ \t]+errexit|\+e)|-o errexit|\$\?|PIPESTATUS|\btrap\b|\(\)\s*\{|^\s*function\b|\bexit 0\b",
        re.MULTILINE,
    ),
    "cmd": re.compile(r"errorlevel|\|\|", re.IGNORECASE),
    "powershell": re.compile(r"LASTEXITCODE|\$\?|PSNativeCommandUseErrorActionPreference|\bexit\b", re.IGNORECASE),
}
"""Scripts that look at exit codes, or say that they do not matter."""

_FAST = re.compile(
    r"dotnet|npm|docker|msbuild|sqlpackage|sqlcmd|python|test|tox|nox|check|verify|jest|mocha|rspec|bats|e2e|cypress|playwright|helm|kubectl|terraform|tofu|pulumi|push|publish|upload|\baz\b",
    re.IGNORECASE,
)
_OPENS = frozenset(("if", "case", "for", "while", "until", "select"))
_CLOSES = frozenset(("fi", "done", "esac"))
_KEEPS_CODE = frozenset(
    (
        "echo",
        "rem",
        "cd",
        "chdir",
        "pushd",
        "popd",
        "exit",
        "goto",
        "endlocal",
        "setlocal",
        "title",
        "type",
        "copy",
        "del",
        "move",
        "mkdir",
        "md",
        "rd",
        "rmdir",
        "dir",
        "if",
        "for",
        "set",
        "xcopy",
        "robocopy",
        "timeout",
    )
)
"""Commands of cmd that may leave the exit code of the one before as it is, or whose own is of no interest."""

_STATEMENT = re.compile(
    r"(?:^|(?<=[;\n]))[ \t]*(?:&[ \t]*)?(?P<program>[A-Za-z][\w.+-]*)(?P<rest>(?:[ \t]+(?:`\r?\n|[^\n;|`])*)?)"
)
_NATIVE = frozenset(
    (
        *(
            "az",
            "bash",
            "cargo",
            "choco",
            "cmake",
            "cmd",
            "ctest",
            "curl",
            "docker",
            "dotnet",
            "gh",
            "git",
            "go",
            "gradle",
            "gradlew",
            "helm",
        ),
        *(
            "java",
            "jest",
            "kubectl",
            "make",
            "msbuild",
            "mvn",
            "ng",
            "node",
            "npm",
            "npx",
            "nuget",
            "pip",
            "pip3",
            "pnpm",
            "pwsh",
            "py",
            "pytest",
        ),
        *("python", "python3", "tar", "terraform", "tox", "twine", "vstest.console", "yarn", "7z"),
    )
)

_BUILDS = frozenset(("dotnet", "npm", "docker", "terraform", "msbuild", "sqlpackage", "sqlcmd", "python", "az"))
"""Programs whose failure matters in AzurePowerShell, which sees none of them."""


class _Lost(NamedTuple):
    start: int
    end: int
    message: str
    hint: str


def check(file: LintedFile) -> Findings:
    """The first command of each script that tests or deploys, and whose exit code another one replaces."""
    for script, shell in file.script_shells:
        looked_at = _LOOKED_AT.get(shell.language)
        if looked_at is None or not _FAST.search(script.text) or looked_at.search(script.text):
            continue
        if _is_lenient(script):
            continue
        lost = _FIND[shell.language](script)
        if lost is not None:
            where = "" if shell.is_certain else "on Windows, " if shell.language == "cmd" else "on Linux or macOS, "
            hint = lost.hint if shell.is_certain else "Use `bash` with `set -e`, or give it a step of its own."
            yield file.in_script(RULE.code, f"{where}{lost.message}", (script, lost.start, lost.end), hint)


def _is_lenient(script: Script) -> bool:
    """Whether a step says that failures do not matter, or looks at its standard error instead."""
    step = script.step
    if (step.block.text("continueOnError") or "").casefold() == "true":
        return True
    given = (step.block.text("failOnStderr"), step.input("failOnStderr"), step.input("failOnStandardError"))
    shell_options = any(env.entry("SHELLOPTS") for env, _ in step.block.blocks("env"))
    return shell_options or any((text or "").casefold() == "true" for text in given)


def _in_bash(script: Script) -> _Lost | None:
    found = commands(script.text)
    depth = 0
    for index, command in enumerate(found[:-1]):
        first = command[0].text
        depth -= first in _CLOSES
        follows = any(other[0].start >= command[-1].end for other in found[index + 1 :])
        if depth == 0 and follows and _decides(command) and _is_alone(script.text, command):
            name = _named(command)
            message = f"bash goes on when `{name}` fails, and the step succeeds with the last command"
            return _Lost(command[0].start, command[-1].end, message, "Begin the script with `set -e`.")
        depth += first in _OPENS and not _closes_at_once(found, index)
    return None


def _closes_at_once(found: Sequence[Command], index: int) -> bool:
    return found[index][-1].text in _CLOSES


def _decides(command: Command) -> bool:
    words = [word.text for word in command]
    if words[0] == "sudo":
        words = words[1:]
    return bool(words) and is_decisive(words[0].rpartition("/")[2].casefold(), words[1:])


def _named(command: Command) -> str:
    return " ".join(word.text for word in command[:2] if not word.text.startswith("-"))


def _is_alone(text: str, command: Command) -> bool:
    """Whether no operator, bracket or substitution around a command takes its exit code."""
    before = text[: command[0].start].rstrip(" \t")
    rest = text[command[-1].end :]
    end = rest.find("\n")
    behind = re.sub(r"\d?>>?\s*&?\s*[^\s|&;]+", "", rest if end < 0 else rest[:end]).strip()
    is_first = not before or (before.endswith(("\n", ";")) and not before.endswith(";;"))
    return is_first and (not behind or behind.startswith((";", "#")))


def _in_cmd(script: Script) -> _Lost | None:
    found = cmd_commands(script.text)
    for index, command in enumerate(found):
        words = [word.text for word in command.words]
        if words[0].casefold() == "call":
            words = words[1:]
        program = words[0].replace("\\", "/").rpartition("/")[2].casefold() if words else ""
        rest = found[index + 1 :]
        if command.depth or command.before or not rest or rest[0].before:
            continue
        if is_decisive(program.removesuffix(".exe").removesuffix(".cmd"), words[1:]) and any(
            each.program not in _KEEPS_CODE for each in rest
        ):
            name = " ".join(word for word in words[:2] if not word.startswith("-"))
            message = f"cmd goes on when `{name}` fails, and the step succeeds with the last command"
            hint = "Write `|| exit /b 1` behind it, or give the commands steps of their own."
            return _Lost(command.words[0].start, command.words[-1].end, message, hint)
    return None


def _in_powershell(script: Script) -> _Lost | None:
    code = powershell_code(script.text)
    never_looks = script.step.task_name == "azurepowershell"
    found = [match for match in _STATEMENT.finditer(code) if not _is_in_block(code, match.start("program"))]
    for index, match in enumerate(found):
        program = match["program"].casefold().removesuffix(".exe")
        words = match["rest"].replace("`", " ").split()
        counts = is_decisive(program, words) or (never_looks and program in _BUILDS and bool(words))
        if not counts or code[match.end() : match.end() + 1] == "|":
            continue
        follows = any(other["program"].casefold().removesuffix(".exe") in _NATIVE for other in found[index + 1 :])
        if not follows and not never_looks:
            continue
        name = " ".join([match["program"], *(word for word in words[:1] if not word.startswith("-"))])
        message = (
            f"AzurePowerShell does not look at exit codes: the step succeeds when `{name}` fails"
            if never_looks
            else f"PowerShell goes on when `{name}` fails, and the task looks at the exit code of the last program only"
        )
        hint = "Write `if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }` behind it."
        end = match.start("program") + len(match["program"]) + len(match["rest"].split("\n")[0].rstrip())
        return _Lost(match.start("program"), end, message, hint)
    return None


def _is_in_block(code: str, position: int) -> bool:
    before = code[:position]
    return before.count("{") > before.count("}") or before.count("(") > before.count(")")


_FIND = {"bash": _in_bash, "cmd": _in_cmd, "powershell": _in_powershell}

_STEP = "steps:\n- bash: |\n    {}make check\n    echo done\n"

RULE = Rule(
    code=Code("AZR809", "lost-exit-code", Severity.WARNING),
    summary="a test or a deployment whose failure does not fail the step",
    why=(
        "bash, cmd and PowerShell go on after a program that fails, and the agent looks at the exit code of the script: that of its last command "
        "(learn.microsoft.com/azure/devops/pipelines/tasks/reference/bash-v3, *Remarks*; PowerShell@2 ends a script with `exit $LASTEXITCODE`, AzurePowerShell does not: "
        "PowerShellV2/powershell.ts, AzurePowerShellV5/azurepowershell.ts). Only for commands that test, deploy or publish, outside of conditions, loops and functions. Silent "
        "in scripts that look at an exit code, set `set -e`, end with `exit 0`, or belong to a step with `continueOnError` or `failOnStderr`."
    ),
    wrong=_STEP.format(""),
    right=_STEP.format("set -e\n    "),
    check=check,
)
