"""Where a project installs azrelease from: a source that is named, never a bare name that anybody can register."""

import re
import shlex
from pathlib import Path

import pytest

from azrelease.release import load
from azrelease.scaffold import Answers, install_source, problems, project_of_answers, project_of_release, remembered
from azrelease.version import VERSION
from support.process import CliHere
from support.yaml_text import safe_load

ANSWERS = {
    "name": "churn",
    "resource_group": "rg",
    "workspace": "ws",
    "service_connection": "azure",
    "pipeline": "churn-training",
    "artifact": "model",
    "image": "ubuntu-24.04",
    "staging": "managed",
    "production": "managed",
}
GIT = "git+https://dev.azure.com/contoso/MLOps/_git/azrelease@v0.1.0"
FEED = "https://pkgs.dev.azure.com/contoso/MLOps/_packaging/models/pypi/simple/"
WHEEL = "azrelease-0.1.0-py3-none-any.whl"
SOURCES = ("", GIT, FEED, f"dist/{WHEEL}", f"https://files.contoso.com/{WHEEL}", "https://pypi.contoso.com/simple")


def files(source: str) -> dict[str, str]:
    made = project_of_answers(Answers.model_validate({**ANSWERS, "install_from": source}))
    return {file.path: file.content.decode() for file in made if not file.path.endswith(".json")}


def installs(text: str) -> list[str]:
    """The lines with which pip is asked for azrelease."""
    return [line for line in text.splitlines() if "pip install" in line and "azrelease" in line]


@pytest.mark.parametrize("source", SOURCES)
def test_no_file_installs_azrelease_by_its_name_alone(source: str, samples: Path) -> None:
    around = project_of_release(load(samples / "minimal" / "release.yml").release, source=install_source(source))
    written = {**files(source), **{f"around/{file.path}": file.content.decode() for file in around}}
    asked = [line for text in written.values() for line in installs(text)]
    assert asked
    for line in asked:
        named = f"--index-url {shlex.quote(source)}" in line or '--index-url "${PIP_INDEX_URL:?}"' in line
        assert named or " @ " in line or "./.azrelease/azrelease-" in line, line
        assert "extra-index" not in line
    for path in (".pre-commit-config.yaml", "around/.pre-commit-config.yaml"):
        for hook in safe_load(written[path])["repos"][0]["hooks"]:
            wanted = hook.get("additional_dependencies", [])
            assert hook["language"] == ("python" if wanted else "system")
            if any(re.match(r"azrelease\b(?!.* @ )", one) for one in wanted):
                assert f"--index-url={source}" in wanted


@pytest.mark.parametrize("source", SOURCES)
def test_the_readme_says_where_it_comes_from(source: str) -> None:
    place = f".azrelease/{WHEEL}" if source in ("", f"dist/{WHEEL}") else source.rstrip("/")
    assert place in files(source)["README.md"].partition("## Where azrelease comes from")[2]


def test_a_pipeline_signs_in_to_a_feed_of_azure_artifacts() -> None:
    steps = safe_load(files(FEED)["azure-pipelines.check.yml"])["steps"]
    sign_in = next(index for index, step in enumerate(steps) if step.get("task") == "PipAuthenticate@1")
    install = next(index for index, step in enumerate(steps) if "azrelease==" in step.get("bash", ""))
    assert steps[sign_in]["inputs"] == {"artifactFeeds": "MLOps/models"}
    assert sign_in < install
    assert install_source("https://pkgs.dev.azure.com/contoso/_packaging/models/pypi/simple").feed == "models"


@pytest.mark.parametrize("source", SOURCES)
def test_the_check_of_pull_requests_remembers_it(source: str) -> None:
    chosen = install_source(source)
    assert install_source(remembered(files(source)["azure-pipelines.check.yml"])) == chosen._replace(text=remembered(files(source)["azure-pipelines.check.yml"]))  # fmt: skip


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("azrelease", "bare name"),
        ("azrelease==0.1.0", "bare name"),
        ("azrelease[rehearse]", "bare name"),
        ("https://pypi.org/simple/", "not on PyPI"),
        ("https://test.pypi.org/simple", "not on PyPI"),
        ("git+https://github.com/contoso/azrelease.git", "Name a tag or a commit"),
        ("git+https://github.com/contoso/azrelease.git@main", "Name a tag or a commit"),
        ("git+ssh://git@github.com/contoso/azrelease.git", "Name a tag or a commit"),
        ("https://me:hunter2@pkgs.dev.azure.com/c/_packaging/m/pypi/simple/", "password"),
        ("http://files.contoso.com/azrelease-0.1.0-py3-none-any.whl", "https"),
        ("https://files.contoso.com/other.zip", "neither a wheel nor a feed"),
        ("dist/other-1.0-py3-none-any.whl", "not a source"),
        ("git+https://github.com/contoso/$(x).git@v1", "would replace"),
    ],
)
def test_what_may_be_another_program_tomorrow_is_refused(source: str, why: str) -> None:
    said = problems({"install_from": source})["install_from"]
    assert why in said
    assert "hunter2" not in said


@pytest.mark.parametrize("source", ["git+ssh://git@github.com/contoso/azrelease.git@0123abc", "https://github.com/contoso/azrelease.git@v0.1.0"])  # fmt: skip
def test_git_is_taken_at_a_tag_or_a_commit(source: str) -> None:
    address = install_source(source).address
    assert address is not None
    assert address.startswith("git+")
    assert install_source(source).pip_words() == shlex.quote(f"azrelease @ {address}")


def test_a_wheel_is_copied_into_the_project(tmp_path: Path) -> None:
    (tmp_path / WHEEL).write_bytes(b"PK")
    here = CliHere(tmp_path)
    done = here("init", "churn", "--yes", "--install-from", WHEEL)
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "churn" / ".azrelease" / WHEEL).read_bytes() == b"PK"
    assert "not there yet" not in done.out
    # Run again, without the option: the source is remembered, and nothing differs.
    (tmp_path / "churn" / ".pre-commit-config.yaml").unlink()
    again = here("init", "churn", "--yes")
    assert again.code == 0
    assert "differs" not in again.out
    missing = here("init", "other", "--yes", "--install-from", "gone/azrelease-0.2.0-py3-none-any.whl")
    assert missing.code == 2
    assert "gone/azrelease-0.2.0-py3-none-any.whl: cannot be read" in missing.err
    assert not (tmp_path / "other").exists()


def test_without_a_source_the_wheel_that_is_missing_is_named(tmp_path: Path) -> None:
    done = CliHere(tmp_path)("init", "--yes")
    assert f".azrelease/azrelease-{VERSION}-py3-none-any.whl, which is missing" in done.out


def test_the_source_is_remembered_when_a_missing_file_is_written_again(tmp_path: Path) -> None:
    here = CliHere(tmp_path)
    assert here("init", "--yes", "--install-from", GIT).code == 0
    before = (tmp_path / ".pre-commit-config.yaml").read_bytes()
    (tmp_path / ".pre-commit-config.yaml").unlink()
    assert here("init", "--yes").code == 0
    assert (tmp_path / ".pre-commit-config.yaml").read_bytes() == before
    other = here("init", "--yes", "--install-from", FEED)
    assert "azure-pipelines.check.yml: install azrelease as README.md says" in other.out
    wrong = here("init", "--yes", "--install-from", "azrelease")
    assert wrong.code == 2
    assert "bare name" in wrong.err


def test_a_project_around_a_classic_definition_has_its_source_too(tmp_path: Path, samples: Path) -> None:
    here = CliHere(tmp_path)
    assert here("export", str(samples / "minimal" / "release.yml"), "--output", "old.json", "--accept-loss").code == 0
    done = here("init", "new", "--from", "old.json", "--accept-loss", "--install-from", GIT)
    assert done.code == 0
    assert GIT in (tmp_path / "new" / "azure-pipelines.check.yml").read_text(encoding="utf-8")


def test_an_index_that_nobody_signs_in_to_is_named_where_it_is_asked() -> None:
    text = files("https://pypi.contoso.com/simple")["azure-pipelines.check.yml"]
    assert "PIP_INDEX_URL" not in text
    assert "PipAuthenticate" not in text
    assert "--index-url https://pypi.contoso.com/simple azrelease==" in text
