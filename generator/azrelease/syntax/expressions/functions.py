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


_BY_ARGUMENTS = {
    (0, 2): "counter",
    (1, 1): "convertToJson length lower not trim upper",
    (1, None): "format in notIn",
    (2, 2): "contains containsValue endsWith eq ge gt join le lt ne split startsWith xor",
    (2, 3): "substring",
    (2, None): "and coalesce or",
    (3, 3): "iif replace",
}
_STATUS_BY_ARGUMENTS = {(0, 0): "always canceled", (0, None): "failed succeeded succeededOrFailed"}

FUNCTIONS = {
    name.casefold(): Function(name, *limits, condition_only=table is _STATUS_BY_ARGUMENTS)
    for table in (_BY_ARGUMENTS, _STATUS_BY_ARGUMENTS)
    for limits, names in table.items()
    for name in names.split()
}
"""By name in lower case."""

_BY_RESULT = {
    "boolean": "and contains containsValue endsWith eq ge gt in le lt ne not notIn or startsWith xor",
    "number": "length",
    "text": "convertToJson format join lower replace substring trim upper",
}

RESULTS = {name.casefold(): kind for kind, names in _BY_RESULT.items() for name in names.split()}
"""The kind of the result by the function in lower case; without those that give one of their arguments, or a list."""

STATUS_FUNCTIONS = frozenset(name for name, function in FUNCTIONS.items() if function.condition_only)
"""The functions that test the result of earlier stages, jobs or steps, by name in lower case."""
