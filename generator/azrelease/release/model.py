"""What all models of a release have in common."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value that takes no field it does not know.

    Its schema is built when it is first used, so that a release pays only for the tasks it has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
