"""Which files are expanded, and with what."""

import re
from collections.abc import Mapping
from pathlib import Path

from azrelease.expansion import ExpansionRequest
from azrelease.lint.facts.expressions import TEMPLATE
from azrelease.lint.facts.templates import Reach
from azrelease.lint.linted_file import LintedFile
from azrelease.syntax import FileKind

_USUAL_NAME = "azure-pipelines"
"""The beginning of the name that the service gives to a new pipeline."""

_OWN_VARIABLE = re.compile(r"variables\s*(?:\.\s*\w+|\[\s*'[^'.]*'\s*\]|\[\s*[^'\s])", re.IGNORECASE)
"""A variable without a dot in its name, as predefined ones have, or with a computed name."""

EVERY_RUN = ExpansionRequest(are_parameters_unknown=True)
USUAL_RUN = ExpansionRequest()
_ALONE = ExpansionRequest(are_parameters_unknown=True, is_part=True)


def kind_of(file: LintedFile) -> FileKind:
    """Pipeline or template, as far as the file, its name and the files around it show."""
    if file.kind is FileKind.EITHER and ((file.is_part and not _has_usual_name(file)) or file.is_included):
        return FileKind.TEMPLATE
    return file.kind


def _has_usual_name(file: LintedFile) -> bool:
    return Path(file.path).name.casefold().startswith(_USUAL_NAME) and "template" not in file.path.casefold()


def requests(file: LintedFile, repositories: Mapping[str, Path]) -> tuple[ExpansionRequest, ...]:
    """What to expand a file with, as far as that shows more than the file itself.

    A template with nothing known of its parameters; a pipeline also with their usual values.

    Args:
        file: the file.
        repositories: the other repositories that are here, by alias in lower case.
    """
    has_templates = any(
        use.reach is Reach.FOUND or (use.reference.repository or "").casefold() in repositories
        for use in file.template_uses
    )
    if not has_templates and not _has_known_values(file):
        return ()
    kind = kind_of(file)
    if kind is FileKind.PIPELINE or (kind is FileKind.EITHER and file.parameters):
        if not file.parameters:
            return (USUAL_RUN,)
        return (EVERY_RUN, USUAL_RUN) if has_templates else (USUAL_RUN,)
    return (_ALONE,) if has_templates or kind is not FileKind.TEMPLATE else ()


def _has_known_values(file: LintedFile) -> bool:
    """Whether an expression of a file may have a value before the run: it reads more than predefined variables."""
    if "${{" not in file.document.text:
        return False
    texts = (expression.text for expression in file.expressions if expression.usage == TEMPLATE)
    return any("variables" not in text.casefold() or _OWN_VARIABLE.search(text) for text in texts)
