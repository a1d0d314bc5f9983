"""Tasks of other packages: installed beside azrelease, they are used as its own are."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from support.plugin_packages import install
from support.process import Cli

TASK_FILE = '''\
"""Tasks for tests."""

from pydantic import Field

from azrelease import BaseTask, TaskContext
from azrelease.pipeline import Step
from azrelease.release.fields import SecretReference, Text


class Announce(BaseTask):
    """Tells a channel that a stage is deployed."""

    text: Text = Field(description="What the channel is told.")
    webhook: SecretReference = Field(description="Address of the channel.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One Bash@3 step."""
        template = "org_tasks:templates/announce.sh.j2"
        script = context.templates.script(template, text=self.text, webhook=self.webhook)
        inputs = {"targetType": "inline", "script": script.text}
        return (self.step("Bash@3", inputs, display_name="Announce", env=script.env),)


class Fails(BaseTask):
    """Is broken."""

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """Does not return."""
        return {}["steps"]


class Unreadable(BaseTask):
    """Has a field of a type that is not there."""

    field: "Missing"


class Bash(BaseTask):
    """Has the name of another task."""


NUMBER = 1
'''
TEMPLATE = "set -euo pipefail\ncurl --fail --data {{ text }} {{ webhook }}\n"
TEXT = """it's "done" $(rm -rf /) {{ x }}: #"""


def installed(site: Path, **tasks: str) -> None:
    """Install the package, with these entry points."""
    files = {"org_tasks/__init__.py": TASK_FILE, "org_tasks/templates/announce.sh.j2": TEMPLATE}
    install(site, "org-tasks", {"azrelease.tasks": tasks}, files)


def cli_with(folder: Path, task: Mapping[str, str]) -> Cli:
    """`azrelease` in a folder with a release that has a task."""
    cli = Cli(folder / "work")
    stage = {"name": "staging", "tasks": [{"task": "Bash", "script": "./deploy.sh"}, task]}
    cli.write("release.yml", yaml.safe_dump({"name": "churn", "stages": [stage]}, sort_keys=False))
    return cli


ANNOUNCE = {"task": "Announce", "text": TEXT, "webhook": "$(webhook)"}


def test_a_task_of_another_package_is_rendered_with_its_template(tmp_path: Path, site: Path) -> None:
    installed(site, Announce="org_tasks:Announce")
    cli = cli_with(tmp_path, ANNOUNCE)
    done = cli("render", "--stdout", "release.yml")
    assert (done.code, done.err) == (0, "")
    [stage] = yaml.safe_load(done.out)["stages"]
    step = stage["jobs"][0]["strategy"]["runOnce"]["deploy"]["steps"][-1]
    assert step["displayName"] == "Announce"
    # What has a macro reaches the script through its environment.
    assert step["env"] == {"ARG_TEXT": TEXT, "ARG_WEBHOOK": "$(webhook)"}
    line = step["inputs"]["script"].splitlines()[1]
    assert shlex.split(line) == ["curl", "--fail", "--data", "$ARG_TEXT", "$ARG_WEBHOOK"]
    plain = cli_with(tmp_path / "plain", {**ANNOUNCE, "text": 'it\'s "done"'})("render", "--stdout", "release.yml")
    assert '--data \'it\'"\'"\'s "done"\' "$ARG_WEBHOOK"' in plain.out


def test_its_fields_are_checked_as_those_of_other_tasks(tmp_path: Path, site: Path) -> None:
    installed(site, Announce="org_tasks:Announce")
    done = cli_with(tmp_path, {"task": "Announce", "text": "", "webhok": "x"})("check", "release.yml")
    assert done.code == 1
    assert "release.yml:8:11: error: the text is empty" in done.out
    assert "unknown field `webhok`" in done.out
    assert "Did you mean `webhook`?" in done.out
    near = cli_with(tmp_path / "near", {**ANNOUNCE, "task": "Anounce"})("check", "release.yml")
    assert "Did you mean `Announce`?" in near.out


def test_the_schema_has_it(tmp_path: Path, site: Path, samples: Path) -> None:
    installed(site, Announce="org_tasks:Announce")
    cli = Cli(tmp_path)
    schema = json.loads(cli("schema").out)
    assert schema["$defs"]["AnnounceTask"]["properties"]["task"]["const"] == "Announce"
    assert {"$ref": "#/$defs/AnnounceTask"} in schema["$defs"]["AnyTask"]["oneOf"]
    shipped = (samples.parent / "schemas" / "release.schema.json").read_text(encoding="utf-8")
    assert cli("schema", "--no-plugins").out == shipped
    assert cli("--no-plugins", "schema").out == shipped


def test_without_plugins_there_is_no_such_task(tmp_path: Path, site: Path) -> None:
    installed(site, Announce="org_tasks:Announce")
    cli = cli_with(tmp_path, ANNOUNCE)
    assert cli("check", "--fail-on", "error", "release.yml").code == 0
    done = cli("check", "--no-plugins", "release.yml")
    assert done.code == 1
    assert "there is no task `Announce`" in done.out


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("Announce", "org_gone:Announce", "cannot be imported: ModuleNotFoundError: No module named 'org_gone'"),
        ("Announce", "org_tasks:Gone", "cannot be imported: AttributeError: "),
        ("Announce", "org_tasks:NUMBER", "is not a subclass of azrelease.BaseTask"),
        ("Announce", "org_tasks:Fails", "is the class Fails; its entry point has to have the same name"),
        ("Unreadable", "org_tasks:Unreadable", "has a field that cannot be used: "),
        ("Fails", "org_tasks:Fails", "fails: KeyError: 'steps'"),
    ],
)
def test_a_broken_task_is_an_error_that_names_its_package(
    tmp_path: Path, site: Path, name: str, value: str, problem: str
) -> None:
    installed(site, **{name: value})
    done = cli_with(tmp_path, {"task": name})("render", "--stdout", "release.yml")
    assert (done.code, done.out) == (2, "")
    assert f"error: plugin `{name}` of package org-tasks ({value}) {problem}" in done.err
    assert "Update or uninstall org-tasks, or pass --no-plugins." in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("name", ["Bash", "bash", "Task"])
def test_the_name_of_a_built_in_task_is_an_error(tmp_path: Path, site: Path, name: str) -> None:
    installed(site, **{name: "org_tasks:Bash"})
    cli = cli_with(tmp_path, {"task": "Bash", "script": "echo"})
    done = cli("render", "--stdout", "release.yml")
    assert done.code == 2
    assert f"plugin `{name}` of package org-tasks (org_tasks:Bash) has the name of a built-in task" in done.err
    assert cli("render", "--stdout", "--no-plugins", "release.yml").code == 0


def test_a_template_that_is_not_there_is_named(tmp_path: Path, site: Path) -> None:
    installed(site, Announce="org_tasks:Announce")
    (site / "org_tasks" / "templates" / "announce.sh.j2").unlink()
    done = cli_with(tmp_path, ANNOUNCE)("render", "--stdout", "release.yml")
    assert done.code == 2
    assert "template org_tasks:templates/announce.sh.j2 not found; looked in package org_tasks" in done.err
