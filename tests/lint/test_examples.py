"""Every example on the page of a rule is what it says."""

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

from azrelease import diagnostics
from azrelease.diagnostics import Code, Severity
from azrelease.lint import rules
from azrelease.lint.rule import Rule
from azrelease.lint.rules import built_in_rules, by_id
from support.linting import check_in

WITHOUT = {"AZR009", "AZR010", "AZR113", "AZR702", "AZR703", "AZR704", "AZR901", "AZR902", "AZR903", "AZR904"}
"""Rules whose examples would be megabytes, or need the files of a service, or the service."""

EXAMPLES = [rule for rule in built_in_rules() if rule.code.id not in WITHOUT]


def found(rule: Rule, text: str, folder: Path) -> list[diagnostics.Diagnostic]:
    (folder / ".git").mkdir(exist_ok=True)
    scripts = rule.code.id == "AZR802"
    return check_in(folder, {rule.file: text, **dict(rule.beside)}, rule.file, scripts=scripts)


@pytest.mark.parametrize("rule", EXAMPLES, ids=lambda rule: rule.code.id)
def test_the_wrong_example_has_the_mistake(rule: Rule, tmp_path: Path) -> None:
    assert rule.code.id in {d.code.id for d in found(rule, rule.wrong, tmp_path)}


@pytest.mark.parametrize("rule", EXAMPLES, ids=lambda rule: rule.code.id)
def test_the_right_example_has_no_mistake_at_all(rule: Rule, tmp_path: Path) -> None:
    # Information, such as that of CLI v1, may be what an example is about something else.
    left = [d for d in found(rule, rule.right, tmp_path) if d.code.id not in ("AZR701", "AZR601")]
    assert [(d.code.id, d.span.line, d.message) for d in left if d.severity is not Severity.INFO] == []


def test_every_code_has_a_rule_and_every_name_is_its_own() -> None:
    codes = {value for value in vars(diagnostics).values() if isinstance(value, Code)}
    assert codes <= {rule.code for rule in built_in_rules()}
    assert len(by_id()) == 2 * len(built_in_rules())


def test_every_file_with_a_rule_is_listed() -> None:
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        names = vars(import_module(module.name))
        own = names.get("RULES", ()) if not module.ispkg else ()
        for rule in (*own, *(value for value in names.values() if isinstance(value, Rule))):
            assert rule in built_in_rules(), f"{module.name} is not listed in lint/rules/__init__.py"


def test_only_rules_that_cannot_have_examples_have_none() -> None:
    assert {rule.code.id for rule in built_in_rules() if not (rule.wrong and rule.right)} == WITHOUT


@pytest.mark.parametrize("rule", built_in_rules(), ids=lambda rule: rule.code.id)
def test_a_rule_says_what_it_finds_in_one_line_and_why_it_matters(rule: Rule) -> None:
    assert rule.summary
    assert "\n" not in rule.summary
    assert not rule.summary.endswith(".")
    assert rule.why.endswith((".", ")"))
