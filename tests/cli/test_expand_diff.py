"""`azrelease expand --diff REV`: what a change to templates does to each pipeline."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from support.process import CliHere

PIPELINE = """\
jobs:
- ${{ each name in split('a,b', ',') }}:
  - job: ${{ name }}
    steps:
    - template: /steps/test.yml
      parameters: {name: '${{ name }}'}
"""
TEMPLATE = "parameters:\n- {name: name, type: string}\nsteps:\n- bash: pytest ${{ parameters.name }}\n"
CHANGED = TEMPLATE.replace("pytest", "pytest -q")


class Repository(CliHere):
    """A folder with git."""

    def git(self, *arguments: str) -> None:
        identity = {f"GIT_{who}_{what}": "someone" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        subprocess.run(["git", *arguments], cwd=self.folder, env=environment, check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--message", "state")


@pytest.fixture
def here(tmp_path: Path) -> Repository:
    here = Repository(tmp_path / "repository")
    here.write("azure-pipelines.yml", PIPELINE)
    here.write("steps/test.yml", TEMPLATE)
    here.write("pipelines/other.yml", "steps:\n- bash: other\n")
    here.git("init", "--quiet")
    here.commit()
    return here


def test_nothing_changes(here: Repository) -> None:
    done = here("expand", "--diff", "HEAD")
    assert (done.code, done.out, done.err) == (0, "No pipeline changes.\n", "")
    here.write("steps/test.yml", f"# A comment.\n{TEMPLATE}")
    assert here("expand", "--diff", "HEAD").out == "No pipeline changes.\n"


def test_a_template_changes_the_pipelines_that_include_it(here: Repository) -> None:
    here.write("steps/test.yml", CHANGED)
    done = here("expand", "--diff", "HEAD")
    assert (done.code, done.err) == (1, "")
    lines = done.out.splitlines()
    assert lines[:2] == ["--- azure-pipelines.yml at HEAD", "+++ azure-pipelines.yml"]
    assert [line for line in lines if line.startswith(("-  ", "+  "))] == [
        "-        script: pytest a",
        "+        script: pytest -q a",
        "-        script: pytest b",
        "+        script: pytest -q b",
    ]
    assert lines[-1] == "1 of 2 pipelines changes."
    assert here("expand", "--diff", "HEAD", "pipelines/other.yml").out == "No pipeline changes.\n"
    here.commit()
    assert here("expand", "--diff", "HEAD").code == 0
    assert here("expand", "--diff", "HEAD~1").out.splitlines()[0] == "--- azure-pipelines.yml at HEAD~1"


def test_paths_are_as_seen_from_the_folder(here: Repository) -> None:
    here.write("steps/test.yml", CHANGED)
    done = here("expand", "--diff", "HEAD", cwd=here.folder / "pipelines")
    assert done.out.splitlines()[0] == f"--- {Path('../azure-pipelines.yml').as_posix()} at HEAD"


def test_pipelines_come_go_and_get_other_names(here: Repository) -> None:
    here.write("new.yml", "steps:\n- bash: new\n")
    (here.folder / "pipelines" / "other.yml").unlink()
    here.git("mv", "azure-pipelines.yml", "main.yml")
    done = here("expand", "--diff", "HEAD")
    assert done.code == 1
    lines = [line for line in done.out.splitlines() if not line.startswith(("+", "-", "@", " "))]
    assert lines == [
        "main.yml: renamed, was azure-pipelines.yml",
        "new.yml: new",
        "pipelines/other.yml: removed",
        "3 of 3 pipelines change.",
    ]
    assert here("expand", "--diff", "HEAD", "azure-pipelines.yml").out == (
        "main.yml: renamed, was azure-pipelines.yml\n1 of 1 pipeline changes.\n"
    )
    gone = here("expand", "--diff", "HEAD", "nowhere.yml")
    assert (gone.code, gone.err) == (2, "error: nowhere.yml: no such file, neither here nor at HEAD\n")


def test_a_pipeline_that_the_service_would_refuse(here: Repository) -> None:
    (here.folder / "steps" / "test.yml").unlink()
    here.write("pipelines/other.yml", "steps: [\n")
    done = here("expand", "--diff", "HEAD")
    assert done.code == 1
    assert done.out.splitlines() == [
        "azure-pipelines.yml: the service refuses it now",
        "pipelines/other.yml: the service refuses it now",
        "2 of 2 pipelines change.",
    ]
    assert "azure-pipelines.yml:5:17: error: the template `steps/test.yml` does not exist [AZR212" in done.err
    assert "pipelines/other.yml:2:1: error: " in done.err
    here.commit()
    assert here("expand", "--diff", "HEAD").code == 0
    assert here("expand", "--diff", "HEAD", "azure-pipelines.yml").out.splitlines()[0] == (
        "azure-pipelines.yml: the service refuses it now, and at HEAD"
    )
    here.write("steps/test.yml", TEMPLATE)
    assert here("expand", "--diff", "HEAD").out.splitlines()[0] == (
        "azure-pipelines.yml: the service takes it now; it would refuse it at HEAD"
    )


def test_the_change_as_json(here: Repository) -> None:
    here.write("steps/test.yml", CHANGED)
    here.write("steps/free.yml", "parameters: {a: 1}\nsteps:\n- bash: free\n")
    done = here("expand", "--diff", "HEAD", "--format", "json")
    data = json.loads(done.out)
    assert (done.code, data["version"], data["revision"], data["pipelines"]) == (1, 1, "HEAD", 2)
    assert data["unused_templates"] == ["steps/free.yml"]
    [change] = data["changes"]
    assert (change["pipeline"], change["old_pipeline"], change["change"]) == (
        "azure-pipelines.yml",
        "azure-pipelines.yml",
        "changed",
    )
    assert "+        script: pytest -q a\n" in change["diff"]
    text = here("expand", "--diff", "HEAD")
    assert text.err == "steps/free.yml: changed, and no pipeline here includes it\n"


def test_templates_of_this_repository_in_a_pipeline_of_another(here: Repository, tmp_path: Path) -> None:
    app = CliHere(tmp_path / "app")
    app.write(
        "azure-pipelines.yml",
        "resources:\n  repositories:\n  - {repository: shared, type: git, name: shared}\n"
        "steps:\n- template: steps/test.yml@shared\n  parameters: {name: app}\n",
    )
    (app.folder / ".git").mkdir()
    here.write("steps/test.yml", CHANGED)
    path = str(app.folder / "azure-pipelines.yml")
    done = here("expand", path, "--repository", "shared=.", "--diff", "HEAD")
    assert done.code == 1
    assert "-        script: pytest app\n+        script: pytest -q app\n" in done.out


def test_secrets_are_redacted_in_differences(here: Repository) -> None:
    secret = "variables:\n  password: {}\nsteps:\n- bash: curl ${{{{ variables.password }}}}\n"
    here.write("pipelines/other.yml", secret.format("hunter2hunter2"))
    here.commit()
    here.write("pipelines/other.yml", secret.format("correct-horse"))
    for form in ("yaml", "json"):
        done = here("expand", "--diff", "HEAD", "--format", form)
        assert done.code == 1
        assert "hunter2" not in done.out
        assert "correct" not in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--diff", "nowhere"), "error: --diff nowhere: not a revision of "),
        (("--diff", "--output"), "error: --diff --output: not a revision of "),
        (("--diff", "HEAD", "--stage", "a"), "error: --diff and --test are about whole pipelines: "),
        (("--diff", "HEAD", "--why", "stages"), "error: --diff and --test are about whole pipelines: "),
    ],
)
def test_what_cannot_be_compared(here: Repository, arguments: tuple[str, ...], message: str) -> None:
    done = here("expand", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(message)


def test_there_has_to_be_something_to_compare(here: Repository, tmp_path: Path) -> None:
    outside = CliHere(tmp_path / "outside")
    outside.write("azure-pipelines.yml", "steps: []\n")
    done = outside("expand", "--diff", "HEAD")
    assert (done.code, done.out) == (2, "")
    assert "the current folder is in no git repository" in done.err
    for name in ("azure-pipelines.yml", "pipelines/other.yml"):
        (here.folder / name).unlink()
    here.write("steps/test.yml", "parameters: {a: 1}\nsteps:\n- bash: a\n")
    here.commit()
    none = here("expand", "--diff", "HEAD")
    assert (none.code, none.out) == (2, "")
    assert none.err.startswith("error: the repository has no pipeline; ")


def test_links_lead_to_files_of_the_repository(here: Repository) -> None:
    here.write("real/test.yml", TEMPLATE)
    (here.folder / "steps" / "test.yml").unlink()
    (here.folder / "steps" / "test.yml").symlink_to("../real/test.yml")
    here.commit()
    here.write("real/test.yml", CHANGED)
    assert "-        script: pytest a\n" in here("expand", "--diff", "HEAD").out
