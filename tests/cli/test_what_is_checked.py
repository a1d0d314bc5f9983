"""A check says what it did not look at: a gate that looked at nothing does not pass."""

import json
import os
import re
from pathlib import Path

import pytest

from support.process import Cli, CliHere

FINE = "steps:\n- script: echo one\n"
WRONG = "steps:\n- script: echo one\n  displayNam: two\n"


@pytest.fixture
def here(cli: Cli) -> Cli:
    return CliHere(cli.folder)


def found(out: str) -> list[tuple[str, str]]:
    return [(Path(f["file"]).as_posix(), f["code"]) for f in json.loads(out)["findings"]]


@pytest.mark.parametrize("fix", [(), ("--fix",), ("--fix", "--diff")])
def test_a_link_that_leads_nowhere_is_a_finding_and_the_others_are_checked(here: Cli, fix: tuple[str, ...]) -> None:
    here.write("a.yml", WRONG)
    (here.folder / "b.yml").symlink_to("gone.yml")
    (here.folder / "c.yml").symlink_to("c.yml")
    here.write("d.yml", WRONG)
    done = here("check", ".", "--format", "json", *fix)
    text = done.out[done.out.index('{\n  "version"') :]
    assert done.code == 1
    assert [code for _, code in found(text) if code == "AZR010"] == ["AZR010", "AZR010"]
    assert {"a.yml", "b.yml", "c.yml", "d.yml"} == {file for file, _ in found(text)}


def test_a_link_that_leads_nowhere_among_many_files(here: Cli) -> None:
    for number in range(80):
        here.write(f"p{number}.yml", FINE)
    (here.folder / "p70.yml").unlink()
    (here.folder / "p70.yml").symlink_to("gone.yml")
    done = here("check")
    assert (done.code, done.err) == (1, "")
    assert "p70.yml:1:1: error: cannot be read: No such file or directory [AZR010 unreadable-file]" in done.out
    assert here("check", "--ignore", "AZR010").code == 0
    named = here("check", *(f"p{number}.yml" for number in range(80)))
    assert (named.code, named.err) == (2, "")


def test_a_file_that_is_named_and_cannot_be_read(here: Cli) -> None:
    here.write("a.yml", WRONG)
    (here.folder / "b.yml").symlink_to("gone.yml")
    done = here("check", "b.yml", "a.yml")
    assert done.code == 2
    assert "b.yml:1:1: error: cannot be read" in done.out
    assert "a.yml:3:3: error" in done.out


def test_a_release_on_top_of_what_is_not_there(here: Cli) -> None:
    here.write("release.yml", "extends: gone.yml\nname: a\nstages: [{name: b}]\n")
    here.write("x.yml", WRONG)
    done = here("check")
    assert done.code == 1
    assert {file for file, _ in found(here("check", "--format", "json").out)} == {"release.yml", "x.yml"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything may be read")
def test_a_folder_and_a_file_without_permission(here: Cli) -> None:
    here.write("closed/a.yml", FINE).parent.chmod(0)
    here.write("b.yml", FINE).chmod(0)
    here.write("c.yml", WRONG)
    done = here("check", "--format", "json")
    (here.folder / "closed").chmod(0o755)
    assert done.code == 1
    assert {("b.yml", "AZR010"), ("closed", "AZR010")} <= set(found(done.out))
    assert "c.yml" in dict(found(done.out))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_a_pipeline_of_another_encoding_that_is_found_in_a_folder(here: Cli, encoding: str) -> None:
    (here.folder / "azure-pipelines.yml").write_bytes(f"# Größe\n{FINE}".encode(encoding))
    (here.folder / "other.yml").write_bytes("greeting: Grüße\n".encode(encoding))
    done = here("check", ".", "--format", "json")
    assert done.code == 1
    assert found(done.out) == [("azure-pipelines.yml", "AZR001")]


@pytest.mark.parametrize(("above", "files"), [(".", "1 file"), ("sub", "2 files")])
def test_a_folder_that_git_ignores_is_looked_at_when_it_is_named_or_the_current_one(
    here: Cli, above: str, files: str
) -> None:
    (here.folder / ".git").mkdir()
    here.write(".gitignore", "out/\n")
    here.write("out/sub/a.yml", WRONG)
    here.write("out/sub/b.yml", FINE)
    here.write("out/.gitignore", "b.yml\n")
    inside = here.folder / "out" / above
    assert f"{files} checked" in here("check", cwd=inside).out
    assert f"{files} checked" in here("check", ".", cwd=inside).out
    assert f"{files} checked" in here("check", f"out/{above}").out
    assert (
        here("check").err
        == "warning: this folder: nothing to check; no pipeline, template or release, or git ignores them\n"
    )


NOTHING = {
    "empty": {},
    "no pipeline": {"a.yml": "greeting: hello\n", "b.txt": "x"},
    "ignored": {".gitignore": "*.yml\n", "a.yml": FINE},
}


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_nothing_to_check(here: Cli, name: str, form: str) -> None:
    (here.folder / "folder").mkdir()
    for path, text in NOTHING[name].items():
        here.write(f"folder/{path}", text)
    here.write("fine.yml", FINE)
    inside = here.folder / "folder"
    warning = re.compile(r"warning: .*: nothing to check")
    unnamed = here("check", "--format", form, cwd=inside)
    assert (unnamed.code, bool(warning.match(unnamed.err))) == (0, True)
    for arguments, where in (
        (("folder",), here.folder),
        (("folder", "fine.yml"), here.folder),
        ((".",), inside),
        (("*.t?t", "."), inside),
    ):
        if arguments[0] == "*.t?t" and name != "no pipeline":
            continue
        done = here("check", "--format", form, *arguments, cwd=where)
        assert (done.code, bool(warning.match(done.err))) == (2, True), arguments
        assert done.out
    assert here("check", "--skip-others", "folder").code == 0
    assert here("check", "fine.yml").code == 0


@pytest.mark.parametrize(("text", "code"), [("steps:\n- scirpt: echo\n", 1), ("services:\n  web: {image: nginx}\n", 0)])
def test_a_named_file_with_only_keys_of_a_pipeline_is_not_passed_over(cli: Cli, text: str, code: int) -> None:
    cli.write("a.yml", text)
    assert cli("check", "--skip-others", "a.yml").code == code
