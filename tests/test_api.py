"""The public face of the package."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

import azrelease
from azrelease import Release, load, render
from azrelease.release.model import Model
from azrelease.release.tasks.registry import TASKS


def test_the_public_names() -> None:
    assert {"Release", "load", "render", *TASKS, "Task"} <= set(dir(azrelease))
    for name in dir(azrelease):
        assert getattr(azrelease, name).__name__ == name


def test_type_checkers_see_the_public_names() -> None:
    tree = ast.parse(Path(azrelease.__file__).read_text(encoding="utf-8"))
    [typing_only] = [node for node in tree.body if isinstance(node, ast.If)]
    imported = [alias for node in ast.walk(typing_only) if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(alias.asname or "" for alias in imported) == dir(azrelease)


def test_all_public_names_are_imported_with_a_star() -> None:
    namespace: dict[str, object] = {}
    exec("from azrelease import *", namespace)
    assert set(dir(azrelease)) <= set(namespace)


def test_whatever_a_release_is_made_of_can_be_imported_from_here() -> None:
    waiting: list[Any] = [Release]
    found: set[type[Model]] = set()
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if isinstance(kind, type) and issubclass(kind, Model) and kind not in found:
            found.add(kind)
            waiting += [field.annotation for field in kind.model_fields.values()]
    assert {kind.__name__ for kind in found} <= set(dir(azrelease))


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Relaese'"):
        azrelease.Relaese  # noqa: B018


def test_the_release_built_in_python_gives_the_same_bytes(samples: Path) -> None:
    folder = samples / "insurance"
    done = subprocess.run(
        [sys.executable, "release.py"],
        cwd=folder,
        capture_output=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout == render(load(folder / "release.yml").release).encode()


def test_the_release_built_in_python_is_the_one_in_the_file(samples: Path) -> None:
    namespace: dict[str, object] = {"__name__": "sample"}
    exec((samples / "insurance" / "release.py").read_text(encoding="utf-8"), namespace)
    release = namespace["RELEASE"]
    assert isinstance(release, Release)
    assert release.completed() == load(samples / "insurance" / "release.yml").release.completed()
    assert render(release) == render(load(samples / "insurance" / "release.yml").release)


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, azrelease; print(sorted({'pydantic', 'jinja2', 'yaml', 'typer', 'rich'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "[]"
