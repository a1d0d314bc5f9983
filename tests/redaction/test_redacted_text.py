"""What is redacted where a file is shown, and what stays."""

import time

import pytest

from azrelease.diagnostics import UNKNOWN_INPUT, Diagnostic, Span
from azrelease.redaction import RedactedText, may_name_secret, names_secret, redacted, redacted_difference


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "dbPassword",
        "DB_PASSWORD_2",
        "apiToken",
        "api_key",
        "client-secret",
        "PASSWORD1",
        "token_prod",
        "secrets",
        "passwords",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert may_name_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "name",
        "key",
        "keyVaultName",
        "secretName",
        "tokenUrl",
        "passwordFile",
        "pwd",
        "hasToken",
        "path",
        "patch",
        "compute",
        "",
    ],
)
def test_other_names(name: str) -> None:
    assert not may_name_secret(name)
    assert not names_secret(name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password: $(db.password)", "password: $(db.password)"),
        ("password: ${{ parameters.password }}", "password: ${{ parameters.password }}"),
        ("secret: true", "secret: true"),
        ("secrets: [api_key, token]", "secrets: [api_key, token]"),
        ("secrets: [api_key, 'a b']", "secrets: [api_key, '***']"),
        ("secrets: {api_key: abc}", "secrets: {api_key: ***}"),
        ("password: 'it''s'", "password: '*****'"),
        ("{name: token, value: abc, other: x}", "{name: token, value: ***, other: x}"),
        ("{name: a, value: abc, isSecret: true}", "{name: a, value: ***, isSecret: true}"),
        ("{name: a, value: abc}", "{name: a, value: abc}"),
        ("script: run --token abc --name x", "script: run --token *** --name x"),
        ('script: run --token "a b c" x', "script: run --token ******* x"),
        ("script: export TOKEN=$OTHER", "script: export TOKEN=$OTHER"),
        ("script: export TOKEN='$literal'", "script: export TOKEN=**********"),
        ("a: 1 # password: abc def", "a: 1 # password: *** def"),
        ("password: |\n  one\n  two words\nnext: x", "password: |\n  ***\n  *********\nnext: x"),
        ("password:\n  a: one\n  b: [two]\nnext: x", "password:\n  a: ***\n  b: [***]\nnext: x"),
        ("script: run '--token \"a b\"' x", "script: run '--token *****' x"),
        ("script: run --token $(x)abc", "script: run --token *******"),
        ("script: run --token ${TOKEN:-abc} $(x)", "script: run --token ************* $(x)"),
        ("script: run --token $(x); next", "script: run --token $(x); next"),
        ("script: curl -H 'Authorization: Bearer abcdef' -u me:abc x", "script: curl -H 'Authorization: ****** ******' -u me:*** x"),
        ("url: https://me:abc@example.com", "url: https://me:***@example.com"),
        ("script: docker login -u me -p abc example.com", "script: docker login -u me -p *** example.com"),
        ("script: ConvertTo-SecureString 'a b' -AsPlainText", "script: ConvertTo-SecureString ***** -AsPlainText"),
        ("script: echo ##vso[task.setvariable variable=a;issecret=true]abc", "script: echo ##vso[task.setvariable variable=a;issecret=true]***"),
        ("password: ${{ variables['storage.key'] }}", "password: ${{ variables['storage.key'] }}"),
        ("password: ${{ coalesce(x, 'literal') }}", "password: " + "*" * 29),
        ("password: ${{ x }} abc ${{ y }}", "password: " + "*" * 21),
        ("\ufeffpassword: abc", "\ufeffpassword: ***"),
        ("password: abc\rnext: x\r", "password: ***\rnext: x\r"),
    ],
)  # fmt: skip
def test_what_is_shown(text: str, shown: str) -> None:
    assert RedactedText(text).text == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a: [\npassword: abc def\nnext: x", "a: [\npassword: *******\nnext: x"),
        ("a: [\n  password: |\n    abc\n  next: x", "a: [\n  password: *\n    ***\n  next: x"),
        ("a: [\n- name: token\n  value: abc\n    more\nother: x", "a: [\n- name: token\n  value: ***\n    ****\nother: x"),
        ("a: [\n- value: abc\n  name: token\n", "a: [\n- value: ***\n  name: token\n"),
        ("a: [\npassword: $(x)\n", "a: [\npassword: $(x)\n"),
    ],
)  # fmt: skip
def test_a_text_that_is_not_yaml(text: str, shown: str) -> None:
    assert RedactedText(text).text == shown


def test_lines_stay_where_they_are() -> None:
    text = 'a: 1\r\npassword: "one\r\n  two"\r\n-----BEGIN PRIVATE KEY-----\nMII\n\nabc'
    shown = RedactedText(text).text
    assert len(shown) == len(text)
    assert [i for i, c in enumerate(shown) if c in "\r\n"] == [i for i, c in enumerate(text) if c in "\r\n"]
    assert "MII" not in shown


def test_a_message_repeats_no_secret() -> None:
    text = "variables:\n  password: |\n    hunter2\n    correct horse\nother: hunter2-elsewhere\n"
    finding = Diagnostic(UNKNOWN_INPUT, "`correct horse` is wrong", "a.yml", Span(3, 5, 3, 6), "Remove `hunter2`.")
    ((shown, line),) = redacted([finding], {"a.yml": text})
    assert (shown.message, shown.hint) == ("`***` is wrong", "Remove `***`.")
    assert line == "    *******"


def test_a_message_keeps_words_that_hold_a_value() -> None:
    finding = Diagnostic(UNKNOWN_INPUT, "`productionn` is not `production`", "a.yml", Span(1, 1, 1, 2))
    ((shown, _),) = redacted([finding], {"a.yml": "a: 1\npassword: production\n"})
    assert shown.message == "`productionn` is not `***`"


@pytest.mark.parametrize(
    "text",
    [
        "password=" * 20_000,
        "password: ${{" * 20_000,
        "password: $[" * 20_000,
        "--token 'a" * 20_000,
        "mysql " * 20_000,
        "://a:" * 20_000,
        "##vso[task.setvariable " * 10_000,
    ],
)
def test_a_long_line_takes_no_long_time(text: str) -> None:
    start = time.process_time()
    RedactedText(text)
    assert time.process_time() - start < 20


def test_a_key_that_is_indented_too_little() -> None:
    text = "a: [\nprivateKey: |\nMIIEone\nMIIEtwo\nnext: x\n"
    assert RedactedText(text).text == "a: [\nprivateKey: *\n*******\n*******\nnext: x\n"
    block = "note: |\n  -----BEGIN PGP PRIVATE KEY BLOCK-----\n  abc\n  -----END PGP PRIVATE KEY BLOCK-----\nnext: x\n"
    assert "abc" not in RedactedText(block).text


def test_a_message_repeats_no_secret_of_another_file() -> None:
    finding = Diagnostic(UNKNOWN_INPUT, "`hunter2` is wrong", "a.yml", Span(1, 1, 1, 2))
    other = finding._replace(file="b.yml", message="x")
    shown = [d.message for d, _ in redacted([finding, other], {"a.yml": "a: 1\n", "b.yml": "password: hunter2\n"})]
    assert shown == ["`***` is wrong", "x"]


def test_a_difference() -> None:
    old, new = "a: 1\npassword: one\nb: 2\n", "a: 1\npassword: two\nb: 3"
    assert redacted_difference(old, old, "old", "new") == ""
    assert redacted_difference(old, new, "old", "new") == (
        "--- old\n+++ new\n@@ -1,3 +1,3 @@\n a: 1\n-password: ***\n-b: 2\n+password: ***\n+b: 3\n\\ No newline at end of file\n"
    )


def test_a_difference_is_one_that_patch_understands() -> None:
    old = "".join(f"line {n}\n" for n in range(30))
    new = old.replace("line 3\n", "").replace("line 20\n", "line 20\nmore\n")
    assert [line for line in redacted_difference(old, new, "a", "b").splitlines() if line.startswith("@@")] == [
        "@@ -1,7 +1,6 @@",
        "@@ -19,6 +18,7 @@",
    ]
    assert "@@ -0,0 +1,2 @@" in redacted_difference("", "x\ny\n", "a", "b")
    assert "@@ -1 +0,0 @@" in redacted_difference("x\n", "", "a", "b")
