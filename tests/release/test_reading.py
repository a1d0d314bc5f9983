"""Each `cases/NAME.yml` is a release file with something wrong; `NAME.txt` is all that a user is told about it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from azrelease.diagnostics import Diagnostic
from azrelease.errors import InvalidFileError
from azrelease.release import Rollout, dump, load, load_document
from azrelease.report import format_diagnostics
from azrelease.yaml_document import YamlDocument
from support.releases import HEAD, document
from support.texts import texts
from support.thorough import examples
from support.yaml_text import safe_load

CASES = sorted((Path(__file__).parent / "cases").glob("*.yml"))


def told(path: Path) -> str:
    """What a user is told, with the path as short as it would be in the folder."""
    doc = YamlDocument.parse(path.read_text(encoding="utf-8"), path.name)
    try:
        found, texts = load_document(doc).warnings, doc.texts
    except InvalidFileError as error:
        found, texts = error.diagnostics, error.texts
    return "".join(f"{text}\n" for text in format_diagnostics(found, texts))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_a_user_is_told(path: Path, update_golden: bool) -> None:
    golden = path.with_suffix(".txt")
    text = told(path)
    if update_golden:
        golden.write_text(text, encoding="utf-8", newline="")
    assert text == golden.read_text(encoding="utf-8")
    assert text


def test_a_file_of_several_mistakes_is_sorted_by_place() -> None:
    lines = [
        int(line.split(":")[1]) for line in told(CASES[0].parent / "many-mistakes.yml").splitlines() if "error:" in line
    ]
    assert lines == sorted(lines)
    assert len(lines) > 10


def test_a_secret_in_the_file_is_not_shown_by_any_finding() -> None:
    text = told(CASES[0].parent / "targets.yml")
    assert "AZR501" in text
    assert "hunter2" not in text


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_a_secret_is_not_shown_whatever_ends_a_line(line_break: str) -> None:
    path = CASES[0].parent / "targets.yml"
    text = (
        path.read_text(encoding="utf-8")
        .replace("\n", f" # a{line_break}", 3)
        .replace("primary_key: hunter2", "primary_key: 'hunter2'")
    )
    with pytest.raises(InvalidFileError) as caught:
        load_document(YamlDocument.parse(text, "f.yml"))
    shown = "".join(format_diagnostics(caught.value.diagnostics, caught.value.texts))
    assert "AZR501" in shown
    assert "hunter2" not in shown


def test_a_key_that_is_no_text_is_a_finding_among_others() -> None:
    with pytest.raises(InvalidFileError) as caught:
        load_document(YamlDocument.parse("? [a]\n: 1\nname: 3\n", "f.yml"))
    assert {"AZR006", "AZR105", "AZR102"} == {diagnostic.code.id for diagnostic in caught.value.diagnostics}


def test_load_reads_a_file(samples: Path) -> None:
    loaded = load(samples / "insurance" / "release.yml")
    assert [stage.name for stage in loaded.release.stages] == ["staging", "production"]
    assert loaded.warnings == ()
    assert loaded.release.variables["aks.agentCount"] == "3"


def test_numbers_and_booleans_of_variables_keep_the_form_they_were_written_in() -> None:
    text = (
        HEAD + "variables: {a: 010, b: 1.50, c: true, d: text, e: '7'}\nstages: [{name: s, target: aci, service: x}]\n"
    )
    release = load_document(YamlDocument.parse(text, "f.yml")).release
    assert release.variables == {"a": "010", "b": "1.50", "c": "true", "d": "text", "e": "7"}


scalars = st.one_of(texts, st.integers(), st.floats(allow_nan=False), st.booleans(), st.none())
values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3))
)
FIELDS = ("name", "artifact", "trigger", "agent", "workspace", "variables", "secrets", "stages", "tasks", "approval", "target", "env",
          "task", "inputs", "depends_on", "timeout", "version", "retries", "branches", "continuous_deployment")  # fmt: skip
shaped = st.recursive(
    st.one_of(scalars, st.sampled_from(["aci", "aks", "ModelDeploy", "CopyFiles@2", "Bash", "EndpointTest"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6)),
    max_leaves=25,
)


@settings(max_examples=examples(400))
@given(
    st.one_of(values, shaped),
    st.sampled_from(
        [(), ("stages",), ("stages", 0), ("stages", 0, "tasks", 0), ("trigger",), ("stages", 0, "approval")]
    ),
)
def test_nothing_that_a_file_can_hold_makes_a_traceback(value: object, route: tuple[str | int, ...]) -> None:
    data: object = value
    if route:
        tree = safe_load(HEAD)
        stage = {"name": "s", "tasks": [value] if "tasks" in route else [{"task": "Bash", "script": "x"}]}
        if route == ("stages", 0, "approval"):
            stage["approval"] = value
        tree["stages"] = value if route == ("stages",) else [value] if route == ("stages", 0) else [stage]
        if route == ("trigger",):
            tree["trigger"] = value
        data = tree
    text = yaml.dump(data, Dumper=yaml.SafeDumper, allow_unicode=True)
    for diagnostic in found_in(text):
        assert all(format_diagnostics([diagnostic], {diagnostic.file: text}))


def found_in(text: str) -> Sequence[Diagnostic]:
    try:
        return load_document(YamlDocument.parse(text, "f.yml")).warnings
    except InvalidFileError as error:
        return error.diagnostics


def test_a_release_may_warn_and_still_load() -> None:
    loaded = load_document(
        document(
            HEAD
            + "stages:\n  - name: s\n    tasks:\n      - task: CopyFiles@2\n        inputs: {TargetFolder: x, Contentz: y}\n"
        )
    )
    assert [warning.code.id for warning in loaded.warnings] == ["AZR403"]


@pytest.mark.parametrize(
    ("stage", "field"),
    [
        ("name: b\ndepends_on: a", ("depends_on",)),
        ("name: b\nvariable_groups: shared", ("variable_groups",)),
        ("name: b\nsecrets: api-key", ("secrets",)),
        ("name: b\napproval: {approvers: jane@example.com}", ("approval", "approvers")),
        ("name: b\nchecks: {branches: {allowed: main}}", ("checks", "branches", "allowed")),
        ("name: b\nchecks: {business_hours: {days: Monday, start: '09:00', end: '10:00'}}", ("checks", "business_hours", "days")),
        ("name: b\nagent: {pool: own, demands: docker}", ("agent", "demands")),
    ],
)  # fmt: skip
def test_a_text_where_a_list_of_texts_belongs_is_a_list_of_one(stage: str, field: tuple[str, ...]) -> None:
    lines = [*stage.splitlines(), "tasks: [{task: Bash, script: x}]"]
    stages = "stages:\n- {name: a, tasks: [{task: Bash, script: x}]}\n- " + "\n  ".join(lines) + "\n"
    release = load_document(YamlDocument.parse(HEAD + stages, "f.yml")).release
    data = safe_load("\n".join(lines))
    value: Any = release.stages[1]
    for name in field:
        value, data = getattr(value, name), data[name]
    assert value == (data,)
    # What is written is a list again.
    written: Any = safe_load(dump(release, brief=True))["stages"][1]
    for name in field:
        written = written[name]
    assert written == [data]


@pytest.mark.parametrize("text", ["depends_on: gone", "depends_on: [gone]"])
def test_a_stage_that_is_not_there_is_found_in_a_list_of_one_beside_other_mistakes(text: str) -> None:
    stages = f"stages: [{{name: a, {text}, retries: many, tasks: [{{task: Bash, script: x}}]}}]\n"
    with pytest.raises(InvalidFileError) as caught:
        load_document(YamlDocument.parse(HEAD + stages, "f.yml"))
    assert [found.code.id for found in caught.value.diagnostics] == ["AZR201", "AZR103"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("agent: ubuntu-latest", "Write `agent: {image: ubuntu-latest}`."),
        ("agent: Build Agents", "Write `agent: {image: ubuntu-24.04}`, or `agent: {pool: Build Agents}`."),
        ("trigger: {continuous_deployment: yes}", "Write `continuous_deployment: {branches: [main]}`."),
        ("workspace: ws", "Write `workspace: {resource_group: churn-rg, name: ws, service_connection: churn-azure}`."),
        ("stages: [{name: a, rollout: canary}]", "Write `rollout: blue_green`, or `rollout: {steps: [10, 50, 100], pause: 10 minutes}`."),
        ("stages: [{name: a, rollout: blue-green}]", "Did you mean `blue_green`?"),
        ("stages: [{name: a, approval: jane@example.com}]", "Write `approval: {approvers: [jane@example.com]}`."),
        ("stages: [{name: a, approval: [jane@example.com]}]", "Write `approval: {approvers: [jane@example.com]}`."),
        ("stages: [{name: a, retries: '4'}]", "Write `retries: 4`."),
        ("stages: [{name: a, timeout: 30}]", "Write its unit too: `30 minutes`, `30 hours` or `30 days`."),
        ("stages: [{name: a, timeout: true}]", "Write a number and a unit: `30 minutes`, `2 hours`, `3 days`."),
        ("stages: [{name: a, target: 5}]", "Write `target: managed`, or `target: {type: kubernetes, compute: my-cluster}`."),
        ("stages: [{name: a, tasks: [Bash]}]", "Write `- task: Bash`, then its fields below."),
        ("stages: [{name: a, tasks: [{bash: ls}]}]", "A step `bash` of a pipeline is written `task: Bash` here, with a `script`."),
        ("stages: [{name: a, tasks: [{task: Docker}]}]", "Write `task: Docker@2`, with its version."),
        ("stages: [{name: a, tasks: [{task: bash}]}]", "Write `task: Bash`."),
        ("stages: [{name: a, tasks: [{task: CopyFile}]}]", "Did you mean `CopyFiles@2`?"),
        ("stages: [{name: a, tasks: [{task: Bash, script: x, enabled: no}]}]", "Write `enabled: false`."),
        ("sources: [{type: github, alias: a, repository: o/r, service_connection: c, submodules: true}]", 'Write "true", with quotes.'),
        ("sources: [{type: github, alias: a, repository: o/r, service_conection: c}]", "Did you mean `service_connection`?"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_answered_with_what_is_most_likely_meant(text: str, hint: str) -> None:
    head = "".join(line for line in HEAD.splitlines(True) if not text.startswith("workspace") or "demo" in line)
    with pytest.raises(InvalidFileError) as caught:
        load_document(YamlDocument.parse(f"{head}{text}\n", "f.yml"))
    assert hint in {found.hint for found in caught.value.diagnostics}


@pytest.mark.parametrize(
    "value", ["[key=hunter2]", "key=hunter2", "[[hunter2]]", "{key: hunter2}", "[20041889]", "20041889"]
)
def test_what_is_written_among_the_names_of_secrets_is_repeated_by_no_message(value: str) -> None:
    stages = "stages: [{name: a, tasks: [{task: Bash, script: x}]}]\n"
    with pytest.raises(InvalidFileError) as caught:
        load_document(YamlDocument.parse(f"{HEAD}secrets: {value}\n{stages}", "f.yml"))
    said = " ".join(f"{found.message} {found.hint}" for found in caught.value.diagnostics)
    assert "hunter2" not in said
    assert "20041889" not in said
    assert "`secrets`" in said


@pytest.mark.parametrize(
    ("text", "value"), [("TRUE", "true"), ("False", "false"), ("'True'", "true"), ("$(flag)", "$(flag)")]
)
def test_booleans_for_a_command_line_are_written_as_it_reads_them(text: str, value: str) -> None:
    task = f"{{task: ModelDeploy, auth_enabled: {text}, inference_config: a, deployment_config: b, model: ['m:1']}}"
    stages = f"stages: [{{name: a, service: x, tasks: [{task}]}}]\n"
    release = load_document(YamlDocument.parse(HEAD + stages, "f.yml")).release
    assert getattr((release.stages[0].tasks or ())[0], "auth_enabled") == value  # noqa: B009  (of one kind of task)


def test_booleans_of_variables_are_the_text_that_the_service_makes_of_them() -> None:
    text = HEAD + "variables: {a: True, b: FALSE, c: 'True'}\nstages: [{name: s, target: aci, service: x}]\n"
    assert load_document(YamlDocument.parse(text, "f.yml")).release.variables == {
        "a": "true",
        "b": "false",
        "c": "True",
    }


@pytest.mark.parametrize("minutes", [True, False, 0, -1, 1.5])
def test_minutes_in_python_are_a_whole_number_of_one_or_more(minutes: Any) -> None:
    with pytest.raises(ValidationError):
        Rollout(pause=minutes)


@pytest.mark.parametrize("version", ["1.2.3.4.5", "3.11", "20261124.3", "1.2.3-rc.1+build.5"])
def test_a_version_in_quotes_is_taken_as_it_is_written(version: str) -> None:
    head = HEAD.replace("  name: drop\n", f"  name: drop\n  version: '{version}'\n")
    stages = "stages: [{name: s, target: aci, service: x}]\n"
    artifact = load_document(YamlDocument.parse(head + stages, "f.yml")).release.artifact
    assert artifact is not None
    assert artifact.version == version


def test_a_version_of_many_parts_needs_no_quotes() -> None:
    """Only what YAML takes for a number is another version than the one written."""
    stages = "stages: [{name: s, tasks: [{task: UsePythonVersion, version: 3.11.4.2.1}]}]\n"
    release = load_document(YamlDocument.parse(HEAD + stages, "f.yml")).release
    assert getattr((release.stages[0].tasks or ())[0], "version") == "3.11.4.2.1"  # noqa: B009


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('{"id": 2, "name": "old", "environments": [{"name": "Staging"}], "artifacts": []}', "`azrelease import f.json`"),
        ('\ufeff{\n\t"count": 1,\n\t"value": [{"environments": []}]\n}', "`azrelease import f.json`"),
        ('[{"environments": []}]', "`azrelease import f.json`"),
        ("trigger: [main]\nsteps:\n- bash: ls\n", "`azrelease check f.json`"),
        ("stages:\n- stage: a\n  jobs: []\n", "`azrelease check f.json`"),
        ("stages:\n- template: a.yml\n", "`azrelease check f.json`"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_leads_to_the_command_for_it(text: str, hint: str) -> None:
    with pytest.raises(InvalidFileError) as caught:
        load_document(YamlDocument.parse(text, "f.json"))
    (found,) = caught.value.diagnostics
    assert found.hint is not None
    assert found.hint.startswith(hint)


def test_a_release_with_a_field_of_a_pipeline_is_a_release() -> None:
    text = HEAD + "pool: {vmImage: ubuntu-24.04}\nsteps: []\nstages: [{name: s, tasks: [{task: Bash, script: x}]}]\n"
    with pytest.raises(InvalidFileError) as caught:
        load_document(YamlDocument.parse(text, "f.yml"))
    assert [found.message for found in caught.value.diagnostics] == ["unknown field `pool`", "unknown field `steps`"]


@pytest.mark.parametrize(
    "of", ["trigger: {continuous_deployment: false}", "sources: [{type: pipeline, pipeline: p, trigger: false}]"]
)
def test_false_is_no_trigger(of: str) -> None:
    stages = "stages: [{name: s, tasks: [{task: Bash, script: x}]}]\n"
    release = load_document(YamlDocument.parse(f"{HEAD}{of}\n{stages}", "f.yml")).release
    assert release.trigger.continuous_deployment is None
    assert all(getattr(source, "trigger") is None for source in release.sources)  # noqa: B009  (of one kind of source)


def test_a_version_that_is_a_whole_number_is_asked_for_in_quotes() -> None:
    stages = "stages: [{name: s, tasks: [{task: UsePythonVersion, version: 3}]}]\n"
    with pytest.raises(InvalidFileError) as caught:
        load_document(YamlDocument.parse(HEAD + stages, "f.yml"))
    (found,) = caught.value.diagnostics
    assert (found.message, found.hint) == ("3 without quotes is the number 3, not a version", 'Write "3", with quotes.')


def test_an_empty_field_is_refused_where_nothing_else_is_wrong() -> None:
    """An approval that is forgotten must not be a release without one."""
    stages = "stages: [{name: s, approval: , tasks: [{task: Bash, script: x}]}]\n"
    with pytest.raises(InvalidFileError) as caught:
        load_document(YamlDocument.parse(HEAD + stages, "f.yml"))
    assert [found.message for found in caught.value.diagnostics] == ["`approval` is empty"]
