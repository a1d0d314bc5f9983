"""Pipelines that would grow without end: each ends at a limit that its message names."""

import time
import tracemalloc
from collections.abc import Mapping

import pytest

from azrelease.diagnostics import EXPANSION_LIMIT, TEMPLATE_CYCLE
from azrelease.expansion import Expansion
from expansion.pipelines import ROOT, expand, messages
from support.thorough import some_of

SLOWEST = 60
"""Seconds, on a machine with much else to do; on a quiet one none takes two."""


def items(count: int, item: str = "a") -> str:
    return f"[{','.join([item] * count)}]"


def loops(count: int, depth: int, body: str) -> str:
    """A pipeline with loops in loops over a list of that size."""
    lines = [f"parameters: [{{name: l, type: object, default: {items(count)}}}]", "steps:"]
    lines += [f"{'  ' * n}- ${{{{ each x{n} in parameters.l }}}}:" for n in range(depth)]
    return "\n".join([*lines, *(f"{'  ' * depth}{line}" for line in body.splitlines())])


def nested(call: str, inner: str, depth: int = 40) -> str:
    """A call in a call: `call` has a place for its argument."""
    for _ in range(depth):
        inner = call.format(inner)
    return f"steps:\n- script: ${{{{ {inner} }}}}"


def doubling_variables(count: int) -> str:
    twice = [f"- {{name: v{n + 1}, value: '${{{{ variables.v{n} }}}}${{{{ variables.v{n} }}}}'}}" for n in range(count)]
    return "\n".join(["variables:", "- {name: v0, value: aaaaaaaaaa}", *twice, "steps: [{script: a}]"])


def template(name: str, body: str, kind: str = "object") -> str:
    return f"parameters: [{{name: {name}, type: {kind}}}]\nsteps:\n{body}"


def fan(depth: int) -> dict[str, str]:
    """Templates that each include the next one twice."""
    twice = {f"t{n}.yml": f"steps: [{{template: t{n + 1}.yml}}, {{template: t{n + 1}.yml}}]" for n in range(depth)}
    return {ROOT: "steps: [{template: t0.yml}]", **twice, f"t{depth}.yml": "steps: [{script: a}]"}


CALL = "- template: t.yml\n  parameters:\n    n:"
EVALUATIONS = "evaluations of expressions"
CHARACTERS = "the functions of expressions take more than"
MEMORY = "takes more than 20 MB"
LEVELS = "deeper than 100 levels"

BOMBS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "a loop in a loop": ({ROOT: loops(40, 5, "- script: echo")}, EVALUATIONS),
    "loops without a result": ({ROOT: loops(100, 5, "- ${{ if false }}:\n  - script: a")}, EVALUATIONS),
    "templates that fan out": (fan(30), EVALUATIONS),
    "a loop over what a text is split into": (
        {ROOT: f"variables: {{a: '{'a,' * 500}'}}\n" + "steps:\n- ${{ each x in split(variables.a, ',') }}:\n  - ${{ each y in split(variables.a, ',') }}:\n    - script: a"},
        EVALUATIONS,
    ),
    "texts that double": ({ROOT: doubling_variables(40)}, MEMORY),
    "format in format": ({ROOT: nested("format('{{0}}{{0}}{{0}}{{0}}', {})", "'aaaaaaaaaa'")}, CHARACTERS),
    "replace in replace": ({ROOT: nested("replace({}, 'a', 'aaaa')", "'aaaa'")}, CHARACTERS),
    "a list as JSON again and again": (
        {ROOT: loops(400, 1, "- script: ${{ convertToJson(parameters.l) }}${{ convertToJson(parameters.l) }}")},
        CHARACTERS,
    ),
    "wildcards of a long list again and again": (
        {ROOT: loops(1500, 1, "- script: ${{ join(',', parameters.l.*.a) }}").replace("[a,", "[{a: b},", 1)},
        CHARACTERS,
    ),
    "a text that doubles in a template that includes itself": (
        {
            ROOT: f"steps:\n{CALL} aa",
            "t.yml": template("n", f"{CALL} ${{{{ parameters.n }}}}${{{{ parameters.n }}}}", "string"),
        },
        MEMORY,
    ),
    "a list that doubles in a template that includes itself": (
        {
            ROOT: f"steps:\n{CALL} [a]",
            "t.yml": template("n", f"{CALL}\n    - ${{{{ parameters.n }}}}\n    - ${{{{ parameters.n }}}}"),
        },
        MEMORY,
    ),
    "a template that includes itself": (
        {ROOT: "steps: [{template: t.yml}]", "t.yml": "steps: [{template: t.yml}]"},
        LEVELS,
    ),
    "a template that includes itself twice": (
        {ROOT: "steps: [{template: t.yml}]", "t.yml": "steps: [{template: t.yml}, {template: t.yml}]"},
        LEVELS,
    ),
    "templates that include each other": (
        {ROOT: "jobs: [{template: a.yml}]", "a.yml": "jobs: [{template: b.yml}]", "b.yml": "jobs: [{template: a.yml}]"},
        LEVELS,
    ),
    "a pipeline that extends itself": ({ROOT: f"extends: {{template: {ROOT}}}"}, LEVELS),
}  # fmt: skip


@pytest.mark.parametrize("bomb", some_of(list(BOMBS), 3, 0))
def test_what_grows_without_end_ends_at_a_limit(bomb: str) -> None:
    files, limit = BOMBS[bomb]
    start = time.monotonic()
    expansion = expand(files)
    assert time.monotonic() - start < SLOWEST
    codes = {problem.diagnostic.code for problem in expansion.problems}
    assert codes & {EXPANSION_LIMIT, TEMPLATE_CYCLE}
    assert any(limit in message for message in messages(expansion))


def test_a_list_that_an_expression_repeats_takes_no_memory_until_it_is_in_the_pipeline() -> None:
    halves = "\n".join(f"  - ${{{{ each y{n} in parameters.l }}}}: []" for n in range(3))
    assert messages(expand({ROOT: loops(100, 1, halves)})) == []


# learn.microsoft.com/azure/devops/pipelines/process/templates, imposed limits: 100 files that are included, 100 levels
# of them, 20 MB while the pipeline is expanded.


def included(count: int) -> Expansion:
    """A pipeline that includes that many files."""
    files = {f"t{n}.yml": f"steps: [{{script: '{n}'}}]" for n in range(count)}
    return expand({ROOT: "\n".join(["steps:", *(f"- template: {name}" for name in files)]), **files})


def test_a_pipeline_includes_one_hundred_files_at_most() -> None:
    assert messages(included(100)) == []
    refused = included(101)
    assert [problem.diagnostic.code for problem in refused.problems] == [EXPANSION_LIMIT]
    assert messages(refused) == ["the pipeline includes more than 100 files"]


def test_a_file_that_is_included_often_counts_once() -> None:
    calls = "\n".join(["steps:", *["- template: t.yml"] * 101])
    assert messages(expand({ROOT: calls, "t.yml": "steps: [{script: a}]"})) == []


def chain(levels: int) -> dict[str, str]:
    """Templates that each include the next one, and the last one itself once more, for that many levels."""
    files = {f"t{n}.yml": f"steps: [{{template: t{n + 1}.yml}}]" for n in range(1, levels)}
    return {ROOT: "steps: [{template: t1.yml}]", **files, f"t{levels}.yml": "steps: [{script: a}]"}


def test_templates_are_one_hundred_levels_deep_at_most() -> None:
    assert messages(expand(chain(100))) == []
    again = {**chain(100), "t100.yml": "steps: [{template: t1.yml}]"}
    refused = expand(again)
    assert [problem.diagnostic.code for problem in refused.problems] == [TEMPLATE_CYCLE]
    assert LEVELS in messages(refused)[0]


@pytest.mark.parametrize("depth", [20, 60, 99])
def test_directives_around_each_level_are_a_limit_too_and_no_crash(depth: int) -> None:
    inner = "- ${{ if true }}:\n  - ${{ each x in split('a', ',') }}:\n    - template: "
    files = {f"t{n}.yml": f"steps:\n{inner}t{n + 1}.yml" for n in range(depth)}
    found = messages(expand({ROOT: "steps: [{template: t0.yml}]", **files, f"t{depth}.yml": "steps: [{script: a}]"}))
    assert found == [] if depth == 20 else set(found) <= {"directives in templates in templates are nested too deep"}


def long(texts: int) -> Expansion:
    """A pipeline with that many texts of two megabytes, one of them a variable: two bytes for a character."""
    steps = "\n".join(["- script: ${{ variables.a }}"] * (texts - 1))
    return expand({ROOT: f"variables: {{a: '{'a' * 1_000_000}'}}\nsteps:\n{steps}"})


def test_a_pipeline_takes_twenty_megabytes_at_most() -> None:
    assert messages(long(9)) == []
    assert messages(long(10)) == ["the expanded pipeline takes more than 20 MB"]


def peak(steps: int) -> int:
    """The most memory in the expansion of a pipeline with that many steps, in bytes."""
    text = loops(steps, 1, "- script: echo ${{ x0 }}\n  displayName: Echo\n  env: {A: a, B: b}")
    tracemalloc.start()
    try:
        expansion = expand({ROOT: text})
        assert messages(expansion) == []
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.no_cover
def test_memory_is_in_proportion_to_the_result() -> None:
    peak(100)  # what is loaded once
    small, large = peak(400), peak(1600)
    assert large < 4.4 * small
