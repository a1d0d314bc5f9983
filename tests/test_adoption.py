"""Files that people meet before the tool: the container file and the issue templates."""

import re
import shlex
from pathlib import Path

import jsonschema
import pytest
from check_jsonschema.builtin_schemas import get_builtin_schema

from support.yaml_text import safe_load

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / ".docker" / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_container_is_built_from_what_is_here() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    copied = set()
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            *sources, _ = shlex.split(rest)
            copied |= set(sources)
    assert copied == kept
    assert all((ROOT / name).exists() for name in copied)
    tool = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    included = set(re.findall(r'^"(\w+)" = "azrelease/_data/', tool, re.MULTILINE))
    assert copied == {"pyproject.toml", "README.md", "LICENSE", "generator"} | included


def test_the_container_runs_as_nobody_special_from_a_pinned_image() -> None:
    found = instructions()
    assert all(re.match(r"python:3\.\d+-slim\b", rest) for word, rest in found if word == "FROM")
    words = [word for word, _ in found]
    assert ("USER", "azrelease") in found[words.index("USER") :]
    assert words[-3:] == ["WORKDIR", "ENTRYPOINT", "CMD"]
    assert ("ENTRYPOINT", '["azrelease"]') in found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_an_issue_template_is_one(path: Path) -> None:
    kind = "config" if path.stem == "config" else "forms"
    schema = get_builtin_schema(f"vendor.github-issue-{kind}")
    jsonschema.validate(safe_load(path.read_text(encoding="utf-8")), schema)
