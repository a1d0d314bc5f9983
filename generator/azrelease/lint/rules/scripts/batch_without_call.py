"""AZR805: batch files that a cmd script runs without `call`."""

from azrelease.lint.facts.cmd_words import CmdCommand, cmd_commands
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_BATCH_FILES = frozenset(
    (
        *("az", "npm", "npx", "yarn", "yarnpkg", "pnpm", "pnpx", "corepack"),
        *("ng", "tsc", "eslint", "gulp", "grunt", "lerna", "nx", "rush", "tfx", "vsce", "newman", "webpack", "bower"),
        *("jest", "mocha", "cordova", "ionic", "firebase", "serverless", "lage", "turbo", "rimraf", "prettier"),
        *("mvn", "mvnw", "gradle", "gradlew", "ant", "sbt", "code", "gcloud", "gsutil", "bq"),
        *("gem", "bundle", "rake", "composer", "flutter", "vcvarsall", "vcvars64", "vcvars32", "vsdevcmd"),
        *("bootstrap-vcpkg", "emsdk", "emcmake", "emmake"),
    )
)
"""Programs that are batch files on Windows: the launchers of npm and its packages, of Java, Ruby and the Azure CLI."""

_ENDS = frozenset(("exit", "endlocal", "goto", "popd"))


def check(file: LintedFile) -> Findings:
    """The first batch file without `call` in a script for cmd that goes on behind it."""
    for script, shell in file.script_shells:
        if shell.language != "cmd" or "\n" not in script.text.strip():
            continue
        found = cmd_commands(script.text)
        for index, command in enumerate(found):
            if not _is_batch_file(command):
                continue
            rest = [each for each in found[index + 1 :] if each.line > command.line and each.program not in _ENDS]
            if rest:
                word = command.words[0]
                where = "" if shell.is_certain else "on Windows, "
                message = f"{where}`{word.text}` is a batch file: the script ends with it, and nothing after it runs"
                hint = f"Write `call {word.text}`." if shell.is_certain else "Use `bash`, or give it a step of its own."
                yield file.in_script(RULE.code, message, (script, word.start, command.words[-1].end), hint)
                break


def _is_batch_file(command: CmdCommand) -> bool:
    text = command.words[0].text.casefold()
    if command.before == "|" or "%" in text.rpartition("\\")[2] or "$(" in text or "${{" in text:
        return False
    if text.endswith((".bat", ".cmd")):
        return True
    return not text.endswith((".exe", ".com")) and command.program in _BATCH_FILES


_STEP = "pool:\n  vmImage: windows-2025\nsteps:\n- script: |\n    {0}npm ci\n    {0}npm test\n"

RULE = Rule(
    code=Code("AZR805", "batch-without-call", Severity.WARNING),
    summary="a batch file that a cmd script runs without `call`",
    why=(
        "cmd does not come back from a batch file that is started without `call`: the rest of the script is skipped, and the step succeeds when the batch file did "
        "(learn.microsoft.com/azure/devops/pipelines/tasks/reference/cmd-line-v2, *Running batch and .CMD files*). On Windows npm, yarn, mvn, gradlew, az and other "
        "launchers are batch files. Asks which shell runs the script: cmd on a hosted Windows image, also as a leg of a matrix, and for `scriptType: batch`. Silent "
        "where the image is unknown, for computed programs, and inside `if` and `for` on one line."
    ),
    wrong=_STEP.format(""),
    right=_STEP.format("call "),
    check=check,
)
