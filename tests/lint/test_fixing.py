"""Mending: only what is meant, comments and layout kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azrelease.lint import Linter, Options, Settings, Target
from azrelease.lint.fixing import fix
from azrelease.lint.rules import RULES
from support.linting import TODAY


def mended(text: str, *, unsafe: bool = False, name: str = "azure-pipelines.yml") -> str:
    return fix(text.encode(), Target(name), Linter(Options(Settings(), TODAY)), unsafe=unsafe).after


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


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.wrong], ids=lambda rule: rule.code.id)
def test_no_fix_breaks_an_example(rule: object) -> None:
    text = rule.wrong.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # type: ignore[attr-defined]
    linter, target = Linter(Options(Settings(), TODAY)), Target(rule.file)  # type: ignore[attr-defined]
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


def test_a_version_of_a_release_gets_its_quotes() -> None:
    text = "name: a\nartifact: {pipeline: p, name: n}\nstages:\n- name: staging\n  tasks:\n  - {task: UsePythonVersion, version: 3.10} # why\n"
    assert mended(text, name="release.yml") == text.replace("3.10", '"3.10"')
