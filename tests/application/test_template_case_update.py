"""What `--update` writes into a case file, in arbitrary layouts: only `equal` changes, and then the case passes."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from azrelease.application.template_testing import run_template_tests
from azrelease.expansion import ExpansionRequest
from support.yaml_text import safe_load

TEXTS = st.sampled_from(
    ("a", "", "two words", "line\nline\n", "keep\n\n", "- x", "a: b", "# no comment", "é ü", "'", '"')
)
BETWEEN = st.sampled_from(("", "\n", "# a comment\n", "\n# a comment\n\n"))
TEMPLATE = "parameters:\n- {name: text, type: string}\nsteps:\n- script: ${{ parameters.text }}\n  displayName: x\n"


@st.composite
def cases(draw: st.DrawFn) -> str:
    """A case in one of the layouts that people write."""
    data = {"template": "../steps.yml", "parameters": {"text": draw(TEXTS)}}
    expect = draw(st.sampled_from((None, {}, {"equal": []}, {"lacks": ["zzz"], "equal": [{"script": "x"}]})))
    if expect is not None:
        data["expect"] = expect
    style = draw(st.sampled_from((True, False, None)))
    text = yaml.safe_dump(data, sort_keys=draw(st.booleans()), default_flow_style=style, width=1000)
    lines = text.rstrip("\n").split("\n")
    return "\n".join((f"- {lines[0]}", *(f"  {line}" if line else line for line in lines[1:]))) + "\n"


@given(st.lists(cases(), min_size=1, max_size=3), BETWEEN)
def test_only_the_expectation_changes(
    tmp_path_factory: pytest.TempPathFactory, written: list[str], between: str
) -> None:
    folder = tmp_path_factory.mktemp("update")
    (folder / ".git").mkdir()
    (folder / "steps.yml").write_text(TEMPLATE, encoding="utf-8")
    path = Path(folder, "tests", "case.yml")
    path.parent.mkdir()
    before = f"# Cases.\ncases:\n{between.join(written)}{between}"
    path.write_text(before, encoding="utf-8")
    first = run_template_tests(path, ExpansionRequest(), update=True)
    assert all(not result.failures for result in first.results)
    after = path.read_text(encoding="utf-8")
    assert after.count("# a comment") == before.count("# a comment")
    assert after.startswith("# Cases.\ncases:\n")
    for old, new in zip(safe_load(before)["cases"], safe_load(after)["cases"], strict=True):
        equal = new["expect"].pop("equal")
        assert [step["task"] for step in equal] == ["CmdLine@2"]
        kept = {key: value for key, value in (old.get("expect") or {}).items() if key != "equal"}
        assert new == {**old, "expect": kept}
    again = run_template_tests(path, ExpansionRequest(), update=True)
    assert [result.outcome for result in again.results] == ["PASSED"] * len(written)
    assert path.read_text(encoding="utf-8") == after
