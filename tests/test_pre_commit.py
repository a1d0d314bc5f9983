"""The hooks, run by pre-commit itself: they pass on what is right, and stop a commit that is not."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from support.process import PATIENT, unmeasured

ROOT = Path(__file__).parent.parent
SHIPPED = (".pre-commit-hooks.yaml", "LICENSE", "README.md", "generator", "pyproject.toml", "schemas", "templates")

pytestmark = pytest.mark.no_cover


def environment(home: Path) -> dict[str, str]:
    """Where pre-commit installs a hook without a network: build tools and dependencies are those of the tests."""
    return {
        **unmeasured(),
        "PRE_COMMIT_HOME": str(home),
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "false",  # pip reads it as the value of `build isolation`
        "PIP_CONFIG_FILE": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
    }


class Repository:
    """A git repository in a folder."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.environment = environment(home)
        folder.mkdir(exist_ok=True)
        self("git", "init", "--quiet", "--initial-branch", "main")

    def __call__(self, *command: str, code: int = 0) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, check=False, text=True, timeout=PATIENT
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        return said

    def commit(self, code: int = 0) -> str:
        """Commit all that is there."""
        self("git", "add", "--all")
        return self("git", "commit", "--message", "Change", code=code)


def result(hook: str, said: str) -> str:
    """What pre-commit says of a hook."""
    [line] = [line for line in said.splitlines() if line.startswith(f"{hook}.")]
    return line.rpartition(".")[2]


def hook_repository(folder: Path, home: Path) -> str:
    """What pre-commit clones: this checkout as it is now, as the one commit of a repository; its id."""
    folder.mkdir()
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    repository = Repository(folder, home)
    repository.commit()
    return repository("git", "rev-parse", "HEAD").strip()


def test_a_commit_with_a_bad_release_is_stopped(tmp_path: Path) -> None:
    home, hooks = tmp_path / "home", tmp_path / "hooks"
    revision = hook_repository(hooks, home)
    sample = Repository(tmp_path / "sample", home)
    for name in ("release.yml", "azure-pipelines.yml"):
        shutil.copy(ROOT / "samples" / "minimal" / name, sample.folder)
    shutil.copytree(ROOT / "samples" / "minimal" / "azrelease", sample.folder / "azrelease")
    (sample.folder / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {hooks.as_posix()}\n    rev: {revision}\n"
        "    hooks:\n      - id: azrelease-check\n      - id: azrelease-render\n",
        encoding="utf-8",
    )
    sample(sys.executable, "-m", "pre_commit", "install")
    said = sample.commit()
    assert result("azrelease check", said) == "Passed"
    assert result("azrelease render --check", said) == "Passed"

    release = sample.folder / "release.yml"
    right = release.read_text(encoding="utf-8")
    release.write_text(right.replace("target: managed", "target: managd", 1), encoding="utf-8")
    said = sample.commit(code=1)
    assert result("azrelease check", said) == "Failed"
    assert "release.yml:17:13: error: `target` cannot be `managd`" in said
    assert "hint: Did you mean `managed`?" in said

    release.write_text(right.replace("churn-staging", "churn-test", 1), encoding="utf-8")
    said = sample.commit(code=1)
    assert result("azrelease check", said) == "Passed"
    assert result("azrelease render --check", said) == "Failed"
    assert "+++ azure-pipelines.yml" in said
    assert sample("git", "rev-list", "--count", "HEAD").strip() == "1"
