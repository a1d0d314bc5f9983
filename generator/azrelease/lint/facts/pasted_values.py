"""What the agent pastes into a script in place of a macro, as far as the file says it."""

import re
from typing import NamedTuple

from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.variables import matrix_legs, variables
from azrelease.syntax import Block, PipelineFile
from azrelease.syntax.embedded import is_computed

MACRO_NAME = re.compile(r"\$\((?P<name>[A-Za-z_][\w.\-]*)\)")

_FOLDERS = frozenset(
    (
        *(
            "agent.builddirectory",
            "agent.homedirectory",
            "agent.rootdirectory",
            "agent.tempdirectory",
            "agent.toolsdirectory",
        ),
        *(
            "agent.workfolder",
            "build.artifactstagingdirectory",
            "build.binariesdirectory",
            "build.repository.localpath",
        ),
        *("build.sourcesdirectory", "build.stagingdirectory", "common.testresultsdirectory", "pipeline.workspace"),
        *("system.artifactsdirectory", "system.defaultworkingdirectory"),
    )
)
_TEXTS = frozenset(
    (
        *("agent.os", "agent.jobstatus", "agent.name", "build.definitionname", "build.reason", "build.repository.name"),
        *(
            "build.requestedfor",
            "build.sourcebranch",
            "build.sourcebranchname",
            "environment.name",
            "system.teamproject",
        ),
        *("build.repository.provider", "build.sourceversionmessage", "system.stagename", "system.jobname"),
    )
)
"""Predefined variables, in lower case, whose values are words, never numbers."""


class PastedMacro(NamedTuple):
    """A macro in a script.

    Attributes:
        name: the variable.
        start: its offset in the script.
        end: the offset behind it.
        value: its value, where the file has one and nothing else sets it; None otherwise.
    """

    name: str
    start: int
    end: int
    value: str | None

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of the agent: with backslashes on Windows."""
        return self.name.casefold() in _FOLDERS

    @property
    def is_text(self) -> bool:
        """Whether its value is certainly a word of letters."""
        return self.name.casefold() in _TEXTS


def pasted_macros(script: Script, file: PipelineFile) -> tuple[PastedMacro, ...]:
    """The macros of a script, in the order of the text."""
    if "$(" not in script.text:
        return ()
    values = _values(script, file)
    return tuple(
        PastedMacro(match["name"], match.start(), match.end(), values.get(match["name"].casefold()))
        for match in MACRO_NAME.finditer(script.text)
    )


def _values(script: Script, file: PipelineFile) -> dict[str, str]:
    """The variables with one literal value, by name in lower case."""
    found: dict[str, set[str]] = {}
    for variable in variables(file):
        found.setdefault(variable.name.casefold(), set()).add(variable.node.value)
    for leg in matrix_legs(script.step.job):
        for entry in leg.value.entries if isinstance(leg.value, Block) else ():
            found.setdefault(entry.name.casefold(), set()).update(("", "other"))
    text = file.document.text.casefold()
    return {
        name: next(iter(values))
        for name, values in found.items()
        if len(values) == 1 and f"variable={name}" not in text and not any(map(is_computed, values))
    }
