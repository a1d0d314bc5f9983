"""What `expand` prints: a pipeline or a part of it, what made a part, and what a change does."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from azrelease.cli.output import note, write_result, write_text
from azrelease.errors import UserError
from azrelease.report.formats import ExpansionFormat

if TYPE_CHECKING:
    from azrelease.expansion import ExpandedMapping, ExpansionRequest
    from azrelease.report.expansion_redaction import ExpansionRedaction


class ExpansionView(NamedTuple):
    """What is printed of an expansion.

    Attributes:
        form: the format.
        output: the file that is written instead.
        stages: names of the stages to print; empty for all.
        jobs: names of the jobs to print; empty for all.
        as_written: whether shorthand stays.
        annotate: whether comments name the places that parts come from.
        why: the path of a part to explain; None to print the pipeline.
    """

    form: ExpansionFormat = ExpansionFormat.YAML
    output: Path | None = None
    stages: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    as_written: bool = False
    annotate: bool = False
    why: str | None = None

    def refuse_unless_usable(self, *, is_diff: bool, is_test: bool) -> None:
        """Refuse options that do not go together.

        Raises:
            UserError: there are such options.
        """
        is_whole = self._replace(form=ExpansionFormat.YAML, output=None) == ExpansionView()
        if (is_diff or is_test) and not is_whole:
            raise UserError("--diff and --test are about whole pipelines: leave out options for a part or its form")
        if is_diff and is_test:
            raise UserError("--diff does not go with --test")
        if self.as_written and (self.stages or self.jobs):
            raise UserError("--stage and --job are parts of the normal form: leave out --as-written")
        if self.form is ExpansionFormat.JUNIT and not is_test:
            raise UserError("--format junit is for the results of --test")
        if self.form is ExpansionFormat.JSON and (is_test or self.why is not None):
            raise UserError("--format json is for pipelines and --diff")


def print_expansion(files: Sequence[Path], request: "ExpansionRequest", view: ExpansionView) -> bool:
    """Print a pipeline, or its errors; returns whether the service takes it."""
    from azrelease.application.expanded_parts import part
    from azrelease.application.expanding import expand_pipeline
    from azrelease.application.expansion_inputs import pipeline_file
    from azrelease.expansion import node_at
    from azrelease.report.expansion_redaction import ExpansionRedaction
    from azrelease.report.expansions import expansion_json, problems_text, why_text

    expanded = expand_pipeline(pipeline_file(files), request)
    redaction = ExpansionRedaction(expanded.expansion.files, {**request.variables, **request.parameters})
    if view.form is ExpansionFormat.YAML and expanded.problems:
        write_text(problems_text(expanded.problems, redaction), error=True)
        if view.why is None:  # half of a pipeline is not for a run
            return False
    shown = expanded.written if view.as_written else part(expanded.normal, view.stages, view.jobs)
    if view.why is not None:
        write_result(why_text(node_at(shown, view.why), redaction), view.output)
    elif view.form is ExpansionFormat.JSON:
        write_result(expansion_json(shown, expanded.problems, expanded.expansion.files, redaction), view.output)
    else:
        _write_yaml(shown, redaction, view)
    return not expanded.problems


def print_changes(files: Sequence[Path], revision: str, request: "ExpansionRequest", view: ExpansionView) -> bool:
    """Print what differs from a revision; returns whether nothing does, and the service takes all pipelines."""
    from azrelease.application.expansion_diff import pipeline_changes
    from azrelease.application.revision_files import Revision
    from azrelease.report.expansion_changes import changes_json, changes_text, refusals_text
    from azrelease.report.log_sanitizer import sanitized_line

    found = pipeline_changes(files, Revision(revision), request)
    given = {**request.variables, **request.parameters}
    if view.form is ExpansionFormat.JSON:
        write_result(changes_json(found, given), view.output)
    else:
        write_text(refusals_text(found, given), error=True)
        write_result(changes_text(found, given), view.output)
        for path in found.unused:
            note(f"{sanitized_line(path)}: changed, and no pipeline here includes it", error=True)
    return not found.changes


def print_tests(folder: Path, request: "ExpansionRequest", view: ExpansionView, *, update: bool) -> bool:
    """Print the results of template tests; returns whether all cases pass.

    Raises:
        UserError: there is no case: a test of nothing does not pass.
    """
    from azrelease.application.template_testing import run_template_tests
    from azrelease.report.log_sanitizer import sanitized_line
    from azrelease.report.template_cases import results_junit, results_text

    run = run_template_tests(folder, request, update=update)
    for path in run.others:
        note(f"{sanitized_line(path.as_posix())}: has no cases", error=True)
    if not run.results:
        raise UserError(f"{folder}: has no cases; a case has `template`, `parameters` and `expect`")
    form = results_junit if view.form is ExpansionFormat.JUNIT else results_text
    write_result(form(run.results), view.output)
    return not any(result.failures for result in run.results)


def _write_yaml(pipeline: "ExpandedMapping", redaction: "ExpansionRedaction", view: ExpansionView) -> None:
    """Print the pipeline, redacted; what is written to a file is complete."""
    from azrelease.expansion import yaml_text
    from azrelease.report.expansion_comments import origin_comments
    from azrelease.report.log_sanitizer import sanitized_lines

    text = yaml_text(pipeline, origin_comments(pipeline) if view.annotate else None)
    if view.output is None:
        shown = redaction.text(text)
        # An agent acts on commands in what it logs; elsewhere the text is exact
        # (learn.microsoft.com/azure/devops/pipelines/build/variables: TF_BUILD).
        write_text(sanitized_lines(shown) if os.environ.get("TF_BUILD") else shown)
    else:
        write_result(text, view.output)
        note(f"wrote {view.output.as_posix()}")
