"""AZR212: template files that are not there."""

from collections.abc import Iterator
from pathlib import Path

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.templates import Reach, weight
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.suggestions import suggestion
from azrelease.syntax import Presence

_MOST_DIFFERENT = 3


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Templates of the same repository. Of a file that stands outside of one, the rest may stand elsewhere."""
    folder = Path(file.path).absolute().parent
    in_repository = file.context.templates.repository(folder) is not None
    for reference, reach, path in file.template_uses:
        if reach is Reach.MISSING and path is not None:
            beside = file.context.templates.beside(path)
            start, length = path.name[:1], len(path.name)
            alike = [name for name in beside if name[:1] == start and abs(len(name) - length) <= _MOST_DIFFERENT]
            if reference.block.presence is Presence.MAYBE and " " in reference.path:
                continue  # a message, by which authors refuse input
            level = weight(reference.block.presence) if in_repository else Severity.WARNING if beside else Severity.INFO
            node, end = reference.node, len(reference.node.value.partition("@")[0])
            place = node if end == len(node.value) else file.document.text_span(node, 0, end)
            message = f"the template `{reference.path}` is not there"
            hint = "A path is relative to the file that uses it; one that begins with `/` to the top of the repository."
            hint = suggestion(path.name, alike, hint) or hint
            yield file.finding(RULE.code, message, place, hint, level=level)


RULE = Rule(
    code=Code("AZR212", "missing-template", Severity.ERROR),
    summary="a template file is not there",
    why=(
        "The service refuses the pipeline: *File … not found in repository*. A template in another repository is out of reach, and "
        "nothing is said of it."
    ),
    wrong="steps:\n- template: steps/biuld.yml\n",
    right="steps:\n- template: steps/build.yml\n",
    check=check,
    beside=(("steps/build.yml", "steps:\n- script: echo one\n"),),
)
