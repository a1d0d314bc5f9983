"""Files that want to do harm: a diagnostic within a second, or a stated limit."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azrelease.lint.facts.bash_programs import may_be_wrong
from azrelease.lint.facts.shell_words import commands
from support.linting import check, check_in
from support.texts import texts
from support.thorough import examples

STEP = "steps:\n- script: echo one\n"

ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "raw",
    [
        ALIASES.encode(),
        b"steps: " + b"[" * 100_000,
        b"steps:\n" + b"".join(b" " * i + b"- a:\n" for i in range(2000)),
        b"a: " + b"x" * 50_000_000,
        bytes(range(256)) * 1000,
        b"\x00" * 1000,
        "steps:\n- script: é\n".encode("utf-16"),
        b"\x89PNG\r\n\x1a\n" + bytes(5000),
        ("steps:\n- script: echo\n  condition: " + "and(" * 10_000 + ")" * 10_000 + "\n").encode(),
        ("steps:\n- script: ${{ " + "a[" * 10_000 + "\n").encode(),
        ("steps:\n- script: '" + "${{ x }} " * 20_000 + "'\n").encode(),
        ("steps:\n" + "- script: echo $(a)\n" * 20_000).encode(),
        ("jobs:\n" + "".join(f"- job: j{i}\n  dependsOn: j{(i + 1) % 2000}\n  steps: []\n" for i in range(2000))).encode(),
        ("steps:\n- bash: |\n" + "    echo $(" * 3000 + "\n").encode(),
        ("steps:\n- bash: '" + '"$(' * 5000 + "'\n").encode(),
        ("variables:\n" + "".join(f"  v{i}: $(v{i - 1})\n" for i in range(20_000)) + STEP).encode(),
        ("steps:\n" + "".join(f"- {'  ' * 0}${{{{ if eq(1, {i}) }}}}:\n  - script: a\n" for i in range(5000))).encode(),
        ("steps:\n- bash: " + "a" * 1_000_000 + "\n").encode(),
        ("steps:\n- bash: |\n    az ml " + "--x " * 50_000 + "\n").encode(),
    ],
    ids=["aliases", "brackets", "indents", "one-line", "bytes", "nul", "utf-16", "png", "and", "index", "templates", "steps", "cycle", "substitutions",
         "quotes", "variables", "directives", "word", "arguments"],
)  # fmt: skip
def test_a_file_that_wants_to_do_harm_is_answered_in_time(raw: bytes) -> None:
    # Time of this process: on a busy machine others take theirs between. The bar is a second on a quiet one.
    start = time.process_time()
    found = check(raw)
    assert time.process_time() - start < 5
    for diagnostic in found[:50]:
        assert diagnostic.message


@pytest.mark.no_cover
def test_templates_that_use_each_other_end(tmp_path: Path) -> None:
    files = {
        f"t{i}.yml": f"steps:\n- template: t{(i + 1) % 50}.yml\n- template: t{(i + 7) % 50}.yml\n" for i in range(50)
    }
    start = time.process_time()
    found = check_in(tmp_path, files, "t0.yml")
    assert time.process_time() - start < 5
    assert {d.code.id for d in found} == {"AZR213"}


@settings(max_examples=examples(300))
@given(texts)
def test_no_text_makes_a_traceback(text: str) -> None:
    for diagnostic in check(text):
        assert diagnostic.span.line >= 1


PIECES = st.sampled_from(
    ["steps:\n", "- script: ", "- bash: |\n    ", "  condition: ", "  env:\n    A: ", "jobs:\n- job: a\n  ", "trigger: ", "${{ if ", " }}:\n", "$(b)", "eq(", ")", "'", '"',
     "variables['x']", "\n", "  ", "- task: CopyFiles@2\n  inputs:\n    ", "a: b\n", "##vso[task.", "]", "az ml model deploy ", "-n x ", "#", "&a ", "*a", "{", "}", "[", "parameters:\n- name: p\n",
     "pytest --junitxml=", "resources:\n  repositories:\n  - repository: r\n", "- template: x@r\n", "dependsOn: ", "dependencies.a.outputs['b.c']"]
)  # fmt: skip


@settings(max_examples=examples(300))
@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_mixture_of_the_language_makes_a_traceback(text: str) -> None:
    for diagnostic in check(text):
        assert diagnostic.span.column >= 1


@given(texts)
def test_any_text_can_be_looked_at_as_a_script(text: str) -> None:
    for command in commands(text):
        for word in command:
            assert 0 <= word.start < word.end <= len(text)
    assert may_be_wrong(text) in (True, False)
