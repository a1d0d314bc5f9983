"""The families of the rules of azrelease, by the first digit of their codes."""

import re
from typing import NamedTuple

from azrelease.lint import Rule

_DOCUMENTATION = "https://learn.microsoft.com/azure/devops/pipelines"


class RuleFamily(NamedTuple):
    """A family of rules.

    Attributes:
        title: its heading in the list of rules.
        tag: its name for programs.
        documentation: the page of Microsoft about what its rules check.
    """

    title: str
    tag: str
    documentation: str


FAMILIES = {
    "0": RuleFamily("The file cannot be read", "reading", f"{_DOCUMENTATION}/yaml-schema/"),
    "1": RuleFamily("Structure", "structure", f"{_DOCUMENTATION}/yaml-schema/"),
    "2": RuleFamily("References", "references", f"{_DOCUMENTATION}/process/templates"),
    "3": RuleFamily("Expressions", "expressions", f"{_DOCUMENTATION}/process/expressions"),
    "4": RuleFamily("Tasks and their inputs", "tasks", f"{_DOCUMENTATION}/tasks/reference/"),
    "5": RuleFamily("Security", "security", f"{_DOCUMENTATION}/security/overview"),
    "6": RuleFamily("Release safety", "release-safety", f"{_DOCUMENTATION}/process/approvals"),
    "7": RuleFamily("Retirement", "retirement", f"{_DOCUMENTATION}/agents/hosted"),
    "8": RuleFamily("Scripts", "scripts", f"{_DOCUMENTATION}/scripts/cross-platform-scripting"),
    "9": RuleFamily("The service, with `--online`", "service", f"{_DOCUMENTATION}/library/service-endpoints"),
}


_SOURCE = re.compile(r"\blearn\.microsoft\.com/[\w/.-]*\w")


def documentation_of(rule: Rule) -> str | None:
    """The page of Microsoft that a rule names, or that of its family; None where a plugin has neither."""
    named = _SOURCE.search(rule.why)
    family = family_of(rule)
    return f"https://{named[0]}" if named else family and family.documentation


def family_of(rule: Rule) -> RuleFamily | None:
    """The family of a rule; None for one of a plugin."""
    return FAMILIES.get(rule.code.id.removeprefix("AZR")[:1]) if rule.package == "azrelease" else None
