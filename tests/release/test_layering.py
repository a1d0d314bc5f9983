"""Releases on top of a base file, and of the defaults of their repository."""

from pathlib import Path

import pytest

from azrelease.errors import InvalidFileError
from azrelease.release import Release, load
from azrelease.report import format_diagnostics

DEFAULTS = """\
[defaults]
variable_groups = ["shared"]
approvers = ["release-approvers@example.com"]
[defaults.agent]
image = "ubuntu-24.04"
[defaults.workspace]
resource_group = "shared-rg"
name = "shared-ws"
service_connection = "shared-azure"
[defaults.variables]
team = "models"
region = "westeurope"
"""
BASE = """\
artifact: {name: model, branch: main}
trigger: {continuous_deployment: true}
stages:
  - name: staging
    endpoint: base-staging
    target: managed
  - name: production
    endpoint: base
    target: managed
    rollout: blue_green
    approval: {minimum: 1, instructions: look at the report}
"""
RELEASE = """\
extends: ../base.yml
name: churn
artifact: {pipeline: churn-training}
variables: {region: northeurope}
stages:
  - {name: production, endpoint: churn, approval: {timeout: 3 days}}
  - {name: staging, endpoint: churn-staging}
  - {name: canada, endpoint: churn-ca, target: managed, agent: {pool: own}}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "releases").mkdir()
    write(tmp_path, "azrelease.toml", DEFAULTS)
    write(tmp_path, "base.yml", BASE)
    write(tmp_path, "releases/release.yml", RELEASE)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def released(folder: Path) -> Release:
    return load(folder / "releases" / "release.yml").release


def problems(folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(InvalidFileError) as caught:
        released(folder)
    assert {d.file for d in caught.value.diagnostics} <= set(caught.value.texts)
    return [(Path(d.file).name, d.span.line, d.message) for d in caught.value.diagnostics]


def test_the_release_goes_before_its_base_and_the_base_before_the_defaults(repository: Path) -> None:
    release = released(repository)
    assert release.artifact is not None
    assert (release.artifact.pipeline, release.artifact.name) == ("churn-training", "model")
    assert dict(release.variables) == {"region": "northeurope", "team": "models"}
    assert release.variable_groups == ("shared",)
    assert release.workspace is not None
    assert release.workspace.name == "shared-ws"
    assert [(stage.name, stage.endpoint) for stage in release.stages] == [
        ("staging", "churn-staging"),
        ("production", "churn"),
        ("canada", "churn-ca"),
    ]
    approval = release.stages[1].approval
    assert approval is not None
    assert (approval.approvers, approval.minimum, approval.timeout, approval.instructions) == (
        ("release-approvers@example.com",),
        1,
        3 * 24 * 60,
        "look at the report",
    )
    assert release.stages[1].rollout is not None


def test_what_excludes_other_fields_is_taken_as_a_whole(repository: Path) -> None:
    write(repository, "releases/release.yml", RELEASE.replace("artifact:", "agent: {pool: own}\nartifact:"))
    agent = released(repository).agent
    assert (agent.pool, agent.image) == ("own", None)


def test_nothing_takes_out_what_stands_below(repository: Path) -> None:
    assert released(repository).stages[1].approval is not None
    write(repository, "releases/release.yml", RELEASE.replace("approval: {timeout: 3 days}", "approval: null"))
    assert released(repository).stages[1].approval is None
    # Where nothing stands below, it is forgotten, not taken out.
    write(repository, "base.yml", BASE[: BASE.index("    approval")])
    assert problems(repository) == [("release.yml", 6, "`approval` is empty")]


def test_what_looks_forgotten_takes_nothing_out(repository: Path) -> None:
    write(repository, "releases/release.yml", RELEASE.replace("approval: {timeout: 3 days}", "approval: "))
    assert problems(repository) == [("release.yml", 6, "`approval` is empty")]


def test_a_second_stage_of_a_name_is_refused(repository: Path) -> None:
    more = "  - {name: staging, approval: {approvers: [boss@example.com]}}\n"
    write(repository, "releases/release.yml", RELEASE + more)
    assert any("`staging`" in message for _, _, message in problems(repository))


def test_numbers_of_settings_stay_as_they_are_written(repository: Path) -> None:
    write(repository, "azrelease.toml", DEFAULTS + "python = 3.10\nfloat = 1e3\nhex = 0x1F\nmany = 1_000\n")
    variables = released(repository).variables
    assert {name: variables[name] for name in ("python", "float", "hex", "many")} == {
        "python": "3.10",
        "float": "1e3",
        "hex": "0x1F",
        "many": "1000",
    }


def test_a_loop_of_links_is_no_file(repository: Path) -> None:
    (repository / "base.yml").unlink()
    (repository / "base.yml").symlink_to("other.yml")
    (repository / "other.yml").symlink_to("base.yml")
    [(file, line, message)] = problems(repository)
    assert (file, line, message.partition(":")[0]) == ("release.yml", 1, "`../base.yml`")


def test_settings_that_nest_without_end_are_refused(repository: Path) -> None:
    write(repository, "azrelease.toml", f"x = {'[' * 3000}{']' * 3000}\n")
    assert problems(repository) == [("azrelease.toml", 1, "nested too deep")]


def test_what_is_wrong_is_said_in_the_file_that_says_it(repository: Path) -> None:
    write(repository, "azrelease.toml", DEFAULTS.replace('image = "ubuntu-24.04"', 'imgae = "x"'))
    write(repository, "base.yml", BASE.replace("minimum: 1", "minimum: one"))
    write(repository, "releases/release.yml", RELEASE.replace("{pool: own}", "{pool: 3.10}"))
    assert problems(repository) == [
        ("release.yml", 8, "`pool` is text, but 3.10 without quotes is a number"),
        ("azrelease.toml", 5, "unknown field `imgae`"),
        ("base.yml", 11, "`minimum` has to be a whole number, but is text"),
    ]


def test_defaults_need_no_base_and_a_base_no_defaults(repository: Path) -> None:
    (repository / "azrelease.toml").unlink()
    assert "`approval` needs the field `approvers`" in [message for _, _, message in problems(repository)]
    write(repository, "pyproject.toml", DEFAULTS.replace("[defaults", "[tool.azrelease.defaults"))
    assert released(repository).workspace is not None


def test_bases_may_stand_on_bases(repository: Path) -> None:
    write(repository, "base.yml", "extends: deep/other.yml\n" + BASE)
    (repository / "deep").mkdir()
    write(repository, "deep/other.yml", "description: of the other\ntags: [x]\n")
    release = released(repository)
    assert (release.description, release.tags) == ("of the other", ("x",))


@pytest.mark.parametrize(
    ("base", "said"),
    [
        (None, ("release.yml", 1, "`../base.yml`: No such file or directory")),
        ("- a\n", ("base.yml", 1, "what a release extends has to be a mapping")),
        ("a: [\n", ("base.yml", 2, "invalid YAML: while parsing a flow node, did not find expected node content")),
        ("extends: releases/release.yml\n", ("base.yml", 1, "`releases/release.yml` extends itself")),
        ("extends: base.yml\n", ("base.yml", 1, "`base.yml` extends itself")),
        ("extends: [a]\n", ("base.yml", 1, "`extends` has to be the path of a file")),
        ("a: 1\na: 2\n", ("base.yml", 2, "duplicate key `a` (first on line 1)")),
    ],
)
def test_a_base_that_cannot_be_used(repository: Path, base: str | None, said: tuple[str, int, str]) -> None:
    (repository / "base.yml").unlink()
    if base is not None:
        write(repository, "base.yml", base)
    assert said in problems(repository)


def test_a_secret_of_a_base_is_not_shown(repository: Path) -> None:
    write(repository, "base.yml", BASE + "variables: {apiKey: {valeu: hunter2}}\nworkspace: {password: hunter2}\n")
    with pytest.raises(InvalidFileError) as caught:
        released(repository)
    shown = "".join(format_diagnostics(caught.value.diagnostics, caught.value.texts))
    assert "unknown field `password`" in shown
    assert "hunter2" not in shown


def test_settings_above_the_repository_do_not_hold(repository: Path) -> None:
    inner = repository / "inner"
    (inner / ".git").mkdir(parents=True)
    (inner / "releases").mkdir()
    write(inner, "releases/release.yml", RELEASE.replace("../base.yml", "../../base.yml"))
    assert "`approval` needs the field `approvers`" in [message for _, _, message in problems(inner)]
