"""Which registered model a task means."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, Field

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE
from azrelease.pipeline import Scalar, TemplateParameter
from azrelease.release.azure_ml.names import RegistryName
from azrelease.release.fields import ArtifactPath, Text
from azrelease.release.model import Model
from azrelease.release.problems import Problem
from azrelease.release.tasks.base import TaskContext
from azrelease.templating.scripts import is_expanded

MODEL_PARAMETERS = (
    TemplateParameter("model", "Registered model: `name:version`, or `name@latest`. Default: that of `modelMetadata`."),
    TemplateParameter(
        "modelMetadata", "File that says which model was registered, from `folder`.", "metadata/model.json"
    ),
    TemplateParameter("registry", "Registry that the model of `modelMetadata` is in. Default: as that says."),
)


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

    registry: RegistryName | None = Field(
        default=None,
        description="Registry of Azure Machine Learning that the model is in. Default: the workspace of the stage.",
    )

    def model_problems(self) -> Iterator[Problem]:
        """A model that is named twice, or without a version."""
        if self.model is not None and self.model_metadata is not None:
            message = "both `model` and `model_metadata` are given"
            yield Problem(("model",), CONFLICTING_FIELDS, message, "Remove one of them.")
        if self.model is not None and not is_expanded(self.model) and not self.model.startswith("azureml://"):
            name, version = split_reference(self.model)
            label = "@" in self.model and version != "latest"
            if not name or not version or ":" in name or label:
                message = f"`{self.model}` names no version of a model"
                yield Problem(("model",), INVALID_VALUE, message, "Write `name:version`, or `name@latest`.")
        if self.registry is not None and self.model is None and self.model_metadata is None:
            message = "`registry` is given, but no model of it"
            yield Problem(("registry",), CONFLICTING_FIELDS, message, "Add `model` or `model_metadata`, or remove it.")
        if self.registry is not None and self.model is not None:
            if self.model.startswith("azureml://"):
                message = "the address of the model names its registry already"
                yield Problem(("registry",), CONFLICTING_FIELDS, message, "Remove one of them.")
            elif not split_reference(self.model)[1]:
                message = f"`{self.model}` does not say where its version begins"
                yield Problem(("model",), INVALID_VALUE, message, "Write `$(name):$(version)`, or the whole address.")

    def model_source_problems(self, definition: BaseModel | None, assignments: Mapping[str, str]) -> Iterator[Problem]:
        """A model that is named by the task and by its definition."""
        named = [] if self.model is None and self.model_metadata is None else ["the task"]
        named += ["`definition`"] if getattr(definition, "model", None) is not None else []
        named += ["`set`"] if "model" in assignments else []
        if len(named) > 1:
            message = f"the model is named in several places: {', '.join(named)}"
            yield Problem((), CONFLICTING_FIELDS, message, "Leave one of them.")

    def model_values(self, context: TaskContext) -> dict[str, Scalar | None]:
        """The values of `MODEL_PARAMETERS`, in a script that runs in the folder of the artifact."""
        if self.model is not None:  # which wins over a file
            return {"model": self._reference()}
        path = "" if self.model_metadata is None else context.path_from(".", self.model_metadata)
        return {"modelMetadata": path, "registry": self.registry}

    def _reference(self) -> str | None:
        """The model as the CLI takes it."""
        if self.model is None or self.model.startswith("azureml://"):
            return self.model
        if self.registry is None:
            return f"azureml:{self.model.removeprefix('azureml:')}"
        name, version = split_reference(self.model)
        kind = "labels" if "@" in self.model else "versions"
        return f"azureml://registries/{self.registry}/models/{name}/{kind}/{version}"


def split_reference(model: str) -> tuple[str, str]:
    """Name and version (or `latest`) of a reference such as `name:3`; an empty version where there is none."""
    name, mark, version = model.removeprefix("azureml:").rpartition("@" if "@" in model else ":")
    return (name, version) if mark else (model, "")
