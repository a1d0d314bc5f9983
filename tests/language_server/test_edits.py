"""After any edits the findings are those of `check` in the text that is there at the end."""

from datetime import date
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types

from azrelease.application.checking import check_paths, final_reports, lint_options, lint_settings
from azrelease.yaml_document import line_starts
from support.editor import Editor
from support.marked import position

PIPELINE = """\
# Größe 🚀 of the models
trigger: [main]
parameters:
- name: city
  type: string
  default: here
stages:
- stage: Build
  jobs:
  - job: Train
    pool: {vmImage: ubuntu-24.04}
    steps:
    - script: echo ${{ parameters.city }} 🚀 $(Build.Reason)
      displayName: "Größe"
    - task: UsePythonVersion@0
      inputs: {versionSpec: "3.12"}
- stage: Deploy
  dependsOn: Build
  condition: succeeded('Build')
  jobs:
  - deployment: Live
    environment: production
    strategy:
      runOnce:
        deploy:
          steps:
          - bash: |
              set -e
              echo done
"""
RELEASE = """\
name: churn
artifact: {pipeline: training, name: model}
stages:
- name: staging
  tasks:
  - task: UsePythonVersion
    version: "3.12"
- name: production
  depends_on: [staging]
  approval: {approvers: ["[MLOps]\\\\Approvers"]}
"""
FRAGMENTS = st.sampled_from(
    [
        "", "\n", "\r\n", "  ", "- ", ": ", "🚀", "ß", "\u2028", "\t", "#", "'", '"', "|", "[", "}", "${{ parameters.city }}",
        "${{ parameters.town }}", "$(x)", "- script: echo\n", "- task: UsePythonVersion@1\n", "dependsOn: Nowhere\n",
        "  condition: eq(1\n", "pool: {vmImage: ubuntu-16.04}\n", "steps:\n", "# azrelease: ignore[AZR204] as agreed\n",
    ]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 30), FRAGMENTS | st.text(st.characters(codec="utf-8"), max_size=4)),
    min_size=1,
    max_size=8,
)
_numbers = count()


def edit(text: str, where: float, length: int, more: str) -> tuple[str, types.TextDocumentContentChangePartial]:
    """A text after an edit, and the edit in the protocol. Editors do not cut a line end in two."""
    start = min(int(where * len(text)), len(text))
    end = min(start + length, len(text))
    start, end = (at - 1 if text[at - 1 : at + 1] == "\r\n" else at for at in (start, end))
    change = types.TextDocumentContentChangePartial(
        range=types.Range(position(text[:start]), position(text[:end])), text=more
    )
    return text[:start] + more + text[end:], change


def checked(path: Path, text: str) -> list[tuple[object, ...]]:
    """What `check` finds, in the places of the protocol."""
    path.write_bytes(text.encode("utf-8"))
    options = lint_options(lint_settings(None, (), ()), date.today())  # noqa: DTZ011
    reports = final_reports(check_paths([Path(path.name)], options, skip_others=True).reports, options)
    path.unlink()
    plain = text.removeprefix("\ufeff")
    starts = [*line_starts(plain), len(plain)]
    mark = text[: len(text) - len(plain)]

    def place(line: int, column: int) -> types.Position:
        at = len(plain) if line > len(starts) - 1 else min(starts[line - 1] + column - 1, starts[line])
        return position(mark + plain[:at])

    found = []
    for finding in (finding for report in reports for finding in report.findings):
        span = finding.diagnostic.span
        start, end = place(span.line, span.column), place(span.end_line, span.end_column)
        found.append((finding.diagnostic.code.id, start.line, start.character, end.line, end.character))
    return sorted(found)


def shown(here: Editor, name: str) -> list[tuple[object, ...]]:
    return sorted(
        (each.code, each.range.start.line, each.range.start.character, each.range.end.line, each.range.end.character)
        for each in here.diagnostics(name)
    )


@pytest.mark.no_cover
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([PIPELINE, PIPELINE.replace("\n", "\r\n"), RELEASE]), EDITS, st.integers(1, 3), st.booleans())
def test_the_findings_after_edits(
    here: Editor,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    edits: list[tuple[float, int, str]],
    at_once: int,
    mark: bool,
) -> None:
    monkeypatch.chdir(here.folder)
    name = f"{'release' if text == RELEASE else 'azure-pipelines'}{next(_numbers)}.yml"
    text = ("\ufeff" if mark else "") + text
    here.open(name, text)
    changes: list[types.TextDocumentContentChangeEvent] = []
    for where, length, more in edits:
        text, change = edit(text, where, length, more)
        changes.append(change)
        if len(changes) == at_once:
            here.change(name, *changes)
            changes = []
    here.change(name, *changes)
    expected = checked(here.folder / name, text)
    assert shown(here, name) == expected
    here.close(name)
