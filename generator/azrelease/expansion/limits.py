"""The limits of an expansion."""

MOST_FILES = 100
"""Template files of a pipeline (learn.microsoft.com/azure/devops/pipelines/process/templates, imposed limits)."""

MOST_LEVELS = 100
"""Levels of templates in templates (the same page)."""

LARGEST = 20_000_000
"""Bytes in memory while a pipeline is expanded (the same page: 20 MB)."""

MOST_EVALUATIONS = 50_000
"""Evaluations, turns of loops and calls of templates: a limit of azrelease, so that loops without a result end too."""

MOST_WORK = 5_000_000
"""Characters that functions read and write, and eight for each entry of a list or mapping: a limit of azrelease."""

_SCALAR, _COLLECTION, _CHARACTER = 50, 24, 2
"""Bytes of a node, as in the template engine that Microsoft published with its runner for GitHub Actions."""


class ExpansionLimitError(Exception):
    """An expansion that the service does not finish.

    Attributes:
        message: the limit, in words.
        is_reported: whether it is among the problems already, at its place.
    """

    def __init__(self, message: str, *, is_reported: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.is_reported = is_reported


class Budget:
    """What is left of the limits."""

    def __init__(self) -> None:
        self._bytes = LARGEST
        self._evaluations = MOST_EVALUATIONS
        self._work = MOST_WORK

    def scalar(self, text: str) -> None:
        """Take the memory of a text.

        Raises:
            ExpansionLimitError: there is none left.
        """
        self._take(_SCALAR + _CHARACTER * len(text))

    def collection(self) -> None:
        """Take the memory of a mapping or list.

        Raises:
            ExpansionLimitError: there is none left.
        """
        self._take(_COLLECTION)

    def _take(self, size: int) -> None:
        self._bytes -= size
        if self._bytes < 0:
            raise ExpansionLimitError(f"the expanded pipeline takes more than {LARGEST // 1_000_000} MB")

    def evaluation(self) -> None:
        """Take an evaluation of an expression, or a turn of a loop.

        Raises:
            ExpansionLimitError: there is none left.
        """
        self._evaluations -= 1
        if self._evaluations < 0:
            raise ExpansionLimitError(f"the expansion takes more than {MOST_EVALUATIONS:,} evaluations of expressions")

    def call(self) -> None:
        """Take a call of a template, which counts for three evaluations.

        Raises:
            ExpansionLimitError: there is none left.
        """
        for _ in range(3):
            self.evaluation()

    def work(self, size: int) -> None:
        """Take what a function reads and writes, in characters.

        Raises:
            ExpansionLimitError: there is none left.
        """
        self._work -= size
        if self._work < 0:
            raise ExpansionLimitError(f"the functions of expressions take more than {MOST_WORK:,} characters")

    def item(self) -> None:
        """Take the memory of an item that an expression puts into a list.

        Raises:
            ExpansionLimitError: there is none left.
        """
        self._take(2 * _SCALAR)
