"""AZR824: programs that write their progress to standard error, in steps that fail on that."""

import re

from yaml import ScalarNode

from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import without_prefix
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_VERBS = {
    "git": ("checkout", "switch", "clone", "fetch", "push", "pull"),
    "docker": ("build", "buildx"),
    "curl": (),
}
_QUIET = frozenset(("-q", "--quiet", "-s", "--silent", "--porcelain"))
_MERGED = re.compile(r"2>|GIT_REDIRECT_STDERR|\*>|&>")


def check(file: LintedFile) -> Findings:
    """The first such program in scripts of steps with `failOnStderr`."""
    if "failonst" not in file.document.text.casefold() and not file.is_expanded:
        return
    for script in file.scripts:
        switch = _switch(script)
        if switch is None or _MERGED.search(script.text) or script.language == "python":
            continue
        for call in script.calls(*_VERBS):
            command = without_prefix(call)
            words = [word.text for word in command[1:]]
            verbs = _VERBS[command[0].text.rpartition("/")[2]]
            plain = [word for word in words if not word.startswith("-")]
            if not plain or (verbs and plain[0] not in verbs) or any(_is_quiet(word) for word in words):
                continue
            name = " ".join((command[0].text, *(plain[:1] if verbs else ())))
            message = f"`{name}` writes its progress to standard error, so the step may fail though all went well"
            hint = "Remove `failOnStderr`: the exit code says whether it failed."
            yield file.finding(RULE.code, message, switch, hint)
            break


def _is_quiet(word: str) -> bool:
    return word in _QUIET or (word.startswith("-") and not word.startswith("--") and "s" in word)


def _switch(script: Script) -> ScalarNode | None:
    """What makes a step fail on text in standard error; None where nothing does."""
    step = script.step
    given = (step.block.scalar("failOnStderr"), step.inputs.get("failonstderr"), step.inputs.get("failonstandarderror"))
    return next((node for node in given if node is not None and node.value.casefold() == "true"), None)


_STEP = "steps:\n- bash: |\n    set -e\n    git checkout -b release\n    ./stamp.sh\n"

RULE = Rule(
    code=Code("AZR824", "fails-on-progress", Severity.WARNING),
    summary="a program that reports progress on standard error, in a step that fails on that",
    why=(
        "With `failOnStderr`, a step fails when anything is written to standard error (learn.microsoft.com/azure/devops/pipelines/tasks/reference/bash-v3). git, the builder of Docker and curl write "
        "their progress there (git-scm.com/docs/git-checkout, curl's manual page). Silent where standard error is redirected, and with `--quiet` or `-s`."
    ),
    wrong=_STEP + "  failOnStderr: true\n",
    right=_STEP,
    check=check,
)
