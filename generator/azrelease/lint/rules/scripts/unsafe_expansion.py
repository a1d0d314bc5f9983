"""AZR814: variables in `rm` and `[ ]` that may be empty."""

import re

from azrelease.lint.facts.known_variables import is_predefined
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import commands, without_prefix
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_FROM_ROOT = re.compile(r"\"?\$(?:(?P<name>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)\})\"?/(?:\*|\.\*|\"|$)?\"?$")
_RECURSIVE = re.compile(r"-[a-zA-Z]*[rR][a-zA-Z]*|--recursive")
_TEST = re.compile(r"(?:^|[\s;&|(])\[[ \t]+(?P<body>[^\]\n]*?)[ \t]+\](?=[\s;&|)]|$)")
_COMPARED = re.compile(r"(?:![ \t]+)?(?P<word>\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\}))[ \t]+(?:=|==|!=)[ \t]+\S+")
_NOT_EMPTY = re.compile(r"-n[ \t]+(?P<word>\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\}))")


def check(file: LintedFile) -> Findings:
    """What deletes or tests, in bash scripts; shellcheck says more where it runs (AZR802)."""
    if file.context.shellcheck is not None:
        return
    for script, shell in file.script_shells:
        if shell.language == "bash":
            yield from _deleted(file, script)
            yield from _tested(file, script)


def _deleted(file: LintedFile, script: Script) -> Findings:
    """`rm -r` of all that is in a folder whose name comes from a variable."""
    if "rm " not in script.text:
        return
    for command in map(without_prefix, commands(script.text)):
        if not command or command[0].text != "rm" or not any(_RECURSIVE.fullmatch(word.text) for word in command):
            continue
        for word in command[1:]:
            match = _FROM_ROOT.fullmatch(script.text[word.start : word.end])
            name = (match["name"] or match["braced"]) if match is not None else ""
            if name and not is_predefined(name) and not _is_set(script.text[: word.start], name):
                message = f"this deletes from the root of the machine when `${name}` is empty"
                hint = f'Write `"${{{name}:?}}"/…`: it stops the script instead.'
                yield file.in_script(RULE.code, message, (script, word.start, word.end), hint)


def _is_set(before: str, name: str) -> bool:
    """Whether a script sets a variable to something, or asks whether it is empty."""
    assigned = re.finditer(rf"\b{name}=(?P<value>(?:\$\([^)\n]*\)|[^\s;])*)", before)
    if any(_EXPANSION.sub("", match["value"]).strip("\"'") for match in assigned):
        return True
    return re.search(rf"-[zn][ \t]+\"?\${{?{name}|set[ \t]+-\w*u|\$\{{{name}:", before) is not None


_EXPANSION = re.compile(r"\$\([^)\n]*\)|\$\{[^}\n]*\}|\$\w+")


def _tested(file: LintedFile, script: Script) -> Findings:
    if "[ " not in script.text:
        return
    for test in _TEST.finditer(script.text):
        body, start = test["body"], test.start("body")
        for pattern, message in _TESTS:
            match = pattern.fullmatch(body)
            if match is not None:
                where = (script, start + match.start("word"), start + match.end("word"))
                word = match["word"]
                yield file.in_script(RULE.code, message.format(word), where, f'Write `"{word}"`, or `[[ … ]]`.')


_TESTS = (
    (_NOT_EMPTY, "`[ -n {0} ]` is true for an empty variable as well"),
    (_COMPARED, "when `{0}` is empty, bash cannot read this test, and takes the other branch"),
)

_STEP = "steps:\n- bash: |\n    if [ {} = release ]; then\n      make release\n    fi\n"

RULE = Rule(
    code=Code("AZR814", "unsafe-expansion", Severity.WARNING),
    summary="a variable that may be empty, where that deletes or tests the wrong thing",
    why=(
        "Without quotes, an empty variable vanishes (Bash Reference Manual, *Word Splitting*): `[ $X = y ]` cannot be read, `[ -n $X ]` is true, and `rm -rf $X/*` deletes from the root "
        "(shellcheck.net/wiki/SC2115, SC2070). Silent with `--shellcheck`, which says this and more; for variables of the agent in `rm`, and for those that the script sets or asks about before."
    ),
    wrong=_STEP.format("$CHANNEL"),
    right=_STEP.format('"$CHANNEL"'),
    check=check,
)
