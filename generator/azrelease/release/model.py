"""The base of all models of a release."""

from collections.abc import Iterator
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from azrelease.release.problems import Problem, raise_problems


class Model(BaseModel):
    """A frozen value that takes no field it does not know, and whose fields go together.

    Its schema is built when it is first used, so that a release pays only for the tasks it has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @model_validator(mode="after")
    def _check_problems(self) -> Self:
        raise_problems(type(self).__name__, self._problems(), self)
        return self

    def _problems(self) -> Iterator[Problem]:
        """What is wrong with the fields together, where each is right by itself."""
        yield from ()
