"""What the pages show is what happens: each is run from top to bottom, in one folder, against a service."""

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
import yaml

from azrelease.lint import read_settings
from azrelease.release import Release
from azrelease.release.stage import Stage
from fake_azure_devops import Organization, Service, serve
from support.pages import ROOT, Block, Scenario, blocks, commands, written_pages
from support.pages.scenario import is_shown
from support.yaml_text import safe_load

OF_CI = ".ci/run runs this block"
"""The note of the blocks that install and test the checkout itself."""

PART_OF = {
    "name": "churn",
    "artifact": {"pipeline": "churn-training", "name": "model"},
    "workspace": {"resource_group": "churn-rg", "name": "churn-ws", "service_connection": "churn-azure"},
    "stages": [{"name": "staging", "endpoint": "churn-staging", "target": "managed"}],
}
PRODUCTION = {
    "name": "production",
    "endpoint": "churn",
    "target": "managed",
    "approval": {"approvers": ["release-approvers@example.com"]},
}
"""The release, and the stage of it, that a block which shows a part of one is checked in."""


@pytest.fixture
def service() -> Iterator[Service]:
    with serve(Organization("contoso")) as running:
        yield running


@pytest.fixture
def scenario(tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    return Scenario(tmp_path, service, monkeypatch)


@pytest.mark.parametrize("page", written_pages())
def test_a_page_does_what_it_shows(page: str, scenario: Scenario) -> None:
    for block in blocks((ROOT / page).read_text(encoding="utf-8")):
        where = f"{page}:{block.line}"
        if "in" in block.notes:
            scenario.begin(block.notes["in"])
        if "with" in block.notes:
            scenario.begin_with(block.notes["with"])
        if "run" in block.notes:
            scenario.wait_for(block.notes["run"])
        if "file" in block.notes:
            scenario.cli.write(block.notes["file"], block.text)
        check_text(block, scenario, where)
        if OF_CI in block.notes:
            continue
        if "run by" in block.notes:
            assert (ROOT / block.notes["run by"]).is_file(), where
            continue
        for command in commands(block):
            done = scenario.run(command)
            printed = done.out + done.err
            assert done.code == int(block.notes.get("exit", "0")), f"{where}: {command.text}\n{printed}"
            if command.shown is not None:
                assert is_shown(command.shown, printed), f"{where}: {command.text} prints\n{printed}"


def check_text(block: Block, scenario: Scenario, where: str) -> None:
    """A block of YAML, TOML, JSON or Python is right, and one that shows a file of the checkout shows all of it."""
    if "same as" in block.notes:
        assert (ROOT / block.notes["same as"]).read_text(encoding="utf-8") == block.text, where
    match block.language:
        case "yaml" if "wrong" not in block.notes:
            check_yaml(block, scenario, where)
        case "toml":
            if "tool" in tomllib.loads(block.text):
                path = scenario.cli.write(".settings-shown/pyproject.toml", block.text)
                assert read_settings(path) is not None, where
        case "json":
            json.loads(block.text)
        case "python" if re.search(r"(?m)^from azrelease(\.application\S*)? import", block.text):
            with chdir(scenario.folder):
                exec(compile(block.text, where, "exec"), {})
        case "python":
            compile(block.text, where, "exec")
        case "text" | "console" | "sh" | "yaml" | "diff" | "lua" | "elisp":
            assert "$ azrelease" not in block.text or block.language == "console", where
        case other:
            raise AssertionError(f"{where}: `{other}` is no language that the tests know")


def check_yaml(block: Block, scenario: Scenario, where: str) -> None:
    """What is a release, a part of one, or a pipeline is one that `check` has nothing to say of."""
    data = safe_load(block.text)
    name = block.notes.get("file", "part.release.yml")
    if "file" not in block.notes:
        if {"steps", "jobs"} & set(data):
            name = "part.azure-pipelines.yml"
            scenario.cli.write(name, block.text)
        elif set(data) <= set(Release.model_fields):
            scenario.cli.write(name, yaml.safe_dump({**PART_OF, **data}, sort_keys=False))
        else:
            assert set(data) <= set(Stage.model_fields), f"{where}: no release, no part of one, no pipeline"
            stages = [*PART_OF["stages"], PRODUCTION | data]
            scenario.cli.write(name, yaml.safe_dump({**PART_OF, "stages": stages}, sort_keys=False))
    done = scenario.cli("check", "--skip-others", name)
    assert done.code == 0, f"{where}\n{done.out}{done.err}"
    if "file" not in block.notes:
        (scenario.folder / name).unlink()
