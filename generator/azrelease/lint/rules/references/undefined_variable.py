"""AZR223: macros of variables that nothing sets."""

import re
from collections.abc import Iterable, Iterator

from yaml import ScalarNode

from azrelease.catalog.predefined_variables import predefined_variable, predefined_variables
from azrelease.lint.facts.job_variables import ScopedVariable, VariableOrigin, VariablesOfJob
from azrelease.lint.facts.value_types import variable_name
from azrelease.lint.facts.variables import matrix_legs
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import is_plural, misspelled
from azrelease.syntax import Block, JobOutline, StepOutline
from azrelease.syntax.embedded import macros

_SHORT = 4
_PROGRAMS = frozenset(
    (
        "arch",
        "basename",
        "date",
        "dirname",
        "hostname",
        "id",
        "mktemp",
        "nproc",
        "pwd",
        "realpath",
        "uname",
        "uptime",
        "users",
        "whoami",
        "who",
    )
)
"""Programs that scripts call without arguments."""

_PREDEFINED = re.compile(r"(?:Agent|Build|Common|Environment|Pipeline|System)\.", re.IGNORECASE)


def check(file: LintedFile) -> Findings:
    """Macros in the steps of jobs: of a parameter, of an output of a step without the step, of a name that is a slip."""
    yield from _in_expressions(file)
    if "$(" not in file.document.text:
        return
    for job in file.outline.jobs:
        variables = file.run_variables.of(job)
        for step, node in _texts(job):
            for match in macros(node.value) if "$(" in node.value else ():
                found = _problem(file, variables, step, match[1])
                if found is not None:
                    message, hint = found
                    span = file.document.text_span(node, match.start(), match.end())
                    yield file.finding(RULE.code, message, span, hint)


def _in_expressions(file: LintedFile) -> Findings:
    """Names of predefined variables that do not exist, in all expressions."""
    for expression in file.expressions:
        for node in expression.parts if "variables" in expression.text.casefold() else ():
            name = variable_name(node)
            if name is None or predefined_variable(name) is not None or not _PREDEFINED.match(name):
                continue
            close = _predefined(name)
            if close is not None:
                where = (expression, node.start, node.end)
                message = f"there is no predefined variable `{name}`, so this is empty"
                yield file.in_expression(RULE.code, message, where, f"Write `variables['{close}']`.")


def _texts(job: JobOutline) -> Iterator[tuple[StepOutline, ScalarNode]]:
    """The texts of the steps of a job in which the agent expands macros."""
    for step in job.steps:
        for entry in step.block.entries:
            if isinstance(entry.value, ScalarNode) and entry.name not in ("condition", "name", "template"):
                yield step, entry.value
        for key in ("inputs", "env"):
            for block, _ in step.block.blocks(key):
                yield from ((step, entry.value) for entry in block.entries if isinstance(entry.value, ScalarNode))


def _problem(
    file: LintedFile, variables: VariablesOfJob, step: StepOutline, name: str
) -> tuple[str, str | None] | None:
    folded = name.casefold()
    if predefined_variable(name) is not None:
        return None
    own = [each for each in variables.variables if each.name.casefold() == folded]
    if own:
        return (
            _of_hook(variables, step, name, own)
            or _of_output(variables, step, name, own)
            or _of_legs(variables, step, name, own)
        )
    if _PREDEFINED.match(name):
        close = _predefined(name)
        return (f"there is no predefined variable `{name}`", f"Did you mean `{close}`?") if close else None
    if "." in name:
        return _of_step(file, variables, name)
    if variables.is_open:
        return None
    if _is_mapped_from_another(step, folded):
        message = f"`{name}` is mapped in the `env` of this step, and `$({name})` reads a variable"
        return message, "Read it as the shell reads its environment."
    if folded in file.parameters:
        return f"`{name}` is a parameter, and `$({name})` reads a variable", f"Write `${{{{ parameters.{name} }}}}`."
    close = _slip_of(name, dict.fromkeys(each.name for each in variables.variables))
    if close is None or (step.action in ("script", "bash") and folded in _PROGRAMS):
        return None  # bash runs `$(name)` as a command
    return f"no variable `{name}` can be seen: it may stay `$({name})`", f"Did you mean `{close}`?"


def _is_mapped_from_another(step: StepOutline, name: str) -> bool:
    """Whether the `env` of a step gives a name the value of something else: no variable of the name is known then."""
    entries = step.environment
    texts = [entry.value.value.casefold() for entry in entries if isinstance(entry.value, ScalarNode)]
    return any(entry.name.casefold() == name for entry in entries) and not any(f"$({name})" in text for text in texts)


def _predefined(name: str) -> str | None:
    """The predefined variable that a name is a slip of, or that has its last part."""
    known = [each.name for each in predefined_variables().values()]
    tail = name.rpartition(".")[2].casefold()
    same = [each for each in known if each.rpartition(".")[2].casefold() == tail]
    return misspelled(name, known) or (same[0] if len(same) == 1 else None)


def _slip_of(name: str, known: Iterable[str]) -> str | None:
    """The variable that a name is a slip of, or the plural of."""
    names = list(known)
    folded = name.casefold()
    plural = next((each for each in names if is_plural(folded, each.casefold())), None)
    return misspelled(name, names) or (plural if len(folded) > _SHORT else None)


def _of_hook(
    variables: VariablesOfJob, step: StepOutline, name: str, own: list[ScopedVariable]
) -> tuple[str, str | None] | None:
    """A variable that only another hook of the deployment sets."""
    hooks = {each.step.hook if each.step is not None else step.hook for each in own}
    if variables.is_open or step.hook in hooks or not step.hook:
        return None
    message = f"`{name}` is set in the hook `{min(hooks)}`, and each hook is a job of its own: it has no value here"
    return message, "Set it in this hook."


def _of_legs(
    variables: VariablesOfJob, step: StepOutline, name: str, own: list[ScopedVariable]
) -> tuple[str, str | None] | None:
    """A variable that only some legs of the matrix have. A condition may keep the step out of the others."""
    if "variables" in (step.block.text("condition") or "").casefold():
        return None
    if variables.is_open or any(each.origin is not VariableOrigin.MATRIX for each in own):
        return None
    legs = list(matrix_legs(variables.job))
    if any(not isinstance(leg.value, Block) or leg.value.open or leg.guards for leg in legs):
        return None
    without = [leg.name for leg in legs if isinstance(leg.value, Block) and not _has(leg.value, name)]
    if not without:
        return None
    return (
        f"the leg `{without[0]}` of the matrix has no `{name}`: there it may stay `$({name})`",
        f"Write `{name}: ''` in that leg.",
    )


def _has(leg: Block, name: str) -> bool:
    return any(entry.name.casefold() == name.casefold() for entry in leg.entries)


def _of_output(
    variables: VariablesOfJob, step: StepOutline, name: str, own: list[ScopedVariable]
) -> tuple[str, str | None] | None:
    """An output of a step of the same job, read without the step."""
    if variables.is_open or not all(each.is_output for each in own) or any(each.step is step for each in own):
        return None
    setter = own[0].step
    if setter is None:
        return None
    message = f"`{name}` is an output, so its own job reads it with the name of its step"
    if setter.name is None:
        return message, "Give the step that sets it a `name`, or leave out `isOutput=true`."
    return message, f"Write `$({setter.name}.{name})`."


def _of_step(file: LintedFile, variables: VariablesOfJob, name: str) -> tuple[str, str | None] | None:
    """`$(STEP.NAME)` of a step that is in another job only."""
    first, _, output = name.partition(".")
    if any((step.name or "").casefold() == first.casefold() for step in variables.job.steps) or variables.job.is_open:
        return None
    if output.casefold() == "securefilepath":
        message = f"no step of this job is called `{first}`, so `$({name})` may stay text"
        return message, f"Give the step with DownloadSecureFile `name: {first}`."
    for job in file.outline.jobs:
        for each in file.run_variables.of(job).variables if job is not variables.job else ():
            is_it = each.is_output and each.step is not None and (each.step.name or "").casefold() == first.casefold()
            if is_it and each.name.casefold() == output.casefold():
                message = f"`{name}` is an output of another job: a macro reads those of its own job"
                return message, f"Read it in a variable of this job: `$[ {_reference(variables.job, job, name)} ]`."
    return None


def _reference(reader: JobOutline, job: JobOutline, name: str) -> str:
    """The reference with which a job reads an output of another."""
    output = f"{job.name}.{name}" if job.is_deployment else name
    if job.stage is reader.stage:
        return f"dependencies.{job.name}.outputs['{output}']"
    return f"stageDependencies.{job.stage.name}.{job.name}.outputs['{output}']"


RULE = Rule(
    code=Code("AZR223", "undefined-variable", Severity.WARNING),
    summary="a macro of a variable that nothing sets",
    why=(
        "The agent leaves `$(name)` as it is, and a script may run it as a command (learn.microsoft.com/azure/devops/pipelines/process/variables, "
        "Understand variable syntax). The rule asks for the variables of the job, its parameters and outputs, and the predefined ones. Variables may also come from "
        "the portal, so it reports only names of parameters, of outputs without their step, and slips of a known name; in a job with variable "
        "groups or templates out of reach, only the predefined ones."
    ),
    wrong='parameters:\n- name: tag\n  type: string\n  default: latest\nsteps:\n- bash: ./push.sh "$(tag)"\ntrigger: none\n',
    right='parameters:\n- name: tag\n  type: string\n  default: latest\n  values: [latest, next]\nsteps:\n- bash: ./push.sh "${{ parameters.tag }}"\ntrigger: none\n',
    check=check,
    of_run=True,
)
