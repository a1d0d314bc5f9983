"""Options and fixtures that all tests share."""

import itertools
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support.process import Cli

ROOT = Path(__file__).parent.parent

# The client of Azure DevOps reads and writes what it notes of services where this says when it is imported.
_NOTES = tempfile.TemporaryDirectory(prefix="azrelease-tests-", ignore_cleanup_errors=True)
os.environ["AZURE_DEVOPS_CACHE_DIR"] = _NOTES.name

# In CI the same examples every time: a change that is right does not fail for an old rarity, which a run at a desk finds.
settings.register_profile(
    "azrelease", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("azrelease")


def pytest_collection_finish() -> None:
    """Leave the options of this run of pytest to it, and not to those that tests start."""
    os.environ.pop("PYTEST_ADDOPTS", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files instead of comparing")


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Have `no_cover` hold in a worker of xdist: pytest-cov measures one twice, and pauses only the one of the two."""
    if item.get_closest_marker("no_cover") is None:
        return (yield)
    here, threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        threading.settrace(threads)
        sys.settrace(here)


@pytest.fixture(autouse=True)
def client_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Have the client of Azure DevOps in a process of the test note where things are in a folder of the test."""
    name = f"client-cache-{next(_NUMBERS)}"
    monkeypatch.setenv("AZURE_DEVOPS_CACHE_DIR", str(tmp_path_factory.getbasetemp() / name))


_NUMBERS = itertools.count()


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def samples() -> Path:
    return ROOT / "samples"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material that stands beside some checkouts; tests that need it skip elsewhere."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no reference material beside this checkout")
    return folder


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Runs the command line as a real process in an empty folder."""
    return Cli(tmp_path)


@pytest.fixture(scope="session")
def bash() -> str:
    found = shutil.which("bash")
    if found is None:
        pytest.skip("bash is not installed")
    return found
