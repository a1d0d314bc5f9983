"""AZR212: template files that do not exist."""

from pathlib import Path

from azrelease.diagnostics import MISSING_TEMPLATE
from azrelease.lint.facts.templates import Reach, weight
from azrelease.lint.rule import Findings, LintedFile, Rule, Severity
from azrelease.suggestions import closest
from azrelease.syntax import Presence

_MOST_DIFFERENT = 3


def check(file: LintedFile) -> Findings:
    """Templates of the same repository. For a file outside of a repository, templates may be elsewhere."""
    folder = Path(file.path).absolute().parent
    in_repository = file.context.templates.repository(folder) is not None
    for reference, reach, path in file.template_uses:
        if reach is Reach.MISSING and path is not None:
            beside = file.context.templates.beside(path)
            start, length = path.name[:1], len(path.name)
            alike = [name for name in beside if name[:1] == start and abs(len(name) - length) <= _MOST_DIFFERENT]
            if reference.block.presence is Presence.MAYBE and " " in reference.path:
                continue  # a message with which authors refuse input
            level = weight(reference.block.presence) if in_repository else Severity.WARNING if beside else Severity.INFO
            node, end = reference.node, len(reference.node.value.partition("@")[0])
            place = node if end == len(node.value) else file.document.text_span(node, 0, end)
            message = f"the template `{reference.path}` does not exist"
            hint = "A path is relative to the file that uses it, or to the top of the repository if it begins with `/`."
            close = closest(path.name, (name for name in alike if path.with_name(name) != Path(file.path).absolute()))
            if close is not None:
                written = reference.path.partition("@")[0]
                hint = f"Did you mean `{written.removesuffix(path.name)}{close}`?"
            yield file.finding(RULE.code, message, place, hint, level=level)


RULE = Rule(
    code=MISSING_TEMPLATE,
    summary="a template file does not exist",
    why=(
        "The service refuses the pipeline: *File … not found in repository*. Templates in other repositories are not checked."
    ),
    wrong="steps:\n- template: steps/biuld.yml\n",
    right="steps:\n- template: steps/build.yml\n",
    check=check,
    of_text=True,
    beside=(("steps/build.yml", "steps:\n- script: echo one\n"),),
)
