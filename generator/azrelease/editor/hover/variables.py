"""What a variable is: where it comes from, its value, and from when on it has one."""

from azrelease.catalog.descriptions import page, variable_description
from azrelease.catalog.predefined_variables import Known, predefined_variable
from azrelease.editor.view import FileView
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.run_model import known_variables

_TIMES = {
    Known.EXPANSION: "Known when the pipeline is expanded, so `${{ }}` can read it.",
    Known.UNCONFIRMED: "Its page says that `${{ }}` finds it empty; pipelines in use read it there.",
    Known.RUN: "Known from the start of the run; `${{ }}` finds it empty.",
    Known.JOB: "Known on the agent, when the job runs: in macros and scripts.",
    Known.STEP: "Known in some steps only.",
}


def variable_text(view: FileView, file: LintedFile, name: str, offset: int) -> str:
    """What a variable is, in Markdown; empty where nothing is known of it."""
    job = view.surroundings(offset).job or next(iter(file.outline.jobs), None)
    lines = []
    for each in () if job is None else known_variables(file, job):
        if each.name.casefold() == name.casefold():
            value = f" = `{each.value}`" if each.value else ""
            origin = f"{each.origin}, {each.place}" if each.place else each.origin
            read = f" Scripts read it as `{each.environment}`." if each.environment else ""
            lines.append(f"**{each.name}**{value} ({origin}). It has this value from {each.since} on.{read}")
    known = predefined_variable(name)
    if known is not None and not lines:
        text = variable_description(known.name) or ""
        values = "One of: " + ", ".join(f"`{value}`" for value in known.values) + "." if known.values else ""
        lines.append(f"**{known.name}** is predefined. {text}")
        lines += [line for line in (values, _TIMES[known.known]) if line]
        lines.append(f"[Predefined variables]({page('predefined')})")
    return "\n\n".join(lines)
