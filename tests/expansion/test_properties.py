"""What holds for every pipeline, whatever its templates and expressions."""

from collections.abc import Mapping

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from azrelease.errors import InvalidFileError, UserError
from azrelease.expansion import (
    ConditionBranch,
    Expansion,
    ExpansionProblem,
    ExpansionRequest,
    LoopTurn,
    as_written,
    normal_form,
    plain,
    yaml_text,
)
from azrelease.syntax.expressions import Unknown
from expansion.pipelines import ROOT, Given, expand, expand_again, messages, pipelines, shown
from support.thorough import examples


@given(pipelines(is_wild=True))
@settings(max_examples=examples(240))
def test_an_expansion_ends_with_a_result_or_an_error_of_the_user(source: Given) -> None:
    for request in (
        ExpansionRequest(),
        ExpansionRequest(source.parameters, source.variables),
        ExpansionRequest(are_parameters_unknown=True),
    ):
        try:
            expansion = expand(source.files, request)
        except (UserError, InvalidFileError):
            continue
        yaml_text(normal_form(expansion.pipeline))
        yaml_text(as_written(expansion.pipeline))


@given(st.text(), st.text(), st.text())
@settings(max_examples=examples(400))
def test_any_texts_are_no_crash(text: str, template: str, inner: str) -> None:
    files = {ROOT: text, "t.yml": template}
    wrapped = {
        ROOT: f"steps:\n- template: t.yml\n  parameters: {{a: {inner!r}}}\n- script: ${{{{ {inner} }}}}",
        "t.yml": template,
    }
    for each in (files, wrapped):
        try:
            yaml_text(normal_form(expand(each).pipeline))
        except (UserError, InvalidFileError):
            continue


@given(pipelines(has_unknowns=False))
@settings(max_examples=examples(240))
def test_nothing_that_is_known_is_left(source: Given) -> None:
    expansion = expand(source.files)
    assume(not expansion.problems)
    assert [unknown.text for unknown in expansion.unknowns] == []
    assert "parameters" not in plain(expansion.pipeline)


@given(pipelines())
@settings(max_examples=examples(240))
def test_the_expansion_of_an_expansion_is_the_same(source: Given) -> None:
    first = expand(source.files)
    assume(not first.problems)
    for form in (normal_form(first.pipeline), first.pipeline):
        again = expand_again(form, ExpansionRequest())
        assert messages(again) == []
        assert plain(normal_form(again.pipeline)) == plain(normal_form(first.pipeline))


@given(pipelines())
@settings(max_examples=examples(320))
def test_what_is_unknown_changes_nothing_that_is_known(source: Given) -> None:
    request = ExpansionRequest(source.parameters, source.variables)
    whole = expand(source.files, request)
    assume(not whole.problems)
    before = expand(source.files)
    assert [found.diagnostic.message for found in before.problems if not _may_be_left_out(found)] == []
    # A parameter of the expansion for what no expression says: it loses what it was made of.
    assume(not any(name.startswith("unknown_") for name in _declared(before)))
    for form in (normal_form(before.pipeline), before.pipeline):
        after = expand_again(form, request._replace(parameters=_asked(before, source.parameters)))
        assert messages(after) == []
        if not whole.unknowns:  # what is still left may have another form
            assert shown(normal_form(after.pipeline)) == shown(normal_form(whole.pipeline))


def _asked(expansion: Expansion, parameters: Mapping[str, str]) -> dict[str, str]:
    """The values for the parameters that an expanded pipeline asks for."""
    declared = _declared(expansion)
    return {name: value for name, value in parameters.items() if name in declared}


def _declared(expansion: Expansion) -> list[str]:
    return [item["name"] for item in plain(expansion.pipeline).get("parameters", ())]


def _may_be_left_out(found: ExpansionProblem) -> bool:
    """Whether the problem is in a branch that the run decides about, or in a loop over an unknown list."""
    return any(
        (isinstance(frame, ConditionBranch) and not frame.is_known)
        or (isinstance(frame, LoopTurn) and isinstance(frame.item, Unknown))
        for innermost in found.frames
        for frame in (innermost, *innermost.at.chain)
    )
