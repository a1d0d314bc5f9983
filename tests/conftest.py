"""Options and fixtures that all tests share."""

import os
import pkgutil
import shutil
import sys
import threading
from collections.abc import Generator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import azrelease
from support.process import Cli

ROOT = Path(__file__).parent.parent

# The same examples every time, so that a change that is right does not fail for an old rarity. `--search` looks for others.
_FIXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("fixed", _FIXED)
settings.register_profile("search", _FIXED, derandomize=False, max_examples=1000, print_blob=True)
settings.load_profile("fixed")


def pytest_configure(config: pytest.Config) -> None:
    """Before tests are imported, which say how many examples they take of those that a run has."""
    if config.getoption("--search"):
        settings.load_profile("search")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not search, in a search."""
    if config.getoption("--search"):
        fixed = [item for item in items if item.get_closest_marker("hypothesis") is None]
        items[:] = [item for item in items if item.get_closest_marker("hypothesis") is not None]
        config.hook.pytest_deselected(items=fixed)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors, for some tests wait for processes and for time limits."""
    given = os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS")
    return int(given) if given else (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True, scope="session")
def folders_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Have each pytest that a test starts keep its folders below those of this one: where two share the place of the
    system, the one finds files in a folder that the other removes, and warns of it."""
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(tmp_path_factory.getbasetemp())


@pytest.fixture(autouse=True)
def same_constants(request: pytest.FixtureRequest) -> None:
    """Have hypothesis know all modules, not only those that tests before imported: its examples take constants of theirs."""
    if request.node.get_closest_marker("hypothesis") is not None:
        _import_all()


@cache
def _import_all() -> None:
    for module in pkgutil.walk_packages(azrelease.__path__, "azrelease."):
        if not module.name.endswith(".__main__"):
            import_module(module.name)


def pytest_collection_finish() -> None:
    """Leave the options of this run of pytest to it, and not to those that tests start."""
    os.environ.pop("PYTEST_ADDOPTS", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files instead of comparing")
    parser.addoption("--search", action="store_true", help="only property tests, with many random examples")


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


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the module search path, in which packages are installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


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
