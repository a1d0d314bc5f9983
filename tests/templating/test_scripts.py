import shlex

from azrelease.templating import Option
from azrelease.templating.scripts import bind, is_expanded


def test_literals_are_quoted_where_the_shell_would_split_them() -> None:
    words, env = bind({"plain": "abc-1", "spaced": "a b", "quoted": "it's", "dollar": "$HOME"})
    assert [shlex.split(str(word)) for word in words.values()] == [["abc-1"], ["a b"], ["it's"], ["$HOME"]]
    assert env == ()


def test_what_the_agent_expands_goes_through_the_environment() -> None:
    words, env = bind({"service": "$(service.name)", "url": "x-${{ parameters.y }}", "lines": "a\nb"})
    assert words == {"service": '"$ARG_SERVICE"', "url": '"$ARG_URL"', "lines": '"$ARG_LINES"'}
    assert env == (("ARG_SERVICE", "$(service.name)"), ("ARG_URL", "x-${{ parameters.y }}"), ("ARG_LINES", "a\nb"))


def test_options_of_one_flag_get_a_variable_each_unless_they_are_the_same() -> None:
    options = [Option("--tag", "$(a)"), Option("--tag", "$(b)"), Option("--tag", "$(a)"), Option("--overwrite")]
    words, env = bind({"options": options, "key": True, "none": None})
    assert words["options"] == ('--tag "$ARG_TAG"', '--tag "$ARG_TAG_2"', '--tag "$ARG_TAG"', "--overwrite")
    assert env == (("ARG_TAG", "$(a)"), ("ARG_TAG_2", "$(b)"))
    assert (words["key"], words["none"]) == (True, None)


def test_a_variable_named_like_the_second_of_another_is_not_taken_twice() -> None:
    words, env = bind({"a": ["$(x)", "$(y)"], "a_2": "$(z)"})
    assert words["a"] == ('"$ARG_A"', '"$ARG_A_2"')
    assert words["a_2"] == '"$ARG_A_2_2"'
    assert dict(env) == {"ARG_A": "$(x)", "ARG_A_2": "$(y)", "ARG_A_2_2": "$(z)"}


def test_expanded_text() -> None:
    assert [is_expanded(text) for text in ("$(a)", "x${{ a }}", "$[ a ]", "$a", "(a)")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_value_that_looks_like_an_option_is_tied_to_its_flag() -> None:
    words, _ = bind({"options": [Option("--description", "-x y"), Option("--tag", "a=-b")]})
    assert words["options"] == (
        "--description='-x y'",
        "--tag a=-b",
    )
