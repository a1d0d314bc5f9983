"""Logging commands, as the agent reads them."""

import pytest

from azrelease.catalog.logging_commands import escaped_property, escaped_text, parse_command


# azure-pipelines-agent, Command.cs (TryParse, Unescape).
@pytest.mark.parametrize(
    ("line", "name", "properties", "data"),
    [
        ("##vso[task.setvariable variable=a]b", "task.setvariable", {"variable": "a"}, "b"),
        ("##vso[task.setvariable variable=a;issecret=true;]b", "task.setvariable", {"variable": "a", "issecret": "true"}, "b"),
        ("before ##vso[task.debug]x", "task.debug", {}, "x"),
        ("##vso[TASK.SetVariable Variable=A]b", "task.setvariable", {"variable": "A"}, "b"),
        ("##vso[task.logissue type=error;code=1]a%0Ab%3Bc%5D", "task.logissue", {"type": "error", "code": "1"}, "a\nb;c]"),
        ("##vso[task.setvariable variable=a]50%AZP25", "task.setvariable", {"variable": "a"}, "50%"),
        ("##vso[task.setvariable variable=a=b]c", "task.setvariable", {"variable": "a=b"}, "c"),
        ("##vso[task.complete result=Succeeded;]done", "task.complete", {"result": "Succeeded"}, "done"),
        ("##vso[task.setvariable]x", "task.setvariable", {}, "x"),
        ("##vso[task.setvariable variable=]x", "task.setvariable", {}, "x"),
        ("##vso[build.addbuildtag]tag", "build.addbuildtag", {}, "tag"),
        ("##vso[task.setvariable variable=a]x]y", "task.setvariable", {"variable": "a"}, "x]y"),
    ],
)  # fmt: skip
def test_logging_commands(line: str, name: str, properties: dict[str, str], data: str) -> None:
    found = parse_command(line)
    assert found is not None
    assert (found.name, dict(found.properties), found.data) == (name, properties, data)


@pytest.mark.parametrize(
    "line", ["", "##vso[", "##vso[task]x", "##vso[a.b.c]x", "##vs[task.debug]x", "##[section]x", "##vso[.]x"]
)
def test_what_is_no_command(line: str) -> None:
    assert parse_command(line) is None


def test_what_is_escaped_is_read_as_it_was() -> None:
    text = "50% of [a]; b\r\nc"
    found = parse_command(f"##vso[task.logissue code={escaped_property(text)}]{escaped_text(text)}")
    assert found is not None
    assert (found.properties["code"], found.data) == (text, text)
