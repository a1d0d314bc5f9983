"""Which organization, project and repository are meant."""

import subprocess
from pathlib import Path

import pytest

from azrelease.errors import UserError
from azrelease.registration import find_target
from azrelease.registration.checkout import Remote, parse_remote
from support.process import unmeasured

CONTOSO = "https://dev.azure.com/contoso"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://dev.azure.com/contoso/MLOps/_git/models", Remote("azure_repos", "models", CONTOSO, "MLOps")),
        ("https://ada@dev.azure.com/contoso/ML%20Ops/_git/my%20models", Remote("azure_repos", "my models", CONTOSO, "ML Ops")),
        ("https://dev.azure.com/contoso/_git/models", Remote("azure_repos", "models", CONTOSO, "models")),
        ("https://contoso.visualstudio.com/MLOps/_git/models", Remote("azure_repos", "models", CONTOSO, "MLOps")),
        ("https://contoso.visualstudio.com/DefaultCollection/MLOps/_git/models", Remote("azure_repos", "models", CONTOSO, "MLOps")),
        ("https://contoso.visualstudio.com/_git/models", Remote("azure_repos", "models", CONTOSO, "models")),
        ("git@ssh.dev.azure.com:v3/contoso/MLOps/models", Remote("azure_repos", "models", CONTOSO, "MLOps")),
        ("contoso@vs-ssh.visualstudio.com:v3/contoso/MLOps/models", Remote("azure_repos", "models", CONTOSO, "MLOps")),
        ("https://github.com/contoso/models.git", Remote("github", "contoso/models")),
        ("git@github.com:contoso/models.git", Remote("github", "contoso/models")),
        ("ssh://git@github.com/contoso/models", Remote("github", "contoso/models")),
        (
            "https://tfs.example.com/tfs/Collection/MLOps/_git/models",
            Remote("azure_repos", "models", None, "MLOps"),
        ),
        ("https://gitlab.com/contoso/models.git", None),
        ("/srv/models.git", None),
    ],
)  # fmt: skip
def test_a_remote_is_read(url: str, expected: Remote | None) -> None:
    assert parse_remote(url) == expected


def checkout(folder: Path, url: str) -> Path:
    for arguments in (("init", "--quiet"), ("remote", "add", "origin", url)):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True, env=unmeasured())
    inner = folder / "releases" / "churn"
    inner.mkdir(parents=True)
    return inner


def test_a_checkout_says_where_it_is_from(tmp_path: Path) -> None:
    inner = checkout(tmp_path, "https://dev.azure.com/contoso/MLOps/_git/models")
    target = find_target(None, None, inner, {})
    assert (target.address, target.project) == (CONTOSO, "MLOps")
    assert target.repository is not None
    assert target.repository.name == "models"
    assert target.path_in_repository(inner / "azure-pipelines.yml") == "releases/churn/azure-pipelines.yml"


def test_an_option_wins_over_the_environment_and_that_over_the_checkout(tmp_path: Path) -> None:
    inner = checkout(tmp_path, "https://dev.azure.com/contoso/MLOps/_git/models")
    environment = {"SYSTEM_COLLECTIONURI": "https://dev.azure.com/other/", "SYSTEM_TEAMPROJECT": "Running"}
    assert find_target(None, None, inner, environment)[:2] == ("https://dev.azure.com/other", "Running")
    given = find_target("https://dev.azure.com/third", "Mine", inner, environment)
    assert given[:2] == ("https://dev.azure.com/third", "Mine")


def test_a_pipeline_says_which_repository_it_has(tmp_path: Path) -> None:
    environment = {
        "SYSTEM_COLLECTIONURI": "https://dev.azure.com/contoso/",
        "SYSTEM_TEAMPROJECT": "MLOps",
        "BUILD_REPOSITORY_NAME": "models",
        "BUILD_REPOSITORY_PROVIDER": "TfsGit",
    }
    target = find_target(None, None, tmp_path, environment)
    assert target.repository is not None
    assert target.repository.name == "models"


def test_a_repository_of_github_does_not_say_which_organization(tmp_path: Path) -> None:
    inner = checkout(tmp_path, "git@github.com:contoso/models.git")
    with pytest.raises(UserError, match="the organization is unknown"):
        find_target(None, None, inner, {})
    target = find_target(CONTOSO, "MLOps", inner, {})
    assert target.repository is None


def test_a_project_has_to_be_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the project is unknown"):
        find_target(CONTOSO, None, tmp_path, {})
