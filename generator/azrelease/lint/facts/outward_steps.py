"""Steps that change something outside of the run: deploy, push an image or package, publish a release."""

from azrelease.lint.facts.decisive_commands import deploys_or_publishes
from azrelease.lint.facts.deployments import deploys_by_task
from azrelease.lint.facts.publishing import publishing_task
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import commands, without_prefix
from azrelease.lint.linted_file import LintedFile
from azrelease.syntax import StepOutline

_TASKS = frozenset(("azurefilecopy", "copyfilesoverssh", "ftpupload"))


def goes_outward(file: LintedFile, step: StepOutline) -> bool:
    """Whether a step deploys, pushes or publishes, as far as its task or its commands show."""
    if step.action == "task" and (deploys_by_task(step) or step.task_name in _TASKS or publishing_task(step)):
        return True
    return any(map(_deploys, file.scripts_of(step)))


def _deploys(script: Script) -> bool:
    found = (without_prefix(command) for command in commands(script.lines_joined_as_in_sh))
    return any(
        deploys_or_publishes(words[0].text.rpartition("/")[2].casefold(), [word.text for word in words[1:]])
        for words in found
        if words
    )
