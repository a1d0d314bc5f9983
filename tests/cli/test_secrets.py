"""No command prints a secret that somebody has put into a release file, wherever and however it is written."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from fake_azure_devops import Organization, serve
from support.process import Cli, CliHere
from support.registering import FULL, SECRETS, seed, use
from support.thorough import some_of
from support.yaml_text import safe_load

TOKEN = "ghp_" + "a1B2" * 9
MARK = "PLANTED"
KEY = ("-----BEGIN RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEAplanted", "-----END RSA PRIVATE KEY-----")
SECRET = ("hunter2", "correct horse", "battery staple")
"""Parts of the planted values: none of them is printed, alone or together."""

STYLES = {
    "plain": "hunter2-hunter2",
    "white space": "hunter2 correct horse",
    "plain on two lines": "hunter2 correct\n{indent}horse battery staple",
    "single quotes": "'hunter2 it''s correct horse'",
    "double quotes": '"hunter2 \\"correct horse\\""',
    "double quotes on two lines": '"hunter2 correct\n{indent}horse battery staple"',
    "literal": "|\n{indent}hunter2\n{indent}correct horse",
    "literal, indented more": "|2-\n{indent}  hunter2\n{indent}  correct horse",
    "folded": ">-\n{indent}hunter2\n\n{indent}battery staple",
    "flow mapping": "{value: hunter2, x: 'correct horse'}",
    "flow list": "[hunter2, 'correct horse']",
    "block mapping": "\n{indent}a: hunter2\n{indent}b: correct horse",
    "block list": "\n{indent}- hunter2\n{indent}- correct horse",
    "private key": "|\n" + "\n".join(f"{{indent}}{line}" for line in KEY),
    "private key on one line": '"' + "\\n".join(KEY) + '"',
    "unclosed quote": '"hunter2 correct horse',
    "unclosed bracket": "[hunter2, correct horse",
    "broken block": "|\n{indent}hunter2\n  \tcorrect horse",
}

LOCAL = [
    *(("check", "--format", form) for form in ("text", "json", "sarif", "junit", "azure", "github", "markdown")),
    ("check", "--fix", "--diff"),
    ("render", "--check"),
    ("render", "--stdout"),
    ("show",),
    ("show", "--format", "json", "--origins"),
    *(("graph", "--format", form) for form in ("text", "mermaid", "svg", "html")),
    ("export", "release.yml", "--output", "-", "--accept-loss"),
    ("migrate", "release.yml"),
    ("rehearse", "--stage", "absent"),
]
ONLINE = [
    *(("plan", "--format", form) for form in ("text", "json", "markdown")),
    ("drift",),
    ("run",),
    ("plan", "--classic"),
]


def release() -> Any:
    return safe_load(FULL)


def routes(data: Any, route: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each part of a release."""
    if route:
        yield route
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in items:
        yield from routes(value, (*route, step))


def mappings(data: Any, route: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each mapping of a release."""
    if isinstance(data, dict):
        yield route
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in items:
        yield from mappings(value, (*route, step))


ROUTES = list(routes(release()))


def planted(route: tuple[Any, ...] = (), name: str | None = None) -> str:
    """The release with the mark at a route, or in a new field of the mapping there."""
    whole = part = release()
    *way, last = (*route, name) if name is not None else route
    for step in way:
        part = part[step]
    part[last] = MARK
    return yaml.safe_dump(whole, sort_keys=False, width=1000)


def styled(text: str, value: str) -> str:
    """A text with a value in the place of the mark."""
    (line,) = (line for line in text.splitlines() if MARK in line)
    indent = " " * (len(line) - len(line.lstrip(" -")) + 4)
    return text.replace(MARK, value.replace("{indent}", indent))


def printed(cli: Cli, command: tuple[str, ...]) -> str:
    done = cli(*command)
    assert "Traceback" not in done.err
    return done.out + done.err


def leaks(text: str) -> list[str]:
    return [part for part in (TOKEN, *SECRET, "hunter2", "MIIEpAIBAAK", "horse battery") if part in text]


@pytest.fixture
def here(cli: Cli) -> Cli:
    return CliHere(cli.folder)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("field", ["variables", "unknown field", "secrets", "environment"])
def test_a_secret_in_any_style(here: Cli, style: str, field: str) -> None:
    text = {
        "variables": planted(("variables",), "dbPassword"),
        "unknown field": planted((), "api_key"),
        "secrets": planted(("secrets",)).replace(f"secrets: {MARK}", f"secrets:\n  token: {MARK}"),
        "environment": planted(("stages", 0), "tasks").replace(
            f"tasks: {MARK}", f"tasks:\n  - task: Bash\n    script: ls\n    env:\n      API_TOKEN: {MARK}"
        ),
    }[field]
    here.write("release.yml", styled(text, STYLES[style]))
    for command in some_of(LOCAL, 9, list(STYLES).index(style) + len(field)):
        assert not leaks(printed(here, command)), command


@pytest.mark.parametrize("route", some_of(ROUTES, 3, 0), ids=lambda route: ".".join(map(str, route)))
def test_a_token_in_any_field(here: Cli, route: tuple[Any, ...]) -> None:
    here.write("release.yml", planted(route).replace(MARK, TOKEN))
    for command in some_of((("check",), ("show",), ("render", "--stdout"), ("graph",)), 2, len(route)):
        shown = printed(here, command)
        assert not leaks(shown), command
        assert "AZR501" in shown


@pytest.mark.parametrize(
    "route", some_of(list(mappings(release())), 2, 0), ids=lambda route: ".".join(map(str, route)) or "release"
)
def test_a_field_too_many_in_any_mapping(here: Cli, route: tuple[Any, ...]) -> None:
    here.write("release.yml", styled(planted(route, "client_secret"), STYLES["literal"]))
    for command in some_of(
        (("check",), ("show",), ("render", "--check"), ("graph", "--format", "html")), 2, len(route)
    ):
        assert not leaks(printed(here, command)), command


@pytest.mark.parametrize("style", ["plain", "white space", "literal", "flow mapping", "unclosed quote"])
def test_commands_that_ask_the_service(here: Cli, monkeypatch: pytest.MonkeyPatch, style: str) -> None:
    here.write("release.yml", styled(planted(("variables",), "dbPassword"), STYLES[style]))
    with serve(Organization("org")) as service:
        seed(service)
        use(monkeypatch, service, **SECRETS)
        for command in some_of(ONLINE, 2, len(style)):
            assert not leaks(printed(here, command)), command


def test_what_only_may_be_a_secret_is_not_printed_either(here: Cli) -> None:
    tasks = f"tasks: {MARK}", "tasks:\n  - task: Bash\n    script: ./run --password 'hunter2 correct horse'"
    here.write("release.yml", planted(("stages", 0), "tasks").replace(*tasks))
    for command in (("render", "--stdout"), ("export", "release.yml", "--output", "-", "--accept-loss")):
        done = here(*command)
        assert (done.code, done.out) == (2, "")
        assert "may hold a secret and is not printed" in done.err
        assert not leaks(done.err)
    assert here("render").code == 0


PIPELINE = """\
pool: {{vmImage: ubuntu-24.04}}
variables:
- name: dbPassword
  value: {value}
- {{name: apiToken, value: hunter2, isSecret: true}}
parameters:
- name: adminPassword
  default: hunter2 correct
jobs:
- job: a
  displayName: {key}
  pool: {{vmImage: ubuntu-18.04}}
  # password: hunter2
  steps:
  - script: |
      curl -u me:x --password "correct horse" -H token=hunter2
      export DB_PASSWORD='$hunter2 battery staple'
  - task: Unknown@0
    inputs: {{api_token: hunter2, secret: {{a: [correct horse]}}}}
  - scirpt: ls
    env:
      PASSWORD1: >
        battery staple
"""


@pytest.mark.parametrize("style", STYLES)
def test_a_secret_in_a_pipeline(here: Cli, style: str) -> None:
    value = STYLES[style].replace("{indent}", "    ")
    here.write("azure-pipelines.yml", PIPELINE.format(value=value, key='"' + "\\n".join(KEY) + '"'))
    for command in (
        *LOCAL[:8],
        ("check", "--unsafe-fixes", "--diff"),
        ("graph", "azure-pipelines.yml", "--format", "html"),
    ):
        assert not leaks(printed(here, command)), command


def test_a_change_of_a_secret_is_shown_without_it(here: Cli) -> None:
    text = planted(("variables",), "dbPassword")
    here.write("release.yml", text.replace(MARK, "hunter2-hunter2"))
    assert here("render").code == 0
    here.write("release.yml", text.replace(MARK, "hunter2 battery staple"))
    done = here("render", "--check")
    assert done.code == 1
    assert [line.strip("+-* ") for line in done.out.splitlines() if "***" in line] == ["value:", "value:"]
    assert not leaks(done.out + done.err)
