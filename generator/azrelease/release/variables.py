"""Variables and secrets by name: a secret has no value in the file, and no name is two variables.

Works on names alone, so that a file with other mistakes in it is checked for these at the same time.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from azrelease.diagnostics import DUPLICATE_NAME, INVALID_VALUE, PLAIN_SECRET
from azrelease.release.problems import Problem, Route
from azrelease.yaml_document import KEY

OWN_PREFIX = "azrelease."
"""How the variables of a rendered pipeline begin by which its steps share values."""


class NamedVariables(NamedTuple):
    """The names that the release, or a stage, gives to variables and secrets."""

    route: Route
    variables: tuple[str, ...]
    secrets: tuple[str, ...]


def variable_problems(release: NamedVariables, stages: Sequence[NamedVariables]) -> Iterator[Problem]:
    """Problems of all scopes. Names compare without regard to case, as the service does."""
    everywhere = {name.casefold() for name in release.secrets}
    in_stages = {name.casefold() for stage in stages for name in stage.secrets}
    for scope in (release, *stages):
        first: dict[str, str] = {}
        secrets = everywhere | ({n.casefold() for n in scope.secrets} if scope.route else in_stages)
        for name in scope.variables:
            place = (*scope.route, "variables", name, KEY)
            other = first.setdefault(name.casefold(), name)
            if other != name:
                message = f"`{name}` and `{other}` are one variable to Azure Pipelines"
                yield Problem(place, DUPLICATE_NAME, message, "Case does not count: rename or remove one.")
            if name.casefold().startswith(OWN_PREFIX):
                message = f"`{name}` is a name of azrelease, whose variables begin with `{OWN_PREFIX}`"
                yield Problem(place, INVALID_VALUE, message, "Choose another name.")
            if name.casefold() in secrets:
                message = f"`{name}` is named as a secret, and has a value in the file"
                hint = "A secret is only named here, its value is set in Azure DevOps: remove it from `variables`."
                yield Problem(place, PLAIN_SECRET, message, hint)
