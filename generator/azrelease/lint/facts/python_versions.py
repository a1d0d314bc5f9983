"""The versions of Python that a job may select."""

import re
from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.catalog.images import image
from azrelease.lint.facts.parameter_texts import parameter_texts
from azrelease.lint.facts.variables import matrix_legs, variables
from azrelease.syntax import Block, JobOutline, PipelineFile

_MACRO = re.compile(r"\$\(([\w.\-]+)\)")


def python_versions(written: ScalarNode, job: JobOutline, file: PipelineFile) -> Iterator[tuple[ScalarNode, list[str]]]:
    """The versions that a text can be, each with the images of its leg of the matrix where that names one."""
    macro = _MACRO.fullmatch(written.value.strip())
    if macro is None:
        yield from ((node, []) for node in parameter_texts(written.value, file) or (written,))
        return
    name = macro[1].casefold()
    is_in_matrix = False
    for leg in matrix_legs(job):
        texts = (
            [e.value for e in leg.value.entries if isinstance(e.value, ScalarNode)]
            if isinstance(leg.value, Block)
            else []
        )
        images = [node.value for node in texts if image(node.value) is not None]
        for entry in leg.value.entries if isinstance(leg.value, Block) else ():
            if entry.name.casefold() == name and isinstance(entry.value, ScalarNode):
                is_in_matrix = True
                yield entry.value, images
    if not is_in_matrix:
        yield from ((variable.node, []) for variable in variables(file) if variable.name.casefold() == name)
