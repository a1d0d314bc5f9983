from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azrelease.expansion.normal_form import normal_form
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.expansion.yaml_text import yaml_text
from azrelease.yaml_document import YamlDocument
from expansion.trees import mapping, texts, tree
from support.texts import texts as any_texts
from support.thorough import examples

ORIGIN = tree("a").origin


def scalar(text: str, style: str = "") -> ExpandedScalar:
    return ExpandedScalar(text, text, ORIGIN, style)


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def test_the_layout_is_that_of_the_preview() -> None:
    pipeline = normal_form(
        mapping("trigger: [main]\nsteps:\n- bash: |\n    a\n    b\n  displayName: 'x'\n- script: c\n")
    )
    assert yaml_text(pipeline) == lines(
        "trigger:",
        "- main",
        "stages:",
        "- stage: Stage",
        "  jobs:",
        "  - job: Job",
        "    steps:",
        "    - task: Bash@3",
        "      displayName: 'x'",
        "      inputs:",
        "        script: |",
        "          a",
        "          b",
        "        targetType: inline",
        "    - task: CmdLine@2",
        "      inputs:",
        "        script: c",
    )


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("a: '0 3 * * Mon'", "a: '0 3 * * Mon'"),
        ('a: "b"', 'a: "b"'),
        ("a: 0042", "a: 0042"),
        ("a: True", "a: True"),
        ("a: yes", "a: yes"),
        ("a: 'null'", "a: 'null'"),
        ("a:", "a: ''"),
        ("a: ''", "a: ''"),
        ("a: []", "a: []"),
        ("a: {}", "a: {}"),
        ("a: {b: [c, {d: e}]}", "a:\n  b:\n  - c\n  - d: e"),
        ("a: [[b, c], [d]]", "a:\n- - b\n  - c\n- - d"),
        ("a: >\n  b\n  c\n", "a: |\n  b c"),
        ("a: >-\n  b\n  c\n", "a: b c"),
        ("a: |-\n  b\n  c\n", "a: |-\n  b\n  c"),
        ("a: |+\n  b\n\nc: d", "a: |+\n  b\n\nc: d"),
        ("a: 'it''s'", "a: 'it''s'"),
        ('a: "b: c"', 'a: "b: c"'),
        ("'a: b': c", "'a: b': c"),
        ('a: "b \\n\\tc \\nd"', "a: |-\n  b \n  \tc \n  d"),
        ("a: 🔻 b", "a: 🔻 b"),
        ('a: "\\0"', 'a: "\\0"'),
        ("a: b...", "a: b..."),
        ('a: "b\\r\\nc"', 'a: "b\\r\\nc"'),
        ("${{ if eq(parameters.a, 'b') }}: c", "${{ if eq(parameters.a, 'b') }}: c"),
    ],
)  # fmt: skip
def test_texts(given: str, written: str) -> None:
    assert yaml_text(tree(given)) == f"{written}\n"


def test_texts_that_need_quotes_get_single_ones() -> None:
    root = ExpandedSequence(tuple(scalar(text) for text in ("a: b", "- a", "# a", "", "~", "a #b", "@a", " a")), ORIGIN)
    assert yaml_text(root) == lines("- 'a: b'", "- '- a'", "- '# a'", "- ''", "- '~'", "- 'a #b'", "- '@a'", "- ' a'")


def test_long_keys_and_lines_stay_in_one_line() -> None:
    condition = f"${{{{ if or({', '.join(f'''eq(parameters.a, '{number}')''' for number in range(30))}) }}}}"
    root = mapping(f"a:\n- {condition}:\n  - {'b ' * 300}c\n")
    assert yaml_text(root) == f"a:\n- {condition}:\n  - {'b ' * 300}c\n"
    quoted = "a: b, " + "ü" * 80
    assert yaml_text(ExpandedMapping((ExpandedEntry(scalar(quoted), scalar("x")),), ORIGIN)) == f"'{quoted}': x\n"


def test_comments_are_above_items_and_entries_in_their_column() -> None:
    root = mapping(
        "trigger: none\nstages:\n- stage: a\n  jobs:\n  - ${{ if x }}:\n    - job: b\n- [[{c: d}, {e: f}], {g: h}]\n"
    )
    assert yaml_text(root, lambda node: f"line {node.origin.span.line}") == lines(
        "# line 1",
        "trigger: none",
        "# line 3",
        "stages:",
        "# line 3",
        "- stage: a",
        "  jobs:",
        "  # line 5",
        "  - ${{ if x }}:",
        "    # line 6",
        "    - job: b",
        "- - - c: d",
        "    # line 7",
        "    - e: f",
        "  # line 7",
        "  - g: h",
    )


def test_some_nodes_have_a_comment_and_line_breaks_do_not_end_it() -> None:
    root = mapping("a: b\nsteps:\n- script: a\n- bash: b\n")
    assert yaml_text(
        root, lambda node: "x\ny: z\u2028😀" if isinstance(node, ExpandedMapping) and "bash" in node else None
    ) == lines("a: b", "steps:", "- script: a", "# x y: z 😀", "- bash: b")


styles = st.sampled_from(("", "'", '"', "|", ">"))
scalars = st.builds(scalar, st.one_of(any_texts, st.text("\n\t \r ab-:#\ue000\ue001\ue002🔻é", max_size=12)), styles)


def collections(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=4).map(lambda items: ExpandedSequence(tuple(items), ORIGIN)),
        st.lists(st.builds(ExpandedEntry, scalars, inner), max_size=4, unique_by=lambda entry: entry.key.text).map(
            lambda entries: ExpandedMapping(tuple(entries), ORIGIN)
        ),
    )


trees = collections(st.recursive(scalars, collections, max_leaves=12))


def nodes(node: ExpandedNode) -> Iterator[ExpandedNode]:
    yield node
    if isinstance(node, ExpandedMapping):
        for entry in node.entries:
            yield from nodes(entry.value)
    elif isinstance(node, ExpandedSequence):
        for item in node.items:
            yield from nodes(item)


@given(trees, st.sampled_from((None, "", "a: b", "'\"#\n- x", "\ue000\ue0013")))
@settings(max_examples=examples(2000))
def test_every_text_is_read_back(root: ExpandedNode, comment: str | None) -> None:
    written = yaml_text(root, lambda _: comment)
    assert texts(tree(written)) == texts(root)
    assert yaml_text(tree(written), lambda _: comment) == written


def test_control_characters_and_unpaired_surrogates_do_not_break_the_text() -> None:
    every = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF, 0x10FFFF)))
    for text in (every, *every, f"a{every}", "a\ud800b"):
        root = ExpandedSequence((scalar(text),), ORIGIN)
        assert texts(tree(yaml_text(root))) == [text.replace("\ud800", "\ufffd")]


def test_a_scalar_alone() -> None:
    assert yaml_text(scalar("a")) == "a\n"
    assert YamlDocument.parse(yaml_text(scalar("a\n\n")), "a.yml").data == "a\n\n"
