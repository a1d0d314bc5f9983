"""The words of a script, as bash splits them."""

import pytest

from azrelease.lint.facts.shell_words import commands, program_calls


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("az ml model  show\t-n a", [["az", "ml", "model", "show", "-n", "a"]]),
        ("a; b && c || d | e & f\ng", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]]),
        ("echo 'a b'c\"d e\"", [["echo", "a bcd e"]]),
        ("echo 'it'\\''s'", [["echo", "it's"]]),
        ("echo a\\ b \\\n  c", [["echo", "a b", "c"]]),
        ('echo "a\\"b" "c\\\\d" "e\\nf" "\\$x" "g\\\nh"', [["echo", 'a"b', "c\\d", "e\\nf", "$x", "gh"]]),
        ("echo a # b; c\nd", [["echo", "a"], ["d"]]),
        ("echo a#b", [["echo", "a#b"]]),
        ("echo $(name) ${{ x y }} ${a b} $((1 + 2)) $x", [["echo", "$(name)", "${{ x y }}", "${a b}", "$((1 + 2))", "$x"]]),
        ("cat <<END\na 'b\nEND\nc", [["cat"], ["c"]]),
        ("cat <<-'E F'\n\ta\n\tE F\nc", [["cat"], ["c"]]),
        ("echo `date`x", [["echo", "`date`x"]]),
        ("echo 'open", [["echo", "open"]]),
        ('echo "open', [["echo", "open"]]),
        ("", []),
    ],
)  # fmt: skip
def test_words(script: str, words: list[list[str]]) -> None:
    assert [[word.text for word in command] for command in commands(script) if command] == words


def test_a_word_has_its_place_in_the_script() -> None:
    script = "a 'b c'`d`  \"e\"\n"
    assert [script[word.start : word.end] for command in commands(script) for word in command] == [
        "a",
        "'b c'`d`",
        '"e"',
    ]


def test_what_is_substituted_is_a_command_too() -> None:
    found = [
        [word.text for word in command] for command in commands("echo \"$(az ml model show -n 'a')\" b") if command
    ]
    assert ["az", "ml", "model", "show", "-n", "a"] in found


def test_calls_of_a_program_are_found_behind_what_may_stand_before_it() -> None:
    script = "if A=1 sudo /usr/bin/az one; then time az two; fi; echo az; x=az three\ncommand az four"
    assert [call[1].text for call in program_calls(script, "az")] == ["one", "two", "four"]
