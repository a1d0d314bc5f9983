"""AZR412: service connections, environments and pools whose name only the run knows."""

import re

from yaml import ScalarNode

from azrelease.lint.facts.logging_commands import variables_set
from azrelease.lint.facts.variables import matrix_legs, of_block, variables
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block, StepOutline
from azrelease.syntax.embedded import macros


def check(file: LintedFile) -> Findings:
    """Names that the service reads before the run: with `$[ ]`, a macro that a script sets, or one of the job."""
    yield from _connections(file)
    for job in file.outline.jobs:
        block = job.block.block("environment")
        node = block.scalar("name") if block is not None else job.block.scalar("environment")
        if node is not None:
            own = of_block(job.block) if job.block is not file.root else ()
            yield from _environment(file, node, {name.casefold() for name, _ in own})


def _connections(file: LintedFile) -> Findings:
    for known in file.known_tasks:
        for entry, definition in known.given:
            node = entry.value
            if definition is None or not isinstance(node, ScalarNode):
                continue
            if definition.type == "securefile" and _FILE_ON_AGENT.match(node.value.strip()):
                message = "this takes the name of a secure file, which the service looks up before the run, not a path"
                yield file.finding(RULE.code, message, node, "Write the name of the secure file in the library.")
            elif definition.type == "securefile":
                yield from _name(file, node, "the secure file", known.step)
            elif definition.type.startswith("connectedservice"):
                yield from _name(file, node, "the connection", known.step)


def _name(file: LintedFile, node: ScalarNode, what: str, step: StepOutline) -> Findings:
    """A name that the service looks up before the run."""
    if node.value.strip().startswith("$["):
        message = f"the service reads {what} before the run, and evaluates no `$[ ]` in inputs"
        yield file.finding(RULE.code, message, node, _HINT)
    for match in macros(node.value) if "$(" in node.value else ():
        if match[1].casefold() in _set_in_run(file) | _of_matrix(file, step):
            message = f"`{match[0]}` gets its value in the run, and the service reads {what} before it"
            span = file.document.text_span(node, match.start(), match.end())
            yield file.finding(RULE.code, message, span, _HINT)


def _of_matrix(file: LintedFile, step: StepOutline) -> set[str]:
    """The variables, in lower case, that only the matrix of a job gives."""
    legs = (leg.value for leg in matrix_legs(step.job))
    names = {entry.name.casefold() for leg in legs if isinstance(leg, Block) for entry in leg.entries}
    return names - {name.casefold() for name, _ in variables(file)}


_FILE_ON_AGENT = re.compile(r"\$\((?:Agent|Build|System|Pipeline)\.\w+\)[\\/]|\$\(\w+\.secureFilePath\)", re.IGNORECASE)
_HINT = "Write the name, or use a parameter: `${{ parameters.name }}`."


def _set_in_run(file: LintedFile) -> set[str]:
    """The variables, in lower case, that only scripts set; outputs with their step."""
    declared = {name.casefold() for name, _ in variables(file)}
    found: set[str] = set()
    for each in variables_set(file.scripts):
        step = each.command.script.step
        name = f"{step.name}.{each.name}" if each.is_output and step.name else each.name
        found.add(name.casefold())
    return found - declared


def _environment(file: LintedFile, node: ScalarNode, of_job: set[str]) -> Findings:
    text = node.value.strip()
    if text.startswith("$["):
        message = "the service reads the environment before the run, and evaluates no `$[ ]` here"
        yield file.finding(RULE.code, message, node, "Write `${{ variables.name }}` or `${{ parameters.name }}`.")
        return
    outside = {name.casefold() for name, _ in variables(file)} - of_job
    for match in macros(text) if "$(" in text else ():
        name = match[1].casefold()
        if name in of_job and name not in outside:
            message = (
                f"`{match[0]}` is a variable of the job itself, which may have no value when its environment is read"
            )
            span = file.document.text_span(node, match.start(), match.end())
            hint = "Write the name, or a variable of the stage or the pipeline."
            yield file.finding(RULE.code, message, span, hint, level=Severity.WARNING)
        elif name in _set_in_run(file):
            message = f"`{match[0]}` gets its value in the run, and the service reads the environment before it"
            span = file.document.text_span(node, match.start(), match.end())
            yield file.finding(RULE.code, message, span, "Use a parameter: `${{ parameters.environment }}`.")


_STEPS = (
    'steps:\n- bash: echo "##vso[task.setvariable variable=connection]ml-azure"\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: {}\n    scriptType: bash\n'
    "    scriptLocation: inlineScript\n    inlineScript: az account show\n"
)

RULE = Rule(
    code=Code("AZR412", "resource-at-run-time", Severity.ERROR),
    summary="a service connection, environment or secure file whose name only the run knows",
    why=(
        "The service authorizes connections and environments before the run, so it takes the text of the macro for the name and finds none "
        "(learn.microsoft.com/azure/devops/pipelines/library/service-endpoints; microsoft/azure-pipelines-tasks#11088). The rule asks for the variables that only scripts or a matrix set. It says nothing of "
        "variables of the file, of groups and of the portal, which are known then; a variable of the job in the name of its environment is a warning."
    ),
    wrong=_STEPS.format("$(connection)"),
    right=_STEPS.format("ml-azure"),
    check=check,
)
