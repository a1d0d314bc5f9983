"""Findings as one types."""

from pathlib import Path

from support.editor import editor

BROKEN = "steps:\n- scirpt: echo hello\n- task: Unknown@1\n"


def test_findings_follow_the_text_that_is_not_saved(tmp_path: Path) -> None:
    (tmp_path / "azure-pipelines.yml").write_text("steps:\n- script: echo hello\n", encoding="utf-8")
    with editor(tmp_path) as here:
        here.open("azure-pipelines.yml")
        assert here.codes("azure-pipelines.yml") == []
        here.change("azure-pipelines.yml", BROKEN)
        assert here.codes("azure-pipelines.yml") != []
        print(here.diagnostics("azure-pipelines.yml"))
