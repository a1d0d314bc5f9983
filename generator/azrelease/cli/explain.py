"""`azrelease explain`."""

from typing import Annotated

import typer

from azrelease.cli.output import write_text
from azrelease.errors import UserError


def command(
    code: Annotated[
        str | None,
        typer.Argument(help="Code or name of a rule. Without one, all rules are listed.", show_default=False),
    ] = None,
) -> None:
    """Say what a rule finds, why it matters, and how it looks wrong and right.

    Example: azrelease explain AZR204
    """
    from azrelease.lint.rules import all_rules, by_id
    from azrelease.report.rule_page import rule_list, rule_page

    if code is None:
        write_text(rule_list(all_rules()))
        return
    rules = {name.casefold(): rule for name, rule in by_id().items()}
    found = rules.get(code.strip().casefold())
    if found is None:
        from azrelease.suggestions import suggestion

        hint = suggestion(code, by_id(), "`azrelease explain` lists all rules.")
        raise UserError(f"unknown rule {code}. {hint}")
    write_text(rule_page(found))
