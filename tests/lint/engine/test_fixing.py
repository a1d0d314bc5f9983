"""Mending: only what is meant, comments and layout kept."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import azrelease.lint
from azrelease import diagnostics
from azrelease.lint import FileToCheck, Linter, LintOptions, LintSettings
from azrelease.lint.engine.fixing import fix
from azrelease.lint.rules import built_in_rules
from support.linting import TODAY, check


def mended(text: str, *, unsafe: bool = False, name: str = "azure-pipelines.yml") -> str:
    return fix(text.encode(), FileToCheck(name), Linter(LintOptions(LintSettings(), TODAY)), unsafe=unsafe).after


BEFORE = """\
# a comment
pool:
  vmImage: 'ubuntu-18.04'   # why

steps:
- script: pytest --junitxml=test-results.xml
  displayname: >-
    Test
    it
-   task: PublishTestResults@2   # the report
    inputs:
      testResultsFiles: '**/test-results.xml'
- bash: |
    # set
    echo "##vso[task.setvariable variable=a; isOutput=true]b"
    echo '#vso[task.logissue type=warning]x'
- task: NodeTool@0
"""

AFTER = """\
# a comment
pool:
  vmImage: 'ubuntu-24.04'   # why

steps:
- script: pytest --junitxml=test-results.xml
  displayName: >-
    Test
    it
-   task: PublishTestResults@2   # the report
    condition: succeededOrFailed()
    inputs:
      testResultsFiles: '**/test-results.xml'
- bash: |
    # set
    echo "##vso[task.setvariable variable=a;isOutput=true]b"
    echo '#vso[task.logissue type=warning]x'
- task: NodeTool@0
"""


def test_what_is_safe_is_mended_and_the_rest_stays_to_the_letter() -> None:
    assert mended(BEFORE) == AFTER


def test_what_may_change_the_pipeline_is_mended_only_when_asked() -> None:
    assert mended(BEFORE, unsafe=True) == AFTER.replace("NodeTool@0", "UseNode@1").replace("'#vso", "'##vso")


def test_a_label_that_others_may_use_too_is_mended_only_when_asked() -> None:
    text = "pool:\n  vmImage: $(image)\nvariables:\n  image: ubuntu-18.04\nsteps: []\n"
    assert mended(text) == text
    assert mended(text, unsafe=True) == text.replace("ubuntu-18.04", "ubuntu-24.04")


@pytest.mark.parametrize("before", [BEFORE.replace("\n", "\r\n"), "\ufeff" + BEFORE], ids=["crlf", "bom"])
def test_line_endings_and_byte_order_marks_stay(before: str) -> None:
    after = "\ufeff" + AFTER if before.startswith("\ufeff") else AFTER.replace("\n", "\r\n")
    assert mended(before) == after


def test_mending_again_changes_nothing() -> None:
    once = mended(BEFORE, unsafe=True)
    assert mended(once, unsafe=True) == once


def test_a_file_that_cannot_be_read_is_left_alone() -> None:
    broken = "pool:\n  vmImage: ubuntu-18.04\n bad: [\n"
    assert mended(broken) == broken


def test_a_successor_that_does_not_take_the_inputs_is_not_put_in() -> None:
    text = "steps:\n- task: NodeTool@0\n  inputs:\n    versionSpec: '20'\n"
    assert mended(text, unsafe=True) == text


def test_a_successor_that_needs_more_is_not_put_in() -> None:
    inputs = "    azureSubscription: a\n    scriptLocation: inlineScript\n    inlineScript: az group list\n"
    text = f"steps:\n- task: AzureCLI@1\n  inputs:\n{inputs}"
    assert mended(text, unsafe=True) == text


@pytest.mark.parametrize("rule", [rule for rule in built_in_rules() if rule.wrong], ids=lambda rule: rule.code.id)
def test_no_fix_breaks_an_example(rule: object) -> None:
    text = rule.wrong.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # type: ignore[attr-defined]
    linter, target = Linter(LintOptions(LintSettings(), TODAY)), FileToCheck(rule.file)  # type: ignore[attr-defined]
    found = fix(text.encode(), target, linter, unsafe=True)
    before = {f.diagnostic.code.id for f in linter.check_bytes(text.encode(), target).findings}
    assert {f.diagnostic.code.id for f in found.report.findings} <= before


@given(
    st.sampled_from(["\n", "\r\n"]), st.integers(0, 3), st.sampled_from(["'", '"', ""]), st.text("# áé😀", max_size=5)
)
def test_only_the_label_changes(newline: str, blanks: int, quote: str, comment: str) -> None:
    text = f"# {comment}{newline}pool:{newline}  vmImage:{' ' * (blanks + 1)}{quote}ubuntu-18.04{quote}{' ' * blanks}{newline}steps: []{newline}"
    assert mended(text) == text.replace("ubuntu-18.04", "ubuntu-24.04")


@pytest.mark.parametrize(
    ("before", "after", "unsafe"),
    [
        ('steps:\n- script: a\n  condition: eq(variables.a, "b c")\n', "steps:\n- script: a\n  condition: eq(variables.a, 'b c')\n", False),
        ('steps:\n- script: a\n  condition: |\n    and(eq(variables.a, "b"),\n        eq(variables.b, "c"))\n', "steps:\n- script: a\n  condition: |\n    and(eq(variables.a, 'b'),\n        eq(variables.b, 'c'))\n", False),
        ("steps:\n- script: a\n  condition: eq('$(Build.Reason)', 'Manual')\n", "steps:\n- script: a\n  condition: eq(variables['Build.Reason'], 'Manual')\n", True),
        ("steps:\n- script: a\n  dispalyName: b # c\n", "steps:\n- script: a\n  displayName: b # c\n", True),
        ("steps:\n- task: CopyFiles@2\n  inputs:\n    contnets: a\n    targetFolder: b\n", "steps:\n- task: CopyFiles@2\n  inputs:\n    Contents: a\n    targetFolder: b\n", True),
    ],
)  # fmt: skip
def test_other_things_that_are_mended(before: str, after: str, unsafe: bool) -> None:
    assert mended(before, unsafe=unsafe) == after
    if unsafe:
        assert mended(before) == before


def test_a_fix_that_leads_to_other_findings_is_left_out_and_the_others_are_not() -> None:
    text = """\
steps:
- script: a ${{ eq(paramters.a, "b") }}
- script: echo "##vso[task.setvariable variable=a; isOutput=true]b"
"""
    found = fix(
        text.encode(), FileToCheck("azure-pipelines.yml"), Linter(LintOptions(LintSettings(), TODAY)), unsafe=True
    )
    assert found.after == text.replace("; is", ";is")
    assert (found.fixes, found.left_out) == (1, 1)


def test_an_image_is_not_replaced_by_one_without_the_python_that_is_asked_for() -> None:
    text = """\
pool:
  vmImage: ubuntu-16.04
jobs:
- job: one
  steps: []
- job: two
  steps:
  - task: UsePythonVersion@0
    inputs: {versionSpec: "3.6"}
"""
    assert not any(d.fix for d in check(text))
    assert mended(text.replace("3.6", "3.12")) == text.replace("3.6", "3.12").replace("16.04", "24.04")


def test_a_task_is_not_replaced_by_one_that_does_not_take_its_values() -> None:
    inputs = "    gitHubConnection: g\n    tagSource: manual\n    tag: v1\n"
    text = f"steps:\n- task: GitHubRelease@0\n  inputs:\n{inputs}"
    assert mended(text, unsafe=True) == text
    assert not any(d.fix for d in check(text))
    taken = text.replace("manual", "$(source)")
    assert mended(taken, unsafe=True) == taken.replace("@0", "@1")


def test_an_image_that_still_works_is_moved_only_when_asked() -> None:
    pipeline, release = "pool:\n  vmImage: ubuntu-22.04\nsteps: []\n", "agent: {image: ubuntu-22.04}\n"
    release = f"name: a\nartifact: {{pipeline: p, name: n}}\n{release}stages: [{{name: staging, tasks: [{{task: UsePythonVersion, version: '3.12'}}]}}]\n"
    for text, name in ((pipeline, "azure-pipelines.yml"), (release, "release.yml")):
        assert mended(text, name=name) == text
        assert mended(text, name=name, unsafe=True) == text.replace("22.04", "24.04")
        gone = text.replace("22.04", "20.04")
        assert mended(gone, name=name) == text.replace("22.04", "24.04")


@pytest.mark.parametrize(
    "more",
    ["  displayName: Test on $(image)\n", "  steps: [{script: 'echo $IMAGE'}]\n", "  name: ${{ variables.image }}\n"],
)
def test_a_label_that_something_else_is_called_by_is_never_changed(more: str) -> None:
    text = f"variables:\n  image: ubuntu-18.04\njobs:\n- job: test\n  pool:\n    vmImage: $(image)\n{more}"
    assert mended(text, unsafe=True) == text
    legs = "  strategy:\n    matrix:\n      old: {image: ubuntu-18.04}\n"
    assert mended(text.replace("variables:\n  image: ubuntu-18.04\n", "") + legs, unsafe=True).endswith(legs)


FIXED = {
    "AZR101": ("steps:\n- script: a\n  dispalyName: b\n", "steps:\n- script: a\n  displayName: b\n"),
    "AZR105": (
        "name: a\nartifact: {pipeline: p, name: n}\nstages:\n- name: s\n  tasks: [{task: UsePythonVersion, version: 3.10}]\n",
        'name: a\nartifact: {pipeline: p, name: n}\nstages:\n- name: s\n  tasks: [{task: UsePythonVersion, version: "3.10"}]\n',
    ),
    "AZR107": ("steps:\n- script: a\n  displayname: b\n", "steps:\n- script: a\n  displayName: b\n"),
    "AZR219": (
        "parameters:\n- name: dir\nsteps:\n- script: ls $(dir)\n",
        "parameters:\n- name: dir\nsteps:\n- script: ls ${{ parameters.dir }}\n",
    ),
    "AZR301": ('steps:\n- script: a ${{ eq(1, "b") }}\n', "steps:\n- script: a ${{ eq(1, 'b') }}\n"),
    "AZR306": (
        "steps:\n- script: a\n  condition: eq('$(Build.Reason)', 'Manual')\n",
        "steps:\n- script: a\n  condition: eq(variables['Build.Reason'], 'Manual')\n",
    ),
    "AZR403": (
        "steps:\n- task: CopyFiles@2\n  inputs:\n    Contents: a\n    tragetFolder: b\n",
        "steps:\n- task: CopyFiles@2\n  inputs:\n    Contents: a\n    TargetFolder: b\n",
    ),
    "AZR407": ("steps:\n- task: NodeTool@0\n", "steps:\n- task: UseNode@1\n"),
    "AZR509": (
        "steps:\n- bash: echo '#vso[task.logissue type=warning]x'\n",
        "steps:\n- bash: echo '##vso[task.logissue type=warning]x'\n",
    ),
    "AZR510": (
        "steps:\n- bash: echo '##vso[task.setvariable variable=a; isOutput=true]x'\n",
        "steps:\n- bash: echo '##vso[task.setvariable variable=a;isOutput=true]x'\n",
    ),
    "AZR603": (
        "steps:\n- script: pytest --junitxml=test-a.xml\n- task: PublishTestResults@2\n  inputs: {testResultsFiles: test-a.xml}\n",
        "steps:\n- script: pytest --junitxml=test-a.xml\n- task: PublishTestResults@2\n  condition: succeededOrFailed()\n"
        "  inputs: {testResultsFiles: test-a.xml}\n",
    ),
    "AZR705": ("pool: {vmImage: macOS-13}\nsteps: []\n", "pool: {vmImage: macOS-15}\nsteps: []\n"),
}
"""What each rule with a fix makes of a small file."""

SAFE = frozenset(("AZR105", "AZR107", "AZR301", "AZR510", "AZR603", "AZR705"))
"""The rules whose fixes leave the pipeline as it is, but for what their finding is about."""


def test_every_rule_with_a_fix_has_an_example_here() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path(azrelease.lint.__file__).parents[1].rglob("*.py")]
    words = {
        word
        for text in sources
        if "Fix((" in text or "Fix(tuple" in text
        for word in re.findall(r"\b(?:[A-Z_]{4,}|AZR\d{3})\b", text)
    }
    codes = {getattr(diagnostics, word, None) for word in words}
    offered = {rule.code.id for rule in built_in_rules() if rule.code.id in words or rule.code in codes}
    assert set(FIXED) <= offered
    fixable = {d.code.id for r in built_in_rules() if r.wrong for d in check(r.wrong, r.file) if d.fix}
    assert fixable <= set(FIXED)


@pytest.mark.parametrize("code", FIXED)
def test_a_fix_mends_its_finding_and_leads_to_no_other(code: str) -> None:
    before, after = FIXED[code]
    name = "release.yml" if "artifact:" in before else "azure-pipelines.yml"
    assert mended(before, name=name, unsafe=True) == after
    assert mended(before, name=name) == (after if code in SAFE else before)
    found, left = ([d.code.id for d in check(text, name)] for text in (before, after))
    assert code in found
    found.remove(code)
    assert Counter(left) <= Counter(found)


def test_in_published_files_no_fix_leads_to_another_finding_or_touches_anything_else(shared: Path) -> None:
    linter = Linter(LintOptions(LintSettings(), TODAY))
    for path in sorted(path for path in (shared / "corpus").rglob("*.y*ml") if path.parts[-2] != "releases"):
        target = FileToCheck(str(path), named=False)
        report = linter.check(target)
        found = [f.diagnostic for f in report.findings if f.diagnostic.fix]
        text = path.read_bytes().decode("utf-8") if found else ""
        for diagnostic in found:
            assert diagnostic.fix is not None
            mended_text = text
            for edit in sorted(diagnostic.fix.edits, reverse=True):
                mended_text = mended_text[: edit.start] + edit.text + mended_text[edit.end :]
            left = linter.check_bytes(mended_text.encode(), target)
            kinds = [Counter(f.diagnostic.code.id for f in r.findings) for r in (report, left)]
            assert kinds[1] < kinds[0], (path.name, diagnostic.message)
            if diagnostic.fix.safe:
                changed = changes(yaml.compose(text), yaml.compose(mended_text))
                assert changed, path.name
                assert all(may_change(diagnostic.code.id, *change) for change in changed), (path.name, changed)
        whole = fix(text.encode(), target, linter, unsafe=True) if found else None
        assert whole is None or whole.fixes


def changes(
    before: yaml.Node | None, after: yaml.Node | None, key: str = ""
) -> list[tuple[str, str | None, str | None]]:
    """The texts of a tree that another has otherwise, each with the key it stands under; None for one that is not there."""
    if isinstance(before, yaml.MappingNode) and isinstance(after, yaml.MappingNode):
        old, new = ({k.value.casefold(): (k, v) for k, v in node.value} for node in (before, after))
        return [
            change
            for name in {**old, **new}
            for mine, theirs in [(old.get(name, (None, None)), new.get(name, (None, None)))]
            for change in (
                *changes(mine[1], theirs[1], name),
                *(
                    [(name, mine[0].value, theirs[0].value)]
                    if mine[0] and theirs[0] and mine[0].value != theirs[0].value
                    else []
                ),
            )
        ]
    if isinstance(before, yaml.SequenceNode) and isinstance(after, yaml.SequenceNode):
        assert len(before.value) == len(after.value)
        return [c for mine, theirs in zip(before.value, after.value, strict=True) for c in changes(mine, theirs, key)]
    old_text, new_text = (node.value if isinstance(node, yaml.ScalarNode) else None for node in (before, after))
    return [] if old_text == new_text else [(key, old_text, new_text)]


def may_change(code: str, key: str, before: str | None, after: str | None) -> bool:
    """Whether a safe fix of a rule may change a text under a key like that."""
    match code:
        case "AZR107":
            return before is not None and after is not None and before.casefold() == after.casefold()
        case "AZR301":
            return before is not None and after is not None and before.replace('"', "'") == after.replace('"', "'")
        case "AZR510":
            return before is not None and re.sub(r";\s+", ";", before) == re.sub(r";\s+", ";", after or "")
        case "AZR603":
            return key == "condition" and after == "succeededOrFailed()"
        case "AZR705":
            return key == "vmimage"
    return False


def test_a_version_of_a_release_gets_its_quotes() -> None:
    text = "name: a\nartifact: {pipeline: p, name: n}\nstages:\n- name: staging\n  tasks:\n  - {task: UsePythonVersion, version: 3.10} # why\n"
    assert mended(text, name="release.yml") == text.replace("3.10", '"3.10"')
