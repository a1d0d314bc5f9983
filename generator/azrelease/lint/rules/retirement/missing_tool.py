"""AZR710: programs that an image does not have any more."""

import re

from azrelease.lint.facts.pools import image_node
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_IMAGES = ("ubuntu-24.04", "ubuntu-26.04", "ubuntu-latest")
_TOOLS = {
    "docker-compose": (None, "Write `docker compose`."),
    "mono": (None, "Install it before, or use `dotnet`."),
    "terraform": (Severity.INFO, "Install it before, with a task or a script."),
}
"""The program, the severity where it differs, and what to do. Source: actions/runner-images#9848, #9864, #10636, #11675, #13335."""

_INSTALLS = r"(?:install|curl|wget|setup|download|unzip|snap|brew|asdf|tfenv)\b[^\n]*{0}|{0}[^\n]*(?:\binstall|linux_amd64|releases)"
_MONO_TASKS = frozenset(("nugetcommand", "nugetrestore", "nugetpublisher"))


def check(file: LintedFile) -> Findings:
    """Programs in bash scripts, and NuGetCommand, on images of Ubuntu 24.04 and later, in jobs that do not install them."""
    for job in file.outline.jobs:
        if job.is_open or not job.steps or job.block.entry("container") or file.root.entry("container"):
            continue
        node = image_node(job.steps[0], file.root)
        if node is None or node.value.strip().casefold() not in _IMAGES:
            continue
        text = "\n".join(script.text for step in job.steps for script in file.scripts_of(step))
        tasks = " ".join(step.task_name for step in job.steps)
        for step in job.steps:
            if step.task_name in _MONO_TASKS and not _is_installed("mono", text, tasks):
                message = f"`{step.task}` needs mono, which the image `{node.value}` does not have"
                yield file.finding(
                    RULE.code,
                    message,
                    step.head,
                    "Use `dotnet`, with NuGetAuthenticate@1, or a Windows image.",
                    level=Severity.ERROR,
                )
            for script in file.scripts_of(step) if step.block.entry("target") is None else ():
                for command in script.calls(*_TOOLS) if script.language == "bash" else ():
                    tool = command[0].text
                    level, hint = _TOOLS.get(tool, (None, ""))
                    if tool in _TOOLS and not _is_installed(tool, text, tasks):
                        message = f"the image `{node.value}` may not have `{tool}` any more"
                        where = (script, command[0].start, command[0].end)
                        yield file.in_script(RULE.code, message, where, hint, level)


def _is_installed(tool: str, text: str, tasks: str) -> bool:
    return tool in tasks or re.search(_INSTALLS.format(re.escape(tool)), text, re.IGNORECASE) is not None


_STEPS = "pool:\n  vmImage: ubuntu-24.04\nsteps:\n- bash: {} up --detach\n"

RULE = Rule(
    code=Code("AZR710", "missing-tool", Severity.WARNING),
    summary="a program that the image does not have any more",
    why=(
        "Ubuntu 24.04 and later come without programs that earlier images had: the step ends with *command not found* (actions/runner-images#10636). "
        "The rule asks for the image and the scripts of the job, and says nothing where a step seems to install the program."
    ),
    wrong=_STEPS.format("docker-compose"),
    right=_STEPS.format("docker compose"),
    check=check,
)
