"""Which files are checked."""

from pathlib import Path

import pytest

from azrelease.application.checking import check_paths
from azrelease.errors import UserError
from azrelease.lint import FileToCheck, Linter, LintOptions, LintSettings
from azrelease.lint.engine.discovery import find_targets
from support.linting import TODAY

STEPS = "steps:\n- script: echo one\n"


def write(folder: Path, *names: str, text: str = STEPS) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def names(folder: Path, *arguments: str, settings: LintSettings | None = None) -> list[str]:
    found = find_targets([folder / argument for argument in arguments], settings or LintSettings(folder=str(folder)))
    return [Path(target.path).relative_to(folder).as_posix() for target in found]


def test_of_a_folder_every_yaml_file_in_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        "b.yml",
        "a.yaml",
        "c.txt",
        "sub/d.yml",
        ".azuredevops/e.yml",
        ".github/f.yml",
        "node_modules/g.yml",
        ".venv/h.yml",
    )
    assert names(tmp_path, ".") == ["a.yaml", "b.yml", ".azuredevops/e.yml", "sub/d.yml"]
    assert names(tmp_path, "**/*.yml") == [".azuredevops/e.yml", "b.yml", "sub/d.yml"]
    assert names(tmp_path, ".github/*.yml") == [".github/f.yml"]


def test_pipelines_and_templates_below_a_hidden_folder_are_checked(tmp_path: Path) -> None:
    job = "jobs:\n- job: a\n  steps:\n  - template: ../templates/steps.yml\n"
    write(tmp_path, ".azuredevops/pipelines/ci.yml", text=job)
    write(tmp_path, ".azuredevops/templates/steps.yml", text="steps:\n- task: NodeTool@0\n")
    options = LintOptions(LintSettings(folder=str(tmp_path)), TODAY)
    for argument in (".", "**/*.yml", ".azuredevops"):
        reports = check_paths([tmp_path / argument], options).reports
        assert [len(report.findings) for report in reports if report.checked] == [0, 1]


def test_files_and_patterns_and_the_same_file_once(tmp_path: Path) -> None:
    write(tmp_path, "a.yml", "b.yml", "deep/er/c.yml")
    assert names(tmp_path, "b.yml", "*.yml", "**/c.yml") == ["b.yml", "a.yml", "deep/er/c.yml"]


def test_what_git_ignores_is_passed_over_but_not_what_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a.yml", "out/b.yml", "sub/c.yml", "sub/keep/d.yml", "sub/keep/e.yml")
    (tmp_path / ".gitignore").write_text("out/\n/sub/*.yml\nd.yml\n")
    (tmp_path / "sub/keep/.gitignore").write_text("!d.yml\ne.yml\n")
    assert names(tmp_path, ".") == ["a.yml", "sub/keep/d.yml"]
    assert names(tmp_path, "out/b.yml") == ["out/b.yml"]
    (tmp_path / ".git").mkdir()
    settings = LintSettings(folder=str(tmp_path), exclude=("a.yml",))
    assert names(tmp_path, "**/*.yml", settings=settings) == ["sub/keep/d.yml"]


def test_ignore_files_above_a_folder_hold_in_a_repository_only(tmp_path: Path) -> None:
    write(tmp_path, "sub/a.yml", "sub/b.yml")
    (tmp_path / ".gitignore").write_text("a.yml\n")
    assert names(tmp_path, "sub") == ["sub/a.yml", "sub/b.yml"]
    (tmp_path / ".git").mkdir()
    assert names(tmp_path, "sub") == ["sub/b.yml"]


def test_what_settings_exclude_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "a.yml", "vendor/b.yml", "vendor/deep/c.yml")
    assert names(tmp_path, ".", settings=LintSettings(exclude=("vendor/**",), folder=str(tmp_path))) == ["a.yml"]
    assert names(tmp_path, ".", settings=LintSettings(exclude=("vendor",), folder=str(tmp_path))) == ["a.yml"]


@pytest.mark.parametrize("argument", ["gone.yml", "*.nothing"])
def test_what_is_not_there_is_said(tmp_path: Path, argument: str) -> None:
    with pytest.raises(UserError):
        find_targets([tmp_path / argument], LintSettings())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STEPS, True),
        ("stages:\n- template: a.yml\n", True),
        ("jobs:\n- ${{ each j in parameters.jobs }}:\n  - job: a\n", True),
        ("extends:\n  template: a.yml\n", True),
        ("variables:\n  a: b\n", True),
        ("parameters: [{name: a}]\nvariables:\n- name: a\n  value: ${{ parameters.a }}\n", True),
        ("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: echo\n", False),
        ("stages: [build, test]\nbuild:\n  script: make\n", False),
        ("services:\n  web:\n    image: a\n", False),
        ("apiVersion: v1\nkind: Pod\n", False),
        ("steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build]\n", False),
        ("- hosts: all\n  tasks: []\n", False),
        ("- name: copy\n  script: a.sh\n- template: {src: a, dest: b}\n", False),
        ("- bash: echo one\n- name: other\n", False),
        ("- script: make\n", False),
        ("- task: build\n", False),
        ("- stage: production\n  url: a\n", False),
        ("- task: NodeTool@0\n", True),
        ("# steps\n- script: make\n  displayName: Make\n- template: a.yml\n", True),
        ("- ${{ if eq(parameters.a, 'b') }}:\n  - bash: make\n", True),
        ("- job: a\n  steps:\n  - script: make\n", True),
        ("- template: a.yml\n- stage: a\n  jobs: []\n", True),
        ("repos:\n- repo: a\n", False),
        ("a: [\n", False),
        ("steps:\n- script: echo: one: two\n", True),
        ("jobs:\n  a:\n    type: command\n", False),
    ],
)
def test_of_a_folder_only_pipelines_and_templates_are_checked(tmp_path: Path, text: str, expected: bool) -> None:
    path = tmp_path / "some.yml"
    path.write_text(text)
    linter = Linter(LintOptions(LintSettings(), TODAY))
    assert linter.check(FileToCheck(str(path), named=False)).checked is expected
    assert linter.check(FileToCheck(str(path))).checked


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("- task: NodeTool@0\n", "steps"),
        ("- deployment: a\n  pool: {}\n", "jobs"),
        ("- stage: a\n  jobs: []\n", "stages"),
    ],
)
def test_a_template_that_is_a_list_is_an_error_with_the_key_that_it_lacks(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "template.yml"
    path.write_text(text)
    report = Linter(LintOptions(LintSettings(), TODAY)).check(FileToCheck(str(path), named=False))
    [found] = [finding.diagnostic for finding in report.findings]
    assert (found.code.id, found.severity, found.hint) == ("AZR103", "error", f"Write `{key}:` above the list.")
    path.write_text(f"{key}:\n{text}")
    report = Linter(LintOptions(LintSettings(), TODAY)).check(FileToCheck(str(path)))
    assert "AZR103" not in {finding.diagnostic.code.id for finding in report.findings}


@pytest.mark.parametrize(
    ("text", "is_release"),
    [
        ("name: a\n", True),
        ("trigger: none\nstages:\n- stage: a\n  jobs: []\n", False),
        ("steps: []\n", False),
        (
            "name: a\nartifact: {pipeline: p, name: n}\nstages:\n- name: staging\n  tasks:\n  - {task: Bash, script: echo}\n",
            True,
        ),
    ],
)
def test_a_pipeline_that_is_called_release_is_a_pipeline(tmp_path: Path, text: str, is_release: bool) -> None:
    path = tmp_path / "release.yml"
    path.write_text(text)
    found = Linter(LintOptions(LintSettings(), TODAY)).check(FileToCheck(str(path))).findings
    needs = any("the release needs the field `stages`" in f.diagnostic.message for f in found)
    assert needs == (is_release and "stages" not in text)
    if not is_release:
        assert not [f for f in found if f.diagnostic.code.id == "AZR102"]
