"""What the README shows of `check` is what it does."""

import json
import re
from pathlib import Path

import pytest

from azrelease.classic import CLASSIC_FEATURES, RELEASE_FEATURES, Feature
from azrelease.lint import read_settings
from azrelease.report.losses import coverage_table
from fake_azure_devops import Organization, serve
from support.process import Cli

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
EVERYWHERE = {"--help", "--org", "--quiet", "--verbose", "--traceback"}
"""Options of every command, and a second name of one."""

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


DEFINITION = {
    "name": "web",
    "environments": [
        {
            "name": "Dev",
            "rank": 1,
            "deployPhases": [
                {
                    "name": "Agent job",
                    "phaseType": 1,
                    "deploymentInput": {"agentSpecification": {"identifier": "ubuntu-24.04"}, "timeoutInMinutes": 30},
                    "workflowTasks": [
                        {
                            "taskId": "33c63b11-352b-45a2-ba1b-54cb568a29ca",
                            "version": "0.*",
                            "name": "Use Python",
                            "inputs": {"versionSpec": "3.12"},
                        }
                    ],
                }
            ],
            "conditions": [{"name": "ReleaseStarted", "conditionType": 1, "value": ""}],
            "schedules": [{"daysToRelease": 1}],
        }
    ],
}


def test_the_import_it_shows_is_one(cli: Cli) -> None:
    shown = re.search(r"```\n\$ azrelease import web-cd.json\n(.*?)```", README, re.DOTALL)
    assert shown
    cli.write("web-cd.json", json.dumps({key: DEFINITION[key] for key in ("name", "environments")}))
    done = cli("import", "web-cd.json")
    assert done.out + done.err == shown[1]


@pytest.mark.parametrize(
    ("what", "constructs"),
    [("an import", CLASSIC_FEATURES), ("an export", RELEASE_FEATURES)],
    ids=["import", "export"],
)
def test_what_is_carried_is_the_table_of_the_code(
    what: str, constructs: tuple[Feature, ...], update_golden: bool
) -> None:
    path = Path(__file__).parent.parent / "README.md"
    begin, end = f"<!-- what {what} carries -->\n", "<!-- end -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    there, _, after = rest.partition(end)
    if update_golden:
        path.write_bytes(f"{before}{begin}{coverage_table(constructs, what.split()[1])}{end}{after}".encode())
        return
    assert there == coverage_table(constructs, what.split()[1])


def test_the_plan_it_shows_is_one(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = re.search(r"```\n\$ azrelease plan .*?\n(.*?)```", README, re.DOTALL)
    release = re.search(r"```yaml\n# release.yml\n(.*?)```", README, re.DOTALL)
    assert shown
    assert release
    cli.write("release.yml", release[1])
    monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", "pat")
    monkeypatch.setenv("BUILD_REPOSITORY_NAME", "models")
    monkeypatch.setenv("BUILD_REPOSITORY_PROVIDER", "TfsGit")
    with serve(Organization("contoso")) as service:
        project = service.organization.project("MLOps")
        project.add_repository("models", {"README.md": "#"})
        project.add_endpoint("churn-azure")
        service.organization.add_identity("Release Approvers", mail="release-approvers@example.com")
        done = cli("plan", "--organization", service.url, "--project", "MLOps")
        assert done.out.replace(service.url, "https://dev.azure.com/contoso") == shown[1]


def test_the_picture_it_shows_is_the_picture(cli: Cli) -> None:
    shown = re.search(r"```\n\$ azrelease graph (\S+)\n(.*?)\.\.\.\n```", README, re.DOTALL)
    assert shown
    done = cli("graph", shown[1], cwd=Path(__file__).parent.parent)
    assert done.out.startswith(shown[2])


def test_every_option_of_import_and_export_is_named(cli: Cli) -> None:
    for command in (
        "init",
        "graph",
        "show",
        "import",
        "export",
        "plan",
        "apply",
        "bootstrap",
        "drift",
        "run",
        "rehearse",
        "approve",
        "reject",
    ):
        [row] = [line for line in README.splitlines() if line.startswith(f"| `azrelease {command} ")]
        options = set(re.findall(r"--[a-z][a-z-]+", cli(command, "--help").out)) - EVERYWHERE
        assert options - set(re.findall(r"--[a-z][a-z-]+", row)) == set()


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
    options = set(re.findall(r"--[a-z][a-z-]+", help_text)) - {"--no-shellcheck"} - EVERYWHERE
    assert options == set(re.findall(r"--[a-z][a-z-]+", row))
