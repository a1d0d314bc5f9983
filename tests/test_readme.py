"""What the README shows of `check` is what it does."""

import re
from pathlib import Path

from azrelease.lint import read_settings
from support.process import Cli

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")

PIPELINE = """\
stages:
- stage: test
  jobs:
  - job: run
    steps:
    - script: make test
- stage: ship
  dependsOn: tset
  jobs:
  - job: run
    pool:
      vmImage: ubuntu-20.04
    steps:
    - script: make ship
"""


def test_the_findings_it_shows_are_found(cli: Cli) -> None:
    shown = re.search(r"```\n\$ azrelease check\n(.*?)```", README, re.DOTALL)
    assert shown
    cli.write("azure-pipelines.yml", PIPELINE)
    assert cli("check").out == shown[1]


def test_the_settings_it_shows_are_settings(tmp_path: Path) -> None:
    shown = re.search(r"```toml\n(\[tool\.azrelease\].*?)```", README, re.DOTALL)
    assert shown
    path = tmp_path / "pyproject.toml"
    path.write_text(shown[1])
    settings = read_settings(path)
    assert settings is not None
    assert settings.per_path[0].paths == ("legacy/**",)
    assert settings.shellcheck


def test_every_option_of_check_is_named(cli: Cli) -> None:
    [row] = [line for line in README.splitlines() if line.startswith("| `azrelease check ")]
    help_text = cli("check", "--help").out
    options = set(re.findall(r"--[a-z][a-z-]+", help_text)) - {"--help", "--no-shellcheck"}
    assert options == set(re.findall(r"--[a-z][a-z-]+", row))
