"""The words that a name is made of."""

import re

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def name_words(name: str) -> list[str]:
    """The words of a name in lower case: `deploy`, `prod` and `eu` of `DeployProd-eu`."""
    return [word.casefold() for word in _WORD.findall(name)]
