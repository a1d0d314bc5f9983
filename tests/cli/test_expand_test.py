"""`azrelease expand --test`: cases of templates, and what they expect."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from support.process import Cli, CliHere
from support.yaml_text import safe_load

STEPS = """\
parameters:
- {name: image, type: string}
- {name: folder, type: string, default: src}
steps:
- bash: pytest ${{ parameters.folder }}
  name: test
  env: {REASON: "${{ variables['Build.Reason'] }}"}
- ${{ if ne(parameters.image, 'windows-2022') }}:
  - script: echo ${{ parameters.image }}
"""
PASSES = """\
template: ../steps.yml
parameters: {image: ubuntu-24.04}
expect:
  contains:
  - bash: pytest src
  - {task: Bash@3, inputs: {script: pytest src}}
  - echo ubuntu
  lacks: [windows, {name: other}]
"""


@pytest.fixture
def here(tmp_path: Path) -> CliHere:
    here = CliHere(tmp_path)
    (tmp_path / ".git").mkdir()
    here.write("steps.yml", STEPS)
    return here


def outcome(here: CliHere, case: str) -> tuple[int, str]:
    here.write("tests/case.yml", case)
    done = here("expand", "--test", "tests")
    return done.code, done.out


def test_a_case_that_passes(here: CliHere) -> None:
    here.write("tests/case.yml", PASSES)
    done = Cli(here.folder)("expand", "--test", "tests")
    assert (done.code, done.err) == (0, "")
    assert done.out == "tests/case.yml::case 1 PASSED\n\n1 passed\n"


@pytest.mark.parametrize(
    ("expect", "shown"),
    [
        ("contains: [{bash: pytest tests}]", "not found:\n    bash: pytest tests\n"),
        ("contains: [nothing]", "not found:\n    nothing\n"),
        ("lacks: [{name: test}]", "found:\n    name: test\n"),
        ("refuse: no parameter", "expected that the service refuses it with: no parameter\n"),
        ("equal: []", "the content is not that of `equal`:\n  --- expected\n  +++ found\n"),
    ],
)
def test_a_case_that_fails(here: CliHere, expect: str, shown: str) -> None:
    case = f"cases:\n- name: one\n  template: ../steps.yml\n  parameters: {{image: a}}\n  expect:\n    {expect}\n"
    code, out = outcome(here, case)
    assert code == 1
    assert out.startswith("tests/case.yml::one FAILED\n\ntests/case.yml:2: one\n  ")
    assert shown in out
    assert out.endswith("\n1 failed\n")


def test_a_template_that_is_refused(here: CliHere) -> None:
    case = "template: ../steps.yml\nparameters: {imag: a}\nexpect: {refuse: 'has no parameter `imag`'}\n"
    assert outcome(here, case) == (0, "tests/case.yml::case 1 PASSED\n\n1 passed\n")
    code, out = outcome(here, case.replace("refuse: 'has no parameter `imag`'", "lacks: [a]"))
    assert code == 1
    assert "  the service refuses it:\n" in out
    assert "error: the template `steps.yml` has no parameter `imag` [AZR215 unknown-parameter]" in out


@pytest.mark.parametrize(
    ("template", "case"),
    [
        (
            "steps:\n- bash: a\n",
            "equal: [{task: Bash@3, inputs: {targetType: inline, script: a}}]",
        ),
        ("steps:\n- bash: a\n", "equal: [{bash: a}]"),
        ("jobs:\n- job: a\n  steps: [{script: x}]\n", "equal: [{job: a, steps: [{script: x}]}]"),
        (
            "stages:\n- stage: a\n  jobs: [{job: a, steps: [{script: x}]}]\n",
            "equal: [{stage: a, jobs: [{job: a, steps: [{script: x}]}]}]",
        ),
        ("variables:\n  a: ${{ lower('B') }}\n", "equal: [{name: a, value: b}]"),
        (
            "resources: {containers: [{container: c, image: i}]}\nsteps:\n- script: x\n",
            "equal: {steps: [{script: x}], resources: {containers: [{container: c, image: i}]}}",
        ),
        ("steps:\n- script: x\n  enabled: ${{ eq(1, 1) }}\n", "equal: [{script: x, enabled: true}]"),
    ],
)
def test_every_kind_of_template(here: CliHere, template: str, case: str) -> None:
    here.write("template.yml", template)
    assert outcome(here, f"template: ../template.yml\nexpect: {{{case}}}\n")[0] == 0


def test_a_template_of_steps_may_be_extended(here: CliHere) -> None:
    here.write("template.yml", "steps:\n- script: x\n")
    case = "template: ../template.yml\nkind: extends\nexpect: {equal: {steps: [{script: x}]}}\n"
    assert outcome(here, case)[0] == 0


def test_a_pipeline_with_parameters_and_variables(here: CliHere) -> None:
    here.write(
        "main.yml",
        "parameters: [{name: images, type: object}]\n"
        "steps:\n- ${{ each image in parameters.images }}:\n  - template: steps.yml\n    parameters: {image: '${{ image }}'}\n",
    )
    case = (
        "pipeline: ../main.yml\nparameters:\n  images: [a]\nvariables: {Build.Reason: Manual}\n"
        "expect:\n  contains: [echo a, {env: {REASON: Manual}}]\n"
    )
    assert outcome(here, case)[0] == 0


def test_a_link_out_of_the_repository_is_not_followed(here: CliHere, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "steps.yml"
    outside.write_text("steps:\n- bash: outside\n", encoding="utf-8")
    (here.folder / "link.yml").symlink_to(outside)
    code, out = outcome(here, "template: ../link.yml\nexpect: {contains: [outside]}\n")
    assert code == 1
    assert "AZR212 missing-template" in out


def test_junit(here: CliHere) -> None:
    here.write("tests/a.yml", PASSES)
    here.write("tests/below/b.yml", PASSES.replace("../", "../../").replace("echo ubuntu", "echo <windows>"))
    done = here("expand", "--test", "tests", "--format", "junit", "--output", "results.xml")
    assert (done.code, done.out) == (1, "")
    root = ET.parse(here.folder / "results.xml").getroot()
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "2", "1")
    assert [suite.get("name") for suite in root] == ["tests/a.yml", "tests/below/b.yml"]
    [failure] = root.iter("failure")
    assert failure.get("message") == "not found:"
    assert "echo <windows>" in (failure.text or "")


WRITTEN = """\
# The cases of steps.yml.
cases:
- name: old   # was right
  template: ../steps.yml
  parameters: {image: windows-2022}
  expect:
    contains: [pytest]
    equal:
    - bash: old
      # a comment of the old content
    # what it lacks
    lacks: [windows]

- name: without
  template: ../steps.yml
  parameters:
    image: windows-2022  # no echo
# between
- name: flow
  template: ../steps.yml
  parameters: {image: windows-2022}
  expect: {equal: []}  # in one line

- {name: right, template: ../steps.yml, parameters: {image: a}, expect: {contains: [echo a]}}
- name: wrong
  template: ../steps.yml
  parameters: {image: a}
  expect:
    contains: [echo b]
"""
CONTENT = {
    "task": "Bash@3",
    "name": "test",
    "env": {"REASON": "${{ variables['Build.Reason'] }}"},
    "inputs": {"targetType": "inline", "script": "pytest src"},
}


def test_expectations_are_written(here: CliHere) -> None:
    path = here.write("tests/case.yml", WRITTEN)
    done = here("expand", "--test", "tests", "--update")
    assert done.code == 1
    assert done.out.splitlines()[:5] == [
        "tests/case.yml::old UPDATED",
        "tests/case.yml::without UPDATED",
        "tests/case.yml::flow UPDATED",
        "tests/case.yml::right PASSED",
        "tests/case.yml::wrong FAILED",
    ]
    text = path.read_text(encoding="utf-8")
    for kept in (
        "# The cases of steps.yml.\ncases:\n- name: old   # was right\n",
        "    # what it lacks\n    lacks: [windows]\n\n- name: without\n",
        "    image: windows-2022  # no echo\n  expect:\n    equal:\n      - task: Bash@3\n",
        "# between\n- name: flow\n",
        "]}  # in one line\n\n- {name: right, ",
        WRITTEN[WRITTEN.index("- {name: right") :],
    ):
        assert kept in text
    cases = safe_load(text)["cases"]
    assert [case["expect"].get("equal") for case in cases] == [[CONTENT], [CONTENT], [CONTENT], None, None]
    again = here("expand", "--test", "tests", "--update")
    assert "UPDATED" not in again.out
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("expect", ["expect:\n", "expect: {}\n", "expect: {contains: [pytest], equal: [a]}\n"])
def test_an_expectation_is_written_into_any_layout(here: CliHere, expect: str) -> None:
    path = here.write("tests/case.yml", f"template: ../steps.yml\nparameters: {{image: windows-2022}}\n{expect}# end\n")
    assert here("expand", "--test", "tests/case.yml", "--update").code == 0
    text = path.read_text(encoding="utf-8")
    assert safe_load(text)["expect"]["equal"] == [CONTENT]
    assert text.endswith("# end\n")
    assert here("expand", "--test", "tests/case.yml").code == 0


def test_a_case_in_one_line_gets_an_expectation(here: CliHere) -> None:
    path = here.write("tests/case.yml", "cases:\n- {template: ../steps.yml, parameters: {image: windows-2022}} # end\n")
    assert here("expand", "--test", "tests", "--update").code == 0
    text = path.read_text(encoding="utf-8")
    assert safe_load(text)["cases"][0]["expect"] == {"equal": [CONTENT]}
    assert text.endswith("} # end\n")


def test_a_layout_that_has_no_room(here: CliHere) -> None:
    text = "cases:\n- {template: ../steps.yml, parameters: {image: a},}\n# no expect\n"
    path = here.write("tests/case.yml", text)
    done = here("expand", "--test", "tests", "--update")
    assert (done.code, done.out) == (2, "")
    assert "cannot be updated in this layout" in done.err
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("expect: {}\n", "a case must have one of `template` and `pipeline`"),
        ("template: a\npipeline: b\nexpect: {}\n", "a case must have one of `template` and `pipeline`"),
        ("template: a.yml\nexpect: {}\n", "`a.yml` does not exist"),
        ("template: ../steps.yml\nparameter: {}\nexpect: {}\n", "a case has no key `parameter`"),
        ("template: ../steps.yml\nparameters: []\nexpect: {}\n", "`parameters` must be a mapping"),
        ("template: ../steps.yml\nkind: step\nexpect: {}\n", "`step` is not a kind of templates"),
        ("template: ../steps.yml\nexpect: {contain: []}\n", "`expect` has no key `contain`"),
        ("template: ../steps.yml\nexpect: {contains: a}\n", "`contains` must be a list of partial mappings and texts"),
        (
            "template: ../steps.yml\nexpect: {refuse: a, lacks: [b]}\n",
            "what the service refuses has no content to expect",
        ),
        ("cases: {}\n", "`cases` must be a list of cases"),
        ("cases: [a]\n", "a case must be a mapping with `template` or `pipeline`"),
        ("name: a\ncases: []\n", "unknown key `name` beside `cases`"),
    ],
)
def test_cases_that_cannot_be_used(here: CliHere, case: str, message: str) -> None:
    here.write("tests/case.yml", case)
    done = here("expand", "--test", "tests")
    assert (done.code, done.out) == (2, "")
    assert f"error: {message} [" in done.err


def test_a_test_of_nothing_does_not_pass(here: CliHere) -> None:
    here.write("tests/other.yml", "steps: []\n")
    done = here("expand", "--test", "tests")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "tests/other.yml: has no cases\nerror: tests: has no cases; a case has `template`, `parameters` and `expect`\n"
    )
    assert here("expand", "--test", "nowhere").err == "error: nowhere: no such folder\n"
    code, out = outcome(here, "cases:\n- template: ../steps.yml\n  parameters: {image: a}\n")
    assert code == 1
    assert "it expects nothing: write `expect`, or pass --update" in out


@pytest.mark.parametrize(
    "options",
    [
        ("--update",),
        ("--test", "tests", "--stage", "a"),
        ("--test", "tests", "--format", "json"),
        ("--test", "tests", "--parameter", "a=b"),
        ("--test", "tests", "--diff", "HEAD"),
        ("--test", "tests", "azure-pipelines.yml"),
    ],
)
def test_options_that_do_not_go_together(here: CliHere, options: tuple[str, ...]) -> None:
    done = here("expand", *options)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: --")


def test_secrets_of_cases_are_redacted(here: CliHere) -> None:
    here.write(
        "steps.yml", "parameters: [{name: password, type: string}]\nsteps:\n- bash: echo ${{ parameters.password }}\n"
    )
    code, out = outcome(here, "template: ../steps.yml\nparameters: {password: hunter2hunter2}\nexpect: {equal: []}\n")
    assert code == 1
    assert "hunter2" not in out
