"""The rehearsals with a model that README.md and the how-to show are run, on a sample."""

import shutil
from pathlib import Path

import pytest

from support.pages import ROOT, Block, blocks, commands
from support.pages.scenario import is_shown
from support.process import CliHere

MANAGED = ROOT / "samples" / "insurance-managed"
# What the pipeline installs comes from a registry.
STEPS = ("UsePythonVersion", "InstallRequirements")


def shown_rehearsals() -> dict[str, Block]:
    """The blocks that leave their commands to this file, each once, by the page and line that it is first on."""
    found: dict[str, tuple[str, Block]] = {}
    for page in ("README.md", "docs/how-to/rehearse.md"):
        for block in blocks((ROOT / page).read_text(encoding="utf-8")):
            if block.notes.get("run by") == "tests/rehearsal/test_pages.py":
                found.setdefault(block.text, (f"{page}:{block.line}", block))
    return dict(found.values())


@pytest.fixture
def outputs(cli: CliHere, insurance_model: Path) -> Path:
    """What the CI pipeline of the sample has published, for now and before, and the release without what it installs."""
    text = (MANAGED / "release.yml").read_text(encoding="utf-8")
    head, *tasks = text.split("      - task: ")
    cli.write("release.yml", head + "".join(f"      - task: {task}" for task in tasks if not task.startswith(STEPS)))
    for folder in ("outputs", "last"):
        shutil.copytree(MANAGED / "artifact", cli.folder / folder / "artifact")
        shutil.copytree(insurance_model, cli.folder / folder / "model")
    assert cli("render").code == 0
    return cli.folder / "outputs"


@pytest.mark.parametrize("block", shown_rehearsals().values(), ids=shown_rehearsals())
def test_a_rehearsal_that_a_page_shows(block: Block, outputs: Path, cli: CliHere, server_python: str) -> None:
    code = int(block.notes.get("exit", "0"))
    if code:
        script = outputs / "artifact" / "deployment" / "score.py"
        text = script.read_text(encoding="utf-8").replace("round(float(cost), 2)", "round(-float(cost), 2)")
        script.write_text(text, encoding="utf-8")
    for command in commands(block):
        done = cli(*command.words[1:], "--python", server_python)
        assert done.code == code, done.out + done.err
        assert command.shown is not None
        assert is_shown(command.shown, done.out + done.err), done.out + done.err
