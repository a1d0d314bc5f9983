"""Variables of a pipeline or a stage."""

from typing import NamedTuple


class Variables(NamedTuple):
    """Variable groups by name, then variables by name and value; a later one wins over an earlier one."""

    groups: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()


NO_VARIABLES = Variables()
