"""The names of variables that a script certainly finds in its environment."""

import re

from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.variables import variables
from azrelease.syntax import PipelineFile, StepOutline

_PREDEFINED = re.compile(r"(?:BUILD|SYSTEM|AGENT|PIPELINE|RELEASE|ENVIRONMENT)_[A-Z0-9_]+|TF_BUILD")


def environment_names(script: Script, file: PipelineFile) -> frozenset[str]:
    """The names, in upper case, of the entries of `env` and of the variables that the file sets."""
    names = {entry.upper() for entry in env_names(script.step)}
    names.update(re.sub(r"[. ]", "_", variable.name).upper() for variable in variables(file))
    return frozenset(names)


def env_names(step: StepOutline) -> tuple[str, ...]:
    """The names in `env` of a step, as written."""
    return tuple(entry.name for entry in step.environment if "${{" not in entry.name)


def is_predefined(name: str) -> bool:
    """Whether the agent sets an environment variable of that name, in upper case."""
    return _PREDEFINED.fullmatch(name) is not None
