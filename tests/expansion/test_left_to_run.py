"""What an expansion leaves to the run: it means the same as what the files say."""

import pytest

from azrelease.expansion import ExpansionRequest, normal_form, yaml_text
from expansion.pipelines import ROOT, expand, expand_again, messages, shown

HEAD = "parameters:\n- {name: a, type: string}\n- {name: f, type: boolean}\n- {name: l, type: object}\n"


def left(pipeline: str, **templates: str) -> str:
    """The expanded pipeline without its parameters."""
    files = {f"{name}.yml": text for name, text in templates.items()}
    expansion = expand({ROOT: HEAD + pipeline, **files})
    assert messages(expansion) == []
    text = yaml_text(expansion.pipeline)
    return text[text.index("steps:" if "\nvariables:" not in text else "variables:") :]


def test_an_else_stays_that_of_its_if_where_a_template_between_them_has_another_condition() -> None:
    between = "steps:\n- ${{ if parameters.b }}:\n  - script: inner\nparameters: [{name: b, type: boolean}]\n"
    chain = (
        "steps:\n- ${{ if eq(parameters.a, 'x') }}:\n  - script: one\n- template: t.yml\n  parameters: {b: '${{ parameters.f }}'}\n"
        "- ${{ elseif eq(parameters.a, 'y') }}:\n  - script: two\n- ${{ else }}:\n  - script: three\n"
    )
    assert left(chain, t=between) == (
        "steps:\n"
        "- ${{ if eq(parameters.a, 'x') }}:\n  - script: one\n"
        "- ${{ if parameters.f }}:\n  - script: inner\n"
        "- ${{ if and(not(eq(parameters.a, 'x')), eq(parameters.a, 'y')) }}:\n  - script: two\n"
        "- ${{ if not(or(eq(parameters.a, 'x'), eq(parameters.a, 'y'))) }}:\n  - script: three\n"
    )


def test_a_branch_without_content_stays_where_another_one_needs_it() -> None:
    chain = "- ${{ if eq(parameters.a, 'x') }}: []\n"
    other = "- ${{ else }}:\n  - script: b\n"
    assert left(f"steps:\n- script: a\n{chain}{other}") == f"steps:\n- script: a\n{chain}{other}"
    assert left(f"steps:\n- script: a\n{chain}") == "steps:\n- script: a\n"


def test_a_mapping_keeps_such_a_branch_too() -> None:
    env = "    ${{ if eq(parameters.a, 'x') }}: {}\n    ${{ else }}:\n      B: b\n"
    assert left(f"steps:\n- script: a\n  env:\n{env}") == f"steps:\n- script: a\n  env:\n{env}"


@pytest.mark.parametrize(
    ("value", "condition"),
    [
        # A variable is text, and any text but the empty one is true: also `False`.
        ("${{ eq(parameters.a, 'x') }}", "if format('{0}', eq(parameters.a, 'x'))"),
        ("${{ parameters.f }}", "if format('{0}', parameters.f)"),
        ("${{ lower(parameters.a) }}", "if lower(parameters.a)"),
        ("${{ parameters.a }}", "if parameters.a"),
        ("a-${{ parameters.a }}", "if format('a-{0}', parameters.a)"),
    ],
)
def test_a_variable_is_text_also_where_only_the_run_knows_it(value: str, condition: str) -> None:
    steps = "steps:\n- ${{ if variables.v }}:\n  - script: a\n"
    assert f"- ${{{{ {condition} }}}}:\n" in left(f'variables: {{v: "{value}"}}\n{steps}')


def test_an_argument_has_the_type_of_its_parameter_also_where_only_the_run_knows_it() -> None:
    template = "parameters: [{name: b, type: boolean}]\nsteps:\n- ${{ if parameters.b }}:\n  - script: a\n"

    def condition(argument: str) -> str:
        return left(f"steps:\n- template: t.yml\n  parameters: {{b: '${{{{ {argument} }}}}'}}\n", t=template).split(
            "\n"
        )[1]

    assert condition("parameters.f") == "- ${{ if parameters.f }}:"
    assert condition("variables[''Build.Reason'']") == "- ${{ if eq(variables['Build.Reason'], 'true') }}:"
    assert condition("eq(parameters.a, 1)") == "- ${{ if eq(parameters.a, 1) }}:"


def test_a_variable_that_a_loop_of_the_run_sets_is_unknown_in_each_turn() -> None:
    pipeline = (
        "variables:\n- name: v\n  value: a\n- ${{ each x in parameters.l }}:\n  - name: v\n    value: ${{ variables.v }}b\n"
        "steps:\n- script: ${{ variables.v }}\n"
    )
    first = expand({ROOT: HEAD + pipeline})
    given = ExpansionRequest({"l": "[1, 2]", "a": "", "f": "true"})
    whole = expand({ROOT: HEAD + pipeline}, given)
    assert shown(normal_form(expand_again(first.pipeline, given).pipeline)) == shown(normal_form(whole.pipeline))


def test_the_pool_of_a_pipeline_is_not_repeated_where_its_variables_may_have_other_values() -> None:
    pipeline = (
        "variables: [{group: g}]\npool: {vmImage: '${{ variables.image }}'}\n"
        "jobs:\n- job: a\n  variables: {image: mine}\n  steps: [{script: a}]\n"
    )
    jobs = shown(normal_form(expand({ROOT: pipeline}).pipeline))["stages"][0]["jobs"]
    assert "pool" not in jobs[0]
    known = expand({ROOT: pipeline}, ExpansionRequest(variables={"image": "ubuntu"}))
    assert shown(normal_form(known.pipeline))["stages"][0]["jobs"][0]["pool"] == {"vmImage": "ubuntu"}


@pytest.mark.parametrize("otherwise", ["", "${{ else }}:\n  steps: [{script: b}]\n"])
def test_a_pipeline_whose_content_depends_on_the_run_is_not_refused(otherwise: str) -> None:
    pipeline = f"pool: {{vmImage: a}}\n${{{{ if eq(parameters.a, 'x') }}}}:\n  steps: [{{script: a}}]\n{otherwise}"
    assert messages(expand({ROOT: HEAD + pipeline})) == []
