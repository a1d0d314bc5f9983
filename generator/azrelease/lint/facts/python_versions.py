"""The Python versions that steps ask for."""

import re

from yaml import ScalarNode

from azrelease.syntax import StepOutline

_VERSION = re.compile(r"(\d+\.\d+)(?:\.(?:\d+|x|\*))?")


def exact_python(step: StepOutline) -> tuple[ScalarNode, str] | None:
    """The minor version, such as `3.12`, that a step with UsePythonVersion always asks for, and where it stands.

    None for other steps, for versions that are computed or a range, and for steps under a condition.
    """
    node = step.inputs.get("versionspec") if step.task_name == "usepythonversion" else None
    found = _VERSION.fullmatch(node.value.strip()) if node is not None else None
    if node is None or found is None or step.block.entry("condition"):
        return None
    return node, found[1]
