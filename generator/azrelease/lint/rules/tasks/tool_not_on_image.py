"""AZR415: programs that a hosted image no longer has."""

import re
from collections.abc import Sequence

from azrelease.catalog.images import image
from azrelease.lint.facts.pools import image_node
from azrelease.lint.facts.steps_before import all_are_seen, steps_before
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import StepOutline

_NEED_MONO = frozenset(("nugetcommand@2", "nugetrestore@1"))
_INSTEAD = {
    "docker-compose": "Write `docker compose`.",
    "mono": "Use `dotnet`, or install mono before.",
    "msbuild": "Use `dotnet msbuild`.",
    "nuget": "Use `dotnet restore` and `dotnet nuget`.",
    "terraform": "Install it before, such as with the task TerraformInstaller.",
}


def check(file: LintedFile) -> Findings:
    """Scripts that call such a program, and tasks that need one, where no step before may install it."""
    if not any(program in file.document.text.casefold() for program in _INSTEAD):
        return
    for script in file.scripts:
        lacks = _lacks(script.step, file) if script.language in ("bash", "powershell") else ()
        call = next(iter(script.calls(*lacks)), None) if lacks else None
        if call is not None and not _may_be_installed(call[0].text, script.step, file):
            message = f"the image `{_label(script.step, file)}` may not have `{call[0].text}`"
            where = (script, call[0].start, call[0].end)
            # Terraform is what most users bring along in ways that a file does not show.
            level = Severity.INFO if call[0].text == "terraform" else Severity.WARNING
            yield file.in_script(RULE.code, message, where, _INSTEAD[call[0].text], level)
    yield from _tasks(file)


def _tasks(file: LintedFile) -> Findings:
    for task in file.known_tasks:
        needs_mono = task.definition.reference.casefold() in _NEED_MONO and "mono" in _lacks(task.step, file)
        if needs_mono and not _may_be_installed("mono", task.step, file):
            message = (
                f"{task.definition.reference} needs mono, which the image `{_label(task.step, file)}` does not have"
            )
            is_sure = not task.step.guards and not task.step.block.entry("condition") and _restores(task.step)
            level = None if is_sure and all_are_seen(steps_before(task.step), file.scripts) else Severity.WARNING
            yield file.finding(RULE.code, message, task.node, "Use DotNetCoreCLI@2 with `restore`.", level=level)


def _restores(step: StepOutline) -> bool:
    return (step.input("command") or "restore").casefold() == "restore"


def _label(step: StepOutline, file: LintedFile) -> str:
    node = image_node(step, file.root)
    return node.value if node is not None else ""


def _lacks(step: StepOutline, file: LintedFile) -> tuple[str, ...]:
    """The programs that the image of a step lacks; none in a container, and where the image is unknown."""
    found = image(_label(step, file))
    if found is not None and found.resolves_to is not None:
        found = image(found.resolves_to)
    return () if found is None or step.job.block.entry("container") else found.lacks


def _may_be_installed(program: str, step: StepOutline, file: LintedFile) -> bool:
    """Whether a step up to this one may install a program: by its name, or because it cannot be seen what it does."""
    if step.job.is_open or step.block.entry("target"):
        return True
    before = steps_before(step)
    texts = {id(script.step.block): script.text for script in file.scripts}
    tasks = " ".join(other.task_name for other in before)
    own = texts.get(id(step.block), "")
    installs = re.compile(
        rf"(?:install|apt|brew|choco|curl|wget|pip|unzip|PATH|tfenv)[^\n]*|function\\s+{program}|alias", re.IGNORECASE
    )
    return (
        program in tasks
        or any(program in text or installs.search(text) for text in _texts(before, texts))
        or any(installs.search(line) for line in own.splitlines())
        or not _are_known(before, file)
    )


def _texts(steps: Sequence[StepOutline], texts: dict[int, str]) -> list[str]:
    return [texts.get(id(step.block), "") for step in steps]


def _are_known(steps: Sequence[StepOutline], file: LintedFile) -> bool:
    """Whether no step runs a task that is not built in."""
    return all(step.action != "task" or file.context.tasks.task(step.task) is not None for step in steps)


_STEP = "pool:\n  vmImage: ubuntu-24.04\nsteps:\n- bash: {} -f test/compose.yml up -d\n"

RULE = Rule(
    code=Code("AZR415", "tool-not-on-image", Severity.ERROR),
    summary="a program that the hosted image no longer has",
    why=(
        "Images of Ubuntu from 24.04 on have no Terraform, mono, MSBuild, NuGet and `docker-compose` (actions/runner-images#10636, #9864, #11675, #13335); `ubuntu-latest` is one of them. "
        "NuGetCommand checks for mono and fails: an error. A script may find the program elsewhere: a warning, with *may*. Silent in containers, behind steps that name the program, install "
        "something or cannot be seen, and behind tasks of extensions."
    ),
    wrong=_STEP.format("docker-compose"),
    right=_STEP.format("docker compose"),
    check=check,
)
