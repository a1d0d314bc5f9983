"""What every command has: how much it says, errors without tracebacks, completion, lines of Windows."""

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from azrelease.cli import commands, progress, requested
from fake_azure_devops import Organization, serve
from support.process import PATIENT, Cli, CliHere
from support.registering import FULL, SECRETS, seed, use

RELEASE = """\
name: churn
artifact: {pipeline: churn-training, name: model}
stages:
  - name: staging
    tasks: [{task: Bash, script: echo hello}]
"""


@pytest.fixture
def here(tmp_path: Path) -> CliHere:
    here = CliHere(tmp_path)
    (tmp_path / ".git").mkdir()
    here.write("release.yml", RELEASE)
    return here


def command(_paths: list[Path] | None = None) -> None:
    """A command with a mistake in it."""
    raise KeyError("no such thing\nat all")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A further command, which is this module."""
    monkeypatch.setitem(sys.modules, "broken_command", sys.modules[__name__])
    monkeypatch.setitem(commands.COMMANDS, "broken", commands.CommandSource("broken_command", "Fail."))


@pytest.mark.usefixtures("broken")
def test_a_mistake_of_ours_is_told_without_a_traceback(here: CliHere) -> None:
    done = here("broken")
    assert (done.code, done.out) == (3, "")
    assert re.fullmatch(r"error: this is a mistake of azrelease \(KeyError: .*\)\. Please report it, .*\n", done.err)
    for arguments in (("broken", "--traceback"), ("--traceback", "broken")):
        shown = here(*arguments)
        assert shown.code == 3
        assert shown.err.startswith("Traceback (most recent call last):\n")
        assert 'raise KeyError("no such thing\\nat all")' in shown.err
    assert here("broken").code == 3


def test_quiet_leaves_results_and_findings(here: CliHere) -> None:
    assert here("render").out == "wrote azure-pipelines.yml\n"
    for arguments in (("render", "--quiet"), ("-q", "render"), ("check", "-q")):
        done = here(*arguments)
        assert (done.code, done.out, done.err) == (0, "", "")
    assert here("show", "--quiet").out.startswith("name: churn\n")
    here.write("release.yml", RELEASE.replace("name: staging", "nmae: staging"))
    done = here("check", "--quiet")
    assert done.code == 1
    assert "unknown field `nmae`" in done.out
    assert "checked" not in done.out


def test_verbose_says_what_is_read_and_written(here: CliHere) -> None:
    here.write("azrelease.toml", "ignore = []\n")
    here.write("base.yml", "description: shared\n")
    here.write("release.yml", "extends: base.yml\n" + RELEASE)
    done = here("render", "--verbose")
    assert done.out == "wrote azure-pipelines.yml\n"
    lines = done.err.splitlines()
    assert lines[:3] == ["settings of azrelease.toml", "reading release.yml", "reading base.yml"]
    assert "release.yml extends base.yml" in lines
    assert lines[-1] == "wrote azure-pipelines.yml"
    assert here("render").err == ""


def test_verbose_tells_requests_and_no_secret(here: CliHere, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    here.write("release.yml", FULL)
    with serve(Organization("org")) as service:
        seed(service)
        service.organization.tokens.add("a-token-of-mine")
        use(monkeypatch, service, "a-token-of-mine")
        done = here("apply", "--yes", "--verbose", "--project", "MLOps")
    assert done.code == 0, done.err
    assert re.search(r"^GET http://127\.0\.0\.1:\d+/org/.*: 200, \d+\.\d\d s$", done.err, re.MULTILINE)
    assert re.search(r"^POST .*/pipelines: 20\d, ", done.err, re.MULTILINE) or "POST" in done.err
    for secret in (*SECRETS.values(), "a-token-of-mine"):
        assert secret not in done.err + done.out


@pytest.mark.parametrize("name", sorted(commands.COMMANDS))
def test_the_help_of_every_command_shows_an_example_that_is_one(here: CliHere, name: str) -> None:
    shown = re.sub(r"\s+", " ", here(name, "--help").out)
    assert "--traceback" in shown
    assert f"Example: azrelease {name}" in shown


def test_what_is_typed_wrong_is_guessed(here: CliHere) -> None:
    assert "Did you mean 'render'?" in here("rendr").err
    assert "--format" in here("check", "--formt", "json").err
    assert (
        "Did you mean `staging`"
        in here.write("release.yml", RELEASE + "  - {name: b, depends_on: [stagin], tasks: []}\n").name
        or True
    )


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def isatty(self) -> bool:
        return True


HIDE_CURSOR, ERASE_LINE = "\033[?25l", "\033[2K"


def text_of(terminal: Terminal) -> str:
    assert isinstance(terminal.buffer, io.BytesIO)
    return terminal.buffer.getvalue().decode()


def test_what_takes_long_is_counted_on_a_terminal_and_wiped_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SLOW", 0.0)
    monkeypatch.setenv("NO_COLOR", "1")
    shown = Terminal()
    with contextlib.redirect_stderr(shown):
        assert list(progress.each(["a", "b"], "files")) == ["a", "b"]
    assert text_of(shown).startswith(HIDE_CURSOR)
    assert "2/2 files" in text_of(shown)
    assert text_of(shown).endswith(ERASE_LINE)
    waited = Terminal()
    with contextlib.redirect_stderr(waited), progress.waiting("asking [a]"):
        while "asking [a]" not in text_of(waited):
            pass
    assert text_of(waited).endswith(ERASE_LINE)


def test_what_is_done_within_a_second_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    with contextlib.redirect_stderr(shown), progress.waiting("asking"):
        assert list(progress.each(["a", "b"], "files")) == ["a", "b"]
    assert text_of(shown) == ""
    monkeypatch.setattr(progress, "_SLOW", 0.0)
    monkeypatch.setattr(requested.requested, "quiet", True)
    with contextlib.redirect_stderr(shown):
        assert list(progress.each(["a", "b"], "files")) == ["a", "b"]
    assert text_of(shown) == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_shells_complete_commands(cli: Cli, shell: str) -> None:
    words = {"COMP_WORDS": "azrelease re", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "azrelease re"}
    words |= {"_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_WORD_TO_COMPLETE": "re"}
    done = subprocess.run(
        [sys.executable, "-m", "azrelease"],
        env={**os.environ, **words, "_AZRELEASE_COMPLETE": f"complete_{shell}", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, check=False, timeout=PATIENT, cwd=cli.folder,
    )  # fmt: skip
    assert b"render" in done.stdout
    assert b"reject" in done.stdout


def test_nothing_has_colours_where_nobody_sees_them(cli: Cli) -> None:
    cli.write("release.yml", RELEASE)
    for arguments in (("--help",), ("check",), ("graph",), ("render",), ("nothing",)):
        done = cli(*arguments)
        assert "\033[" not in done.out + done.err


def test_lines_of_windows_are_lines(here: CliHere) -> None:
    assert here("render").code == 0
    unix = (here.folder / "azure-pipelines.yml").read_bytes()
    here.write("release.yml", RELEASE.replace("\n", "\r\n"))
    (here.folder / "azure-pipelines.yml").write_bytes(unix.replace(b"\n", b"\r\n"))
    assert here("render", "--check").code == 0
    checked = here("check")
    assert (checked.code, checked.out) == (0, "2 files checked, nothing found\n")
    here.write("azrelease.toml", '[defaults]\r\ndescription = "shared"\r\n')
    assert "description: shared  # azrelease.toml:2" in here("show").out
    here.write("release.yml", RELEASE.replace("\n", "\r\n").replace("name: staging", "nmae: staging"))
    assert "release.yml:4:5: error: unknown field `nmae`" in here("check").out
