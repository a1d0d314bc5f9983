"""Rules of other packages, which declare them as entry points of the group `azrelease.rules`."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import wraps
from typing import TypeVar

from azrelease.diagnostics import Diagnostic
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.linted_release import LintedRelease
from azrelease.lint.rule import Rule
from azrelease.plugins import Plugin

_CODE = re.compile(r"(?!AZR)[A-Z]{2,8}\d{3}")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")

_Linted = TypeVar("_Linted", LintedFile, LintedRelease)


def plugin_rules(declared: Iterable[Plugin], own: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules of plugins.

    Args:
        declared: the plugins.
        own: the rules of azrelease, whose codes and names are taken.

    Raises:
        PluginError: a plugin cannot be imported, is not a rule, or has the code or name of another rule.
    """
    taken = {word: "azrelease" for rule in own for word in (rule.code.id, rule.code.name)}
    rules: list[Rule] = []
    for plugin in declared:
        for rule in _loaded(plugin):
            for word in (rule.code.id, rule.code.name):
                if word in taken:
                    raise plugin.error(f"has a rule `{word}`, which {taken[word]} has already")
                taken[word] = f"package {plugin.package}"
            rules.append(rule)
    return tuple(rules)


def _loaded(plugin: Plugin) -> Iterator[Rule]:
    found = plugin.load()
    for rule in found if isinstance(found, tuple) else (found,):
        if not isinstance(rule, Rule):
            raise plugin.error("is not a Rule or a tuple of them")
        code = rule.code
        if not (_CODE.fullmatch(code.id) and _NAME.fullmatch(code.name)):
            form = "a code is 2 to 8 letters other than AZR and 3 digits (ORG001), a name is in kebab-case"
            raise plugin.error(f"has a rule `{code.id} {code.name}`: {form}")
        if rule.check is None and rule.check_release is None:
            raise plugin.error(f"has a rule {code.id} without a check")
        check = rule.check and _guarded(rule.check, rule, plugin)
        check_release = rule.check_release and _guarded(rule.check_release, rule, plugin)
        yield replace(rule, package=plugin.package, check=check, check_release=check_release)


def _guarded(
    check: Callable[[_Linted], Iterator[Diagnostic]], rule: Rule, plugin: Plugin
) -> Callable[[_Linted], Iterator[Diagnostic]]:
    """A check whose failures name the plugin, not azrelease."""

    @wraps(check)
    def guarded(file: _Linted) -> Iterator[Diagnostic]:
        where = f"rule {rule.code.id}, checking {file.document.path},"
        try:
            results: list[object] = list(check(file))
        except Exception as error:
            raise plugin.error(f"fails: {where} raises {type(error).__name__}: {error}") from error
        findings = [result for result in results if isinstance(result, Diagnostic) and result.code == rule.code]
        if len(findings) < len(results):
            raise plugin.error(f"fails: {where} yields something else than findings of its code")
        return iter(findings)

    return guarded
