"""Runs the template tests of a folder, and updates what they expect."""

from pathlib import Path
from typing import NamedTuple

from azrelease.application.template_case_run import CaseRun, run_case
from azrelease.application.template_case_update import update_cases
from azrelease.application.template_cases import CaseFile, ExpectedContent, TemplateCase, find_cases
from azrelease.expansion import ExpandedNode, ExpansionRequest
from azrelease.report.template_cases import CaseResult


class TemplateTestRun(NamedTuple):
    """The results of template tests.

    Attributes:
        results: the result of each case, by file.
        others: the YAML files of the folder that have no cases.
    """

    results: tuple[CaseResult, ...]
    others: tuple[Path, ...]


def run_template_tests(folder: Path, request: ExpansionRequest, *, update: bool = False) -> TemplateTestRun:
    """Run the cases of a folder, or of one file.

    Args:
        folder: the folder.
        request: the other repositories that are here.
        update: write what templates give into the cases that expect something else to be equal, or nothing.

    Raises:
        UserError: the folder does not exist, a file cannot be read, or a case cannot be updated.
        InvalidFileError: a case cannot be used.
    """
    found = find_cases(folder)
    results: list[CaseResult] = []
    for file in found.files:
        runs = [(case, run_case(case, request)) for case in file.cases]
        new = _updates(runs) if update else []
        if new:
            update_cases(file.path, file.document, new)
        updated = {id(case) for case, _ in new}
        results += (_result(file, case, run, is_updated=id(case) in updated) for case, run in runs)
    return TemplateTestRun(tuple(results), found.others)


def _updates(runs: list[tuple[TemplateCase, CaseRun]]) -> list[tuple[TemplateCase, ExpandedNode]]:
    """The cases that expect another content to be equal, or nothing at all."""
    return [
        (case, run.content)
        for case, run in runs
        if run.content is not None
        and not run.is_equal
        and (case.expected.equal is not None or case.expected == ExpectedContent())
    ]


def _result(file: CaseFile, case: TemplateCase, run: CaseRun, *, is_updated: bool) -> CaseResult:
    failures = run.other_failures if is_updated else run.failures
    return CaseResult(file.path.as_posix(), case.node.start_mark.line + 1, case.name, failures, is_updated)
