"""Rules of other packages: installed beside azrelease, they run as its own do."""

import json
from pathlib import Path

import pytest

from azrelease.errors import PluginError
from azrelease.lint.rules import all_rules, built_in_rules, by_id
from azrelease.plugins import NO_PLUGINS
from support.plugin_packages import install
from support.process import Cli

RULE_FILE = '''\
"""Rules for tests."""

from azrelease.lint import Code, Rule, Severity


def check(file):
    for job in file.outline.jobs:
        if job.is_deployment:
            yield file.finding(DEPLOYMENT.code, "a deployment with password=hunter2-and-more", job.block, "Remove it.")


def check_release(file):
    for index, stage in enumerate(file.release.stages):
        yield file.finding(STAGE.code, f"stage {stage.name}", ("stages", index, "name"))


DEPLOYMENT = Rule(code=Code("ORG001", "no-deployment", Severity.WARNING), summary="a deployment", why="It is.", check=check)
STAGE = Rule(code=Code("ORG002", "no-stage"), summary="a stage", why="It is.", check_release=check_release)
'''
PIPELINE = """\
trigger: [main]
jobs:
- deployment: ship
  environment: staging
  variables:
    password: hunter2-and-more
  strategy:
    runOnce:
      deploy:
        steps:
        - script: echo one
"""
RELEASE = """\
name: churn
artifact: {pipeline: training, name: model}
workspace: {resource_group: rg, name: ws, service_connection: azure}
stages:
- {name: staging, endpoint: churn, target: managed}
"""


@pytest.fixture
def cli(tmp_path: Path, site: Path) -> Cli:
    """`azrelease` in a folder with a pipeline and a release, and a package with rules beside it."""
    rules = {"azrelease.rules": {"deployment": "org_rules:DEPLOYMENT", "stage": "org_rules:STAGE"}}
    install(site, "org-rules", rules, {"org_rules.py": RULE_FILE})
    cli = Cli(tmp_path / "work")
    cli.write("azure-pipelines.yml", PIPELINE)
    cli.write("release.yml", RELEASE)
    return cli


def lines(out: str) -> list[str]:
    return [line for line in out.splitlines() if "ORG" in line]


def test_their_findings_are_reported_without_secrets(cli: Cli) -> None:
    done = cli("check")
    assert done.code == 1, done.err
    assert lines(done.out) == [
        "azure-pipelines.yml:3:3: warning: a deployment with password=*** [ORG001 no-deployment]",
        "release.yml:5:10: error: stage staging [ORG002 no-stage]",
    ]
    assert "hunter2" not in done.out


def test_they_are_selected_ignored_and_given_a_severity_as_the_others(cli: Cli) -> None:
    assert lines(cli("check", "--select", "ORG001").out) == lines(cli("check", "--select", "no-deployment").out) != []
    assert len(lines(cli("check", "--select", "ORG").out)) == 2
    assert lines(cli("check", "--select", "ORG", "--ignore", "ORG001,ORG002").out) == []
    cli.write("azrelease.toml", 'ignore = ["no-stage"]\nseverity = {ORG001 = "error"}\n')
    assert ["error" in line for line in lines(cli("check").out)] == [True]
    done = cli("check", "--select", "OR")
    assert (done.code, "`OR` names no rule" in done.err) == (2, True)


def test_comments_and_baselines_hide_their_findings(cli: Cli) -> None:
    cli.write("azure-pipelines.yml", PIPELINE.replace("ship\n", "ship # azrelease: ignore[ORG001] known\n"))
    assert lines(cli("check", "azure-pipelines.yml", "--select", "ORG,AZR111").out) == []
    cli.write("azure-pipelines.yml", PIPELINE.replace("main]\n", "main] # azrelease: ignore[ORG001] nothing here\n"))
    assert "[AZR111 unused-ignore]" in cli("check", "azure-pipelines.yml").out
    assert cli("check", "--baseline", "known.json", "--update-baseline").code == 0
    assert cli("check", "--baseline", "known.json").code == 0


def test_sarif_and_explain_describe_them(cli: Cli) -> None:
    [run] = json.loads(cli("check", "--select", "ORG", "--format", "sarif").out)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["ORG001", "ORG002"]
    assert not any("helpUri" in rule or "properties" in rule for rule in rules)
    assert "From the package org-rules." in cli("explain", "no-deployment").out
    assert "\nORG001  no-deployment " in cli("explain").out


def test_without_plugins_there_are_none(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines(cli("check", "--no-plugins").out) == []
    assert cli("explain", "ORG001", "--no-plugins").code == 2
    monkeypatch.setenv(NO_PLUGINS, "1")
    assert lines(cli("check").out) == []
    assert all_rules() == built_in_rules()
    assert "ORG001" not in by_id()


def one(arguments: str, check: str = "yield from ()") -> str:
    return (
        "from azrelease.diagnostics import Code, Diagnostic, Span, UNKNOWN_FIELD\nfrom azrelease.lint import Rule\n"
        f"def check(file):\n    {check}\n"
        f"RULE = Rule(summary='a mistake', why='It is.', {arguments})\n"
    )


@pytest.mark.parametrize(
    ("module", "problem"),
    [
        ("RULE = 'ORG001'\n", "is not a Rule or a tuple of them"),
        ("RULE = (1, 2)\n", "is not a Rule or a tuple of them"),
        ("import missing_module\n", "cannot be imported: ModuleNotFoundError: No module named 'missing_module'"),
        (one("code=Code('AZR199', 'own'), check=check"), "has a rule `AZR199 own`: a code is 2 to 8 letters"),
        (one("code=Code('ORG1', 'own'), check=check"), "has a rule `ORG1 own`: a code is 2 to 8 letters"),
        (one("code=Code('ORG001', 'Own Name'), check=check"), "a name is in kebab-case"),
        (
            one("code=Code('ORG001', 'unknown-job'), check=check"),
            "has a rule `unknown-job`, which azrelease has already",
        ),
        (one("code=Code('ORG001', 'own')"), "has a rule ORG001 without a check"),
    ],
)
def test_a_package_that_cannot_be_used_is_named(site: Path, module: str, problem: str) -> None:
    name = f"org_broken_{abs(hash(problem + module))}"
    install(site, "org-broken", {"azrelease.rules": {"own": f"{name}:RULE"}}, {f"{name}.py": module})
    with pytest.raises(PluginError) as error:
        all_rules()
    assert str(error.value).startswith("plugin `own` of package org-broken (")
    assert problem in str(error.value)
    assert str(error.value).endswith("Update or uninstall org-broken, or pass --no-plugins.")


def test_two_packages_cannot_have_a_rule_with_the_same_code(site: Path) -> None:
    for package in ("first-rules", "second-rules"):
        module = package.replace("-", "_")
        text = one(f"code=Code('ORG001', 'of-{package}'), check=check")
        install(site, package, {"azrelease.rules": {package: f"{module}:RULE"}}, {f"{module}.py": text})
    with pytest.raises(PluginError, match="has a rule `ORG001`, which package first-rules has already") as error:
        all_rules()
    assert "of package second-rules" in str(error.value)


@pytest.mark.parametrize(
    ("check", "problem"),
    [
        ("yield file.nonsense", "raises AttributeError: 'LintedFile' object has no attribute 'nonsense'"),
        ("yield 'a finding'", "yields something else than findings of its code"),
        ("yield file.finding(UNKNOWN_FIELD, 'x', file.root)", "yields something else than findings of its code"),
    ],
)
@pytest.mark.parametrize("count", [1, 40])
def test_a_rule_that_fails_ends_the_command(site: Path, tmp_path: Path, check: str, problem: str, count: int) -> None:
    text = one("code=Code('ORG001', 'own'), check=check", check)
    install(site, "org-failing", {"azrelease.rules": {"own": "org_failing:RULE"}}, {"org_failing.py": text})
    cli = Cli(tmp_path / "work")
    for number in range(count):
        cli.write(f"{number}/azure-pipelines.yml", "steps:\n- script: echo one\n")
    done = cli("check")
    assert (done.code, done.out) == (2, "")
    assert "plugin `own` of package org-failing (org_failing:RULE) fails: rule ORG001, checking " in done.err
    assert problem in done.err
    assert "Traceback" not in done.err
