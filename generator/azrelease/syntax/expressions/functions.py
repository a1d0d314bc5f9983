"""The functions of the expression language, with the number of their arguments and where they exist.

Source: learn.microsoft.com/azure/devops/pipelines/process/expressions, chapters Functions and Job status check
functions. `substring` is not documented; its signature is taken from implementations of the language.
"""

from typing import NamedTuple


class Function(NamedTuple):
    """A function.

    Attributes:
        name: as the documentation writes it; letter case does not count.
        least: minimum number of arguments.
        most: maximum number of arguments; None for any number.
        condition_only: whether it exists in conditions only.
    """

    name: str
    least: int
    most: int | None
    condition_only: bool = False

    def takes(self, count: int) -> bool:
        """Whether it accepts that many arguments."""
        return count >= self.least and (self.most is None or count <= self.most)


_ALL = (
    Function("and", 2, None),
    Function("coalesce", 2, None),
    Function("contains", 2, 2),
    Function("containsValue", 2, 2),
    Function("convertToJson", 1, 1),
    Function("counter", 0, 2),
    Function("endsWith", 2, 2),
    Function("eq", 2, 2),
    Function("format", 1, None),
    Function("ge", 2, 2),
    Function("gt", 2, 2),
    Function("iif", 3, 3),
    Function("in", 1, None),
    Function("join", 2, 2),
    Function("le", 2, 2),
    Function("length", 1, 1),
    Function("lower", 1, 1),
    Function("lt", 2, 2),
    Function("ne", 2, 2),
    Function("not", 1, 1),
    Function("notIn", 1, None),
    Function("or", 2, None),
    Function("replace", 3, 3),
    Function("split", 2, 2),
    Function("startsWith", 2, 2),
    Function("substring", 2, 3),
    Function("trim", 1, 1),
    Function("upper", 1, 1),
    Function("xor", 2, 2),
    Function("always", 0, 0, condition_only=True),
    Function("canceled", 0, 0, condition_only=True),
    Function("failed", 0, None, condition_only=True),
    Function("succeeded", 0, None, condition_only=True),
    Function("succeededOrFailed", 0, None, condition_only=True),
)

FUNCTIONS = {function.name.casefold(): function for function in _ALL}
"""By name in lower case."""

STATUS_FUNCTIONS = frozenset(name for name, function in FUNCTIONS.items() if function.condition_only)
"""The functions that test the result of earlier stages, jobs or steps, by name in lower case."""
