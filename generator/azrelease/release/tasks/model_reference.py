"""Which registered model a task means."""

from collections.abc import Iterator

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE
from azrelease.release.fields import ArtifactPath, Text
from azrelease.release.model import Model
from azrelease.release.problems import Problem
from azrelease.release.tasks.base import TaskContext
from azrelease.templating.scripts import ScriptValue, is_expanded


class ModelReference(Model):
    """The fields that name a registered model."""

    model: Text | None = Field(
        default=None, description="Registered model: `name:version`, or `name@latest` for its newest version."
    )
    model_metadata: ArtifactPath | None = Field(
        default=None,
        description="File of the artifact that says which model the CI pipeline registered: `modelId`, or `name` and "
        "`version` as `az ml model create` prints them.",
    )

    def model_problems(self) -> Iterator[Problem]:
        """A model that is named twice, or without a version."""
        if self.model is not None and self.model_metadata is not None:
            message = "both `model` and `model_metadata` are given"
            yield Problem(("model",), CONFLICTING_FIELDS, message, "Remove one of them.")
        if self.model is not None and not is_expanded(self.model):
            name, version = split_reference(self.model)
            if not name or not version:
                message = f"`{self.model}` names no version of a model"
                yield Problem(("model",), INVALID_VALUE, message, "Write `name:version`, or `name@latest`.")

    def model_values(self, context: TaskContext, folder: str) -> dict[str, ScriptValue]:
        """What `scripts/parts/model.sh.j2` writes, in a script that runs in `folder`."""
        whole = self.model is not None and self.model.startswith("azureml://")
        given = self.model if self.model is None or whole else self.model.removeprefix("azureml:")
        path = None if self.model_metadata is None else context.path_from(folder, self.model_metadata)
        return {"model": given, "model_metadata": path, "model_prefix": not whole}


def split_reference(model: str) -> tuple[str, str]:
    """Name and version (or `latest`) of a reference such as `name:3`; an empty version where there is none."""
    if model.startswith("azureml://"):
        return model, model
    name, mark, version = model.removeprefix("azureml:").rpartition("@" if "@" in model else ":")
    return (name, version) if mark else (model, "")
