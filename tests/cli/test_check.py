"""`azrelease check` and `azrelease explain` as real processes."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from azrelease.lint.facts.bash_programs import shellcheck
from azrelease.lint.rules import built_in_rules
from support.process import Cli, CliHere, unmeasured

OLD = "pool:\n  vmImage: ubuntu-20.04\nsteps:\n- script: echo one\n"
FINE = "steps:\n- script: echo one\n"
INFO = "trigger: none\njobs:\n- job: a\n  container: python\n  steps: []\n"


def found(cli: Cli, *arguments: str) -> list[tuple[str, str, int, int]]:
    done = cli("check", "--format", "json", *arguments)
    return [(f["code"], f["file"], f["line"], f["column"]) for f in json.loads(done.out)["findings"]]


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return CliHere(cli.folder)


def test_findings_are_printed_with_their_place_and_make_the_exit_code_1(cli: Cli) -> None:
    cli.write("ci/azure-pipelines.yml", OLD)
    done = cli("check", "ci/azure-pipelines.yml", "--today", "2026-11-25")
    assert done.code == 1
    assert done.out == (
        "ci/azure-pipelines.yml:2:12: error: the image `ubuntu-20.04` was removed on 2025-04-15 [AZR705 retired-image]\n"
        "  2 |   vmImage: ubuntu-20.04\n"
        "    |            ^^^^^^^^^^^^\n"
        "  hint: Use `ubuntu-24.04`.\n"
        "1 file checked: 1 error; --fix can fix 1\n"
    )
    assert done.err == ""


def test_nothing_wrong_is_exit_code_0(cli: Cli) -> None:
    cli.write("azure-pipelines.yml", FINE)
    done = cli("check")
    assert (done.code, done.out, done.err) == (0, "1 file checked, nothing found\n", "")


def test_a_folder_is_searched_and_other_yaml_passed_over(cli: Cli) -> None:
    cli.write("a/azure-pipelines.yml", OLD)
    cli.write("b/docker-compose.yml", "services: {web: {image: a}}\n")
    cli.write("c/broken.yml", "a: [\n")
    assert found(cli) == [("AZR705", "a/azure-pipelines.yml", 2, 12)]
    assert [code for code, _, _, _ in found(cli, "c/broken.yml")] == ["AZR002"]
    assert found(cli, "--skip-others", "c/broken.yml", "b/docker-compose.yml") == []


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 0), ("info", 1)])
def test_from_which_severity_on_it_fails_can_be_set(cli: Cli, level: str, code: int) -> None:
    cli.write("azure-pipelines.yml", INFO)
    assert cli("check", "--fail-on", level).code == code


def test_the_day_can_be_set(cli: Cli) -> None:
    cli.write("azure-pipelines.yml", OLD.replace("20.04", "22.04"))
    assert found(cli, "--today", "2026-01-01") == []
    assert found(cli, "--today", "2027-05-01") == [("AZR705", "azure-pipelines.yml", 2, 12)]


def test_rules_are_selected_and_left_out_by_code_name_and_beginning(cli: Cli) -> None:
    cli.write("azure-pipelines.yml", OLD + "- scirpt: two\n")
    everything = [code for code, _, _, _ in found(cli)]
    assert everything == ["AZR705", "AZR101"]
    assert [code for code, _, _, _ in found(cli, "--select", "AZR7")] == ["AZR705"]
    assert [code for code, _, _, _ in found(cli, "--ignore", "unknown-field,AZR999"[:13])] == ["AZR705"]
    done = cli("check", "--select", "AZR999", "--ignore", "retired-imagee")
    assert done.code == 2
    assert "`AZR999` names no rule" in done.err
    assert "Did you mean `retired-image`?" in done.err


def test_standard_input_has_a_name(cli: Cli) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "azrelease", "check", "-", *arguments]
        return subprocess.run(
            command, input=OLD, capture_output=True, text=True, check=False, cwd=cli.folder, env=environment
        )

    assert "ci/a.yml:2:12:" in run("--stdin-filename", "ci/a.yml").stdout
    fixed = run("--fix")
    assert (fixed.returncode, fixed.stdout) == (0, OLD.replace("20.04", "24.04"))


def test_settings_hold_and_are_checked_themselves(cli: Cli) -> None:
    cli.write("azure-pipelines.yml", OLD + "- scirpt: two\n")
    cli.write("legacy/old.yml", OLD)
    cli.write(
        "pyproject.toml",
        '[tool.azrelease]\nignore = ["AZR101"]\nseverity = {retired-image = "info"}\n[[tool.azrelease.per-path]]\npaths = ["legacy/**"]\nignore = ["AZR7"]\n',
    )
    assert found(cli) == [("AZR705", "azure-pipelines.yml", 2, 12)]
    assert cli("check").code == 0
    cli.write("other.toml", 'selcet = ["AZR1"]\n')
    done = cli("check", "--config", "other.toml")
    assert done.code == 2
    assert "other.toml:1:1: error: unknown setting `selcet`" in done.err
    cli.write(".azrelease.toml", 'ignore = ["AZR999"]\n')
    assert cli("check").code == 2


def test_a_baseline_lets_an_old_repository_begin_today(cli: Cli) -> None:
    cli.write("azure-pipelines.yml", OLD)
    missing = cli("check", "--baseline", "known.json")
    assert missing.code == 2
    assert "--update-baseline" in missing.err
    assert cli("check", "--baseline", "known.json", "--update-baseline").code == 0
    assert cli("check", "--baseline", "known.json").code == 0
    cli.write("azure-pipelines.yml", "# a line above moves nothing\n" + OLD + "- scirpt: two\n")
    assert found(cli, "--baseline", "known.json") == [("AZR101", "azure-pipelines.yml", 6, 3)]
    cli.write(
        "azure-pipelines.yml",
        OLD
        + OLD.replace("pool", "jobs:\n- job: a\n  pool").replace("  vm", "    vm").split("steps")[0]
        + "  steps: []\n",
    )
    assert "AZR705" in {code for code, _, _, _ in found(cli, "--baseline", "known.json")}
    cli.write("known.json", "[]")
    assert cli("check", "--baseline", "known.json").code == 2


def test_a_baseline_says_what_it_hides_and_what_it_has_no_use_for(cli: Cli) -> None:
    cli.write("ci/a.yml", OLD)
    cli.write("b.yml", OLD + "- scirpt: two\n")
    known = ("--baseline", "known.json")
    assert cli("check", *known, "--update-baseline").err == "wrote known.json\n"
    done = cli("check", *known)
    assert (done.code, done.out, done.err) == (0, "2 files checked, nothing new; 3 hidden by the baseline\n", "")
    assert "hidden by the baseline" not in cli("check", *known, "--quiet").out

    # A folder, a file or a rule alone says nothing of the rest.
    cli.write("b.yml", OLD)
    for arguments in (["ci"], ["b.yml"], ["--select", "AZR7"]):
        assert cli("check", *known, *arguments).err == ""
        assert cli("check", *known, *arguments, "--update-baseline").err == "wrote known.json\n"
    done = cli("check", *known, "--format", "json")
    assert json.loads(done.out)["summary"] == {"error": 0, "warning": 0, "info": 0, "hidden": 2, "unused_entries": 1}
    assert done.err.startswith("known.json: 1 entry with nothing to hide any more; --update-baseline drops")
    cli.write("c.yml", "a: [\nsteps:\n- script: a\n")
    assert cli("check", *known).err == ""  # what cannot be read may have led to findings elsewhere
    (cli.folder / "c.yml").unlink()
    assert cli("check", *known, "--update-baseline").err == ("wrote known.json; dropped 1 entry with nothing to hide\n")
    assert cli("check", *known).err == ""


def test_statistics_are_printed_instead_of_findings(cli: Cli) -> None:
    cli.write("a.yml", OLD + "- scirpt: two\n")
    cli.write("b.yml", OLD)
    done = cli("check", "--statistics", "--today", "2026-11-25")
    assert done.code == 1
    assert done.out == (
        "2  error    [*]  AZR705  retired-image\n"
        "1  error         AZR101  unknown-field\n"
        "2 files checked: 3 errors; --fix can fix 2\n"
    )
    assert "checked" not in cli("check", "--statistics", "--quiet").out
    shown = json.loads(cli("check", "--statistics", "--format", "json").out)
    assert list(shown) == ["version", "files", "statistics", "summary"]
    retired = {"code": "AZR705", "name": "retired-image", "severity": "error", "count": 2, "fixable": 2}
    assert shown["statistics"][0] == retired
    assert shown["summary"] == {"error": 3, "warning": 0, "info": 0}
    refused = cli("check", "--statistics", "--format", "sarif")
    assert (refused.code, refused.out) == (2, "")
    assert "--statistics" in refused.err
    cli.write("a.yml", FINE)
    cli.write("b.yml", FINE)
    assert cli("check", "--statistics").out == "2 files checked, nothing found\n"


def test_a_file_that_moves_keeps_its_baseline(cli: Cli) -> None:
    path = cli.write("ci/a.yml", OLD)
    assert cli("check", "--baseline", "known.json", "--update-baseline").code == 0
    (cli.folder / "deploy").mkdir()
    path.rename(cli.folder / "deploy/b.yml")
    done = cli("check", "--baseline", "known.json")
    assert (done.code, done.err) == (0, "")


def test_fixes_are_shown_first_and_then_made(cli: Cli) -> None:
    path = cli.write("azure-pipelines.yml", OLD.replace("\n", "\r\n"))
    shown = cli("check", "--fix", "--diff")
    assert "-  vmImage: ubuntu-20.04" in shown.out
    assert "+  vmImage: ubuntu-24.04" in shown.out
    assert path.read_bytes() == OLD.replace("\n", "\r\n").encode()
    done = cli("check", "--fix")
    assert (done.code, done.err) == (0, "1 finding fixed\n")
    assert path.read_bytes() == OLD.replace("20.04", "24.04").replace("\n", "\r\n").encode()
    assert cli("check", "--fix").out == "1 file checked, nothing found\n"


def test_a_report_goes_to_a_file(cli: Cli) -> None:
    cli.write("azure-pipelines.yml", OLD)
    done = cli("check", "--format", "sarif", "--output", "findings.sarif")
    assert (done.code, done.out) == (1, "")
    assert json.loads((cli.folder / "findings.sarif").read_text())["version"] == "2.1.0"


@pytest.mark.parametrize(
    "arguments",
    [
        ["gone.yml"],
        ["--today", "tomorrow"],
        ["--format", "xml"],
        ["--update-baseline"],
        ["--config", "gone.toml"],
        ["--select", ","],
        ["*.nothing"],
        ["--nonsense"],
    ],
)
def test_nonsense_is_answered_with_exit_code_2_and_without_a_traceback(cli: Cli, arguments: list[str]) -> None:
    cli.write("azure-pipelines.yml", FINE)
    done = cli("check", *arguments)
    assert done.code == 2
    assert done.err
    assert "Traceback" not in done.err


SECRET = "hunter2-and-more-of-it"
TOKEN = "ghp_" + "a1B2" * 9
LEAKY = f"""\
pool:
  vmImage: ubuntu-20.04
variables:
  databasePassword: {SECRET}
  databasePassword: {SECRET}x
steps:
- bash: curl -H "Authorization:{TOKEN}" $(Build.SourceBranch)
  env:
    API_TOKEN: {SECRET}
- scirpt: x
  password: {SECRET}
- task: CopyFiles@2
  inputs:
    contents: a
    targetFolder: b
    apiKey: {SECRET}
"""


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "azure", "github", "markdown"])
def test_no_secret_is_printed(cli: Cli, form: str) -> None:
    cli.write("azure-pipelines.yml", LEAKY)
    done = cli("check", "--format", form, "--baseline", "known.json", "--update-baseline")
    shown = cli("check", "--format", form)
    text = done.out + done.err + shown.out + shown.err + (cli.folder / "known.json").read_text()
    assert "AZR501" in shown.out
    assert SECRET not in text
    assert TOKEN not in text
    leaking = cli("check", "--format", form, "--ignore", "AZR501").out
    assert SECRET not in leaking
    assert TOKEN not in leaking


def test_a_difference_shows_no_secret_and_is_no_command(cli: Cli) -> None:
    name = "a\n##vso[task.complete result=Succeeded]x.yml" if os.name != "nt" else "a.yml"
    cli.write(
        name,
        f"""\
pool:
  vmImage: ubuntu-18.04
variables: {{a: 1, dbPassword: {SECRET}}}
steps:
- bash: |
    export DB_PASSWORD={SECRET}; ./run.sh --token={SECRET} --password {SECRET} API_TOKEN="{SECRET}"
    echo "##vso[task.setvariable variable=PATH]elsewhere"
""",
    )
    shown = cli("check", "--diff", name)
    assert "+  vmImage: ubuntu-24.04" in shown.out
    assert SECRET not in shown.out
    assert "##vso[" not in shown.out
    assert SECRET not in cli("check", name).out


@pytest.mark.skipif(shellcheck() is None, reason="shellcheck is not installed")
def test_shellcheck_is_asked_for(cli: Cli) -> None:
    cli.write("azure-pipelines.yml", "steps:\n- bash: |\n    echo one\n    cp $A b\n")
    assert found(cli) == []
    assert found(cli, "--shellcheck") == [("AZR802", "azure-pipelines.yml", 4, 8)]


def test_on_a_terminal_there_are_colours_unless_they_are_not_wanted(cli: Cli) -> None:
    cli.write("azure-pipelines.yml", OLD)

    def on_terminal(**environment: str) -> str:
        master, slave = pty.openpty()
        inherited = {
            name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM", "FORCE_COLOR")
        }
        command = [sys.executable, "-m", "azrelease", "check"]
        subprocess.run(
            command,
            stdout=slave,
            stderr=slave,
            stdin=subprocess.DEVNULL,
            check=False,
            cwd=cli.folder,
            env={**inherited, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        )
        os.close(slave)
        text = os.read(master, 100_000).decode()
        os.close(master)
        return text

    assert "\033[1;31m" in on_terminal(TERM="xterm")
    assert "\033[" not in on_terminal(TERM="xterm", NO_COLOR="1")
    assert "\033[" not in cli("check").out


def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path) -> None:
    code = (
        "import resource, sys, datetime\n"
        "from azrelease.lint import *\n"
        "targets = [FileToCheck(sys.argv[1])] * int(sys.argv[2])\n"
        "for report in check_files(targets, LintOptions(LintSettings(), datetime.date(2026, 11, 25)), 1): pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    path = tmp_path / "azure-pipelines.yml"
    path.write_text("steps:\n" + "- script: echo $(a) ${{ variables.b }}\n  condition: eq(variables.c, 'd')\n" * 60)

    def peak(count: int) -> int:
        # Measuring coverage takes memory of its own, and much of the time.
        environment = {**unmeasured(), "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", code, str(path), str(count)]
        return int(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)

    assert peak(240) < peak(60) * 1.15


def test_explain_prints_the_page_of_a_rule(cli: Cli) -> None:
    done = cli("explain", "azr705")
    assert done.code == 0
    assert done.out.startswith("# AZR705 retired-image\n\nAn image that is retired, or soon will be.\n")
    for part in ("## Wrong", "## Right", "## Turn it off", "# azrelease: ignore[AZR705] reason", "Severity: error."):
        assert part in done.out
    assert cli("explain", "retired-image").out == done.out


def test_explain_lists_all_rules_and_helps_with_names(cli: Cli) -> None:
    lines = cli("explain").out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.code.id for rule in built_in_rules()]
    done = cli("explain", "retired-imgae")
    assert done.code == 2
    assert "Did you mean `retired-image`?" in done.err


def test_what_is_wrong_in_a_release_and_its_pipeline_is_reported_once_and_in_a_pipeline_alone_there(cli: Cli) -> None:
    stages = "stages: [{name: a, tasks: [{task: Bash, script: az login --identity && az ml service list}]}]\n"
    cli.write("release.yml", f"name: a\nartifact: {{pipeline: p, name: n}}\nagent: {{image: ubuntu-20.04}}\n{stages}")
    assert cli("render", "release.yml").code == 0
    assert [place[:3] for place in found(cli, ".", "--today", "2026-11-25")] == [
        ("AZR705", "release.yml", 3),
        ("AZR701", "release.yml", 4),
    ]
    alone = found(cli, "azure-pipelines.yml", "--today", "2026-11-25")
    assert sorted((code, file) for code, file, *_ in alone) == [
        ("AZR701", "azure-pipelines.yml"),
        ("AZR705", "azure-pipelines.yml"),
    ]


def test_fixes_that_would_lead_to_other_findings_are_counted(cli: Cli) -> None:
    cli.write("azure-pipelines.yml", 'steps:\n- script: a ${{ eq(paramters.a, "b") }}\n')
    done = cli("check", "azure-pipelines.yml", "--fix")
    assert "1 fix left out: they would lead to other findings" in done.err
