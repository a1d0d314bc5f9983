"""The page of a rule: why, wrong, right, how to turn off."""

from collections.abc import Sequence

from azrelease.lint import Rule
from azrelease.report.rule_families import FAMILIES


def rule_page(rule: Rule) -> str:
    """The page of a rule, in Markdown."""
    code = rule.code
    parts = [f"# {code.id} {code.name}", "", f"{rule.summary[0].upper()}{rule.summary[1:]}.", "", rule.why, ""]
    origin = "" if rule.package == "azrelease" else f" From the package {rule.package}."
    parts += [f"Severity: {code.severity}.{origin}", ""]
    if rule.wrong:
        parts += ["## Wrong", "", *_example(rule.file, rule.wrong)]
        parts += ["## Right", "", *_example(rule.file, rule.right)]
    for name, text in rule.beside:
        parts += [f"Beside it, `{name}`:", "", *_block(text)]
    parts += [
        "## Turn it off",
        "",
        "At one place, with a comment on the line, or alone on the line above:",
        "",
        *_block(f"# azrelease: ignore[{code.id}] reason\n"),
        "In a file, with a comment at its top:",
        "",
        *_block(f"# azrelease: ignore-file[{code.id}] reason\n"),
        "Everywhere, in `[tool.azrelease]` of pyproject.toml (or in azrelease.toml, without the heading):",
        "",
        *_block(f'[tool.azrelease]\nignore = ["{code.id}"]\n', "toml"),
    ]
    return "\n".join(parts).rstrip("\n") + "\n"


def rule_list(rules: Sequence[Rule]) -> str:
    """All rules, a line each."""
    width = max(len(rule.code.name) for rule in rules)
    return "".join(f"{r.code.id}  {r.code.name:{width}}  {r.code.severity:7}  {r.summary}\n" for r in rules)


def rule_index(rules: Sequence[Rule]) -> str:
    """The list of all rules as a page, in Markdown, with links to their pages."""
    parts = ["# Rules", "", "The rules of `azrelease check`; `azrelease explain CODE` prints the page of one."]
    for digit, family in FAMILIES.items():
        parts += ["", f"## {family.title}", "", "| rule | severity | finds |", "|---|---|---|"]
        parts += [
            f"| [{r.code.id} {r.code.name}]({r.code.id}.md) | {r.code.severity} | {r.summary} |"
            for r in rules
            if r.code.id.startswith(f"AZR{digit}")
        ]
    return "\n".join(parts) + "\n"


def _example(name: str, text: str) -> list[str]:
    text = "".join(character if not 0xDC80 <= ord(character) <= 0xDCFF else "\ufffd" for character in text)  # noqa: PLR2004  (bytes that are not UTF-8)
    return [f"`{name}`:", "", *_block(text)]


def _block(text: str, language: str = "yaml") -> list[str]:
    return [f"```{language}", *text.rstrip("\n").split("\n"), "```", ""]
