from pathlib import Path

import pytest

from azrelease import Templates
from azrelease.errors import TemplateError, UserError


def folder(tmp_path: Path, **files: str) -> Templates:
    for name, text in files.items():
        (tmp_path / f"{name}.j2").write_text(text, encoding="utf-8")
    return Templates(tmp_path)


def test_the_users_folder_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "scripts"
    own.mkdir()
    (own / "install_azure_cli_extension.sh.j2").write_text("echo {{ extension }}\n", encoding="utf-8")
    script = Templates(tmp_path).script(
        "scripts/install_azure_cli_extension.sh.j2", extension="a b", version=None, upgrade=False
    )
    assert script.text == "echo 'a b'\n"


def test_every_value_is_quoted_without_a_filter(tmp_path: Path) -> None:
    templates = folder(tmp_path, a="{% for x in xs %}\n{{ x }}: {{ x }}\n{% endfor %}\n")
    assert templates.yaml("a.j2", xs=["a: b", True, 1]) == "'a: b': 'a: b'\ntrue: true\n1: 1\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x\n{% if %}\n", r"a\.j2:2: "),
        ("x\n\n{{ nothing }}\n", r"a\.j2:3: 'nothing' is undefined"),
        ("{{ pipeline.nothing }}\n", r"a\.j2:1: .*no attribute 'nothing'"),
        ("x\n{{ items }}\n", r"a\.j2:2: a list is not a YAML scalar"),
        ("{{ 1 / 0 }}\n", r"a\.j2:1: division by zero"),
        ("{% include 'gone.j2' %}\n", r"template gone\.j2 not found; looked in "),
    ],
)
def test_a_mistake_in_a_template_is_reported_with_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        folder(tmp_path, a=text).yaml("a.j2", items=[1], pipeline=object())


def test_a_script_template_cannot_write_what_was_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="can only write the words it is given"):
        folder(tmp_path, a="{{ flag }}\n").script("a.j2", flag=True)


def test_a_template_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.j2").write_bytes(b"\xff")
    with pytest.raises(TemplateError, match=r"a\.j2: cannot be read"):
        Templates(tmp_path).yaml("a.j2")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        Templates(tmp_path / "gone")


def test_nested_text_keeps_empty_lines_empty(tmp_path: Path) -> None:
    templates = folder(
        tmp_path, a="{% filter nest(2) %}\na\n\n\nb\n{% endfilter %}\n", b="{% filter nest(2) %}\na{% endfilter %}\n"
    )
    assert templates.yaml("a.j2") == "  a\n\n\n  b\n"
    assert templates.yaml("b.j2") == "  a"


def test_compiled_templates_of_the_user_are_not_left_lying_about(tmp_path: Path) -> None:
    folder(tmp_path, a="x\n").yaml("a.j2")
    assert [path.name for path in tmp_path.iterdir()] == ["a.j2"]


def test_a_literal_in_a_template_is_a_value_too(tmp_path: Path) -> None:
    templates = folder(
        tmp_path, a="""a: {{ "Deploy & test 'it': now" }}\nb: {{ 'yes' }}\n""", b='echo {{ "a && b" }}\n'
    )
    assert templates.yaml("a.j2") == "a: \"Deploy & test 'it': now\"\nb: 'yes'\n"
    with pytest.raises(TemplateError, match="can only write the words it is given"):
        templates.script("b.j2")


def test_a_byte_order_mark_in_a_template_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.j2").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert Templates(tmp_path).yaml("a.j2") == "a: 1\n"


@pytest.mark.parametrize("text", ["{% include 'a.j2' %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"])
def test_a_template_that_never_ends_is_a_mistake_in_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateError, match="recursion"):
        folder(tmp_path, a=text).yaml("a.j2")


def test_a_page_shows_texts_and_numbers_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.j2").write_text("{{ text }}|{{ number }}\n", encoding="utf-8")
    page = Templates(tmp_path).page("a.j2", text="<b>&\"'\0", number=0.5)
    assert page == "&lt;b&gt;&amp;&#34;&#39;·|0.5\n"


@pytest.mark.parametrize("value", [True, None, [1]])
def test_a_page_shows_nothing_else(tmp_path: Path, value: object) -> None:
    (tmp_path / "a.j2").write_text("{{ value }}\n", encoding="utf-8")
    with pytest.raises(TemplateError, match="can only write texts and numbers"):
        Templates(tmp_path).page("a.j2", value=value)
