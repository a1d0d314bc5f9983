"""Each `cases/NAME.yml` is a release file with something wrong; `NAME.txt` is all that a user is told about it."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from azrelease.diagnostics import Diagnostic
from azrelease.errors import InvalidFileError
from azrelease.release import load, load_document
from azrelease.report import format_diagnostics
from azrelease.source import Document
from support.releases import HEAD, document
from support.texts import texts
from support.thorough import examples

CASES = sorted((Path(__file__).parent / "cases").glob("*.yml"))


def told(path: Path) -> str:
    """What a user is told, with the path as short as it would be in the folder."""
    doc = Document.parse(path.read_text(encoding="utf-8"), path.name)
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
        load_document(Document.parse(text, "f.yml"))
    shown = "".join(format_diagnostics(caught.value.diagnostics, caught.value.texts))
    assert "AZR501" in shown
    assert "hunter2" not in shown


def test_a_key_that_is_no_text_is_a_finding_among_others() -> None:
    with pytest.raises(InvalidFileError) as caught:
        load_document(Document.parse("? [a]\n: 1\nname: 3\n", "f.yml"))
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
    release = load_document(Document.parse(text, "f.yml")).release
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
        tree = yaml.safe_load(HEAD)
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
        return load_document(Document.parse(text, "f.yml")).warnings
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
