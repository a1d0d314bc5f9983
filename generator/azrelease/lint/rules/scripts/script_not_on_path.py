"""AZR816: script files of the repository that are called without a folder."""

from pathlib import Path

from azrelease.lint.facts.shell_words import commands, without_prefix
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_ENDINGS = (".sh", ".bash", ".py", ".pl", ".rb")
_FOLDERS = ("cd", "pushd", "chdir", "popd")


def check(file: LintedFile) -> Findings:
    """A first word such as `build.sh`, where bash starts in the folder with that file."""
    for script, shell in file.script_shells:
        if shell.language != "bash" or not any(ending in script.text for ending in _ENDINGS):
            continue
        if (
            "PATH" in script.text
            or script.step.block.entry("workingDirectory")
            or script.step.input("workingDirectory")
        ):
            continue
        found = [without_prefix(command) for command in commands(script.text)]
        if any(command and command[0].text in _FOLDERS for command in found):
            continue
        for command in found:
            name = command[0].text if command else ""
            if "/" in name or not name.endswith(_ENDINGS) or "$" in name or not _is_in_repository(file, name):
                continue
            word = command[0]
            message = f"bash looks for `{name}` in `PATH`, which does not have the working directory"
            is_last = command is found[-1] or "set -e" in script.text
            level = None if shell.is_certain and is_last and not script.step.guards else Severity.WARNING
            hint = f"Write `bash ./{name}`." if name.endswith("sh") else f"Write `./{name}`."
            yield file.in_script(RULE.code, message, (script, word.start, word.end), hint, level)


def _is_in_repository(file: LintedFile, name: str) -> bool:
    """Whether a file is at the top of the repository; False when that is not seen from here."""
    top = file.context.templates.repository(Path(file.path).absolute().parent)
    return top is not None and (top / name).is_file()


RULE = Rule(
    code=Code("AZR816", "script-not-on-path", Severity.ERROR),
    summary="a script file that is called without a folder",
    why=(
        "bash looks for a command without a slash in `PATH` only (Bash Reference Manual, *Command Search and Execution*), and the agent does not put the working directory there: "
        "*command not found*. A warning where commands follow and bash goes on. Asks for the files of the repository. Silent unless the file is at its top, after `cd`, with a "
        "working directory, and in scripts that mention `PATH`."
    ),
    wrong="steps:\n- bash: build.sh release\n",
    right="steps:\n- bash: ./build.sh release\n",
    beside=(("build.sh", 'make "$@"\n'),),
    check=check,
)
