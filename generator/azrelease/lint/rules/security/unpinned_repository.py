"""AZR507: templates of another repository at a branch."""

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Findings:
    """Repositories with templates that the file uses, at a branch."""
    used = {reference.repository.casefold() for reference in file.templates if reference.repository}
    for name, resource in file.resources("repositories").items():
        if name not in used or name == "self" or resource.block.open:
            continue  # `self` is the repository of the pipeline, at the commit of the run
        ref = resource.block.scalar("ref")
        text = ref.value if ref is not None else ""
        if is_computed(text) or text.startswith("refs/tags/"):
            continue
        at = f"the branch `{text.removeprefix('refs/heads/')}`" if text else "its default branch"
        message = f"the templates of `{resource.alias}` change with every push to {at}"
        hint = "Name a tag: `ref: refs/tags/v1`."
        yield file.finding(RULE.code, message, ref if ref is not None and text else resource.node, hint)


_FILE = (
    "resources:\n  repositories:\n  - repository: shared\n    type: git\n    name: tools/shared\n    ref: {}\n"
    "steps:\n- template: build.yml@shared\n"
)

RULE = Rule(
    code=Code("AZR507", "unpinned-repository", Severity.INFO),
    summary="templates come from a branch of another repository",
    why="A push to that branch changes what this pipeline runs, with its service connections and secrets.",
    wrong=_FILE.format("refs/heads/main"),
    right=_FILE.format("refs/tags/v1"),
    check=check,
)
