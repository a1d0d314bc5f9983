"""The questions: what each is called as an option, how it is asked, and its default."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from azrelease.release.agent import DEFAULT_IMAGE
from azrelease.scaffold.answers import endpoint_stem
from azrelease.scaffold.install_source import WHEEL_FOLDER


class Question(NamedTuple):
    """A question.

    Attributes:
        field: the answer's field.
        option: what it is called on the command line.
        prompt: how it is asked.
        default: the answer where none is given, from those given before; None for a list that may be empty.
        guessed: whether the default names something that has to exist already: the user has to agree to it.
    """

    field: str
    option: str
    prompt: str
    default: Callable[[Mapping[str, str]], str] | None
    guessed: bool = False


def _after_name(ending: str) -> Callable[[Mapping[str, str]], str]:
    return lambda given: f"{endpoint_stem(given['name'])}{ending}"


QUESTIONS = (
    Question("name", "--name", "Name of the release", lambda given: endpoint_stem(given["folder"])),
    Question("resource_group", "--resource-group", "Resource group of the workspace", _after_name("-rg"), guessed=True),
    Question("workspace", "--workspace", "Azure Machine Learning workspace", _after_name("-ws"), guessed=True),
    Question(
        "service_connection",
        "--service-connection",
        "Service connection of Azure DevOps to it",
        _after_name("-azure"),
        guessed=True,
    ),
    Question("pipeline", "--pipeline", "Name of the CI pipeline that trains the model", _after_name("-training")),
    Question("artifact", "--artifact", "Name of the artifact that it publishes", lambda _: "model"),
    Question("image", "--image", "Image of the agents", lambda _: DEFAULT_IMAGE),
    Question(
        "staging",
        "--staging",
        "Where staging runs (managed, kubernetes:<attached cluster>, batch:<compute cluster>)",
        lambda _: "managed",
    ),
    Question("production", "--production", "Where production runs", lambda given: given["staging"]),
    Question(
        "install_from",
        "--install-from",
        f"Where pipelines install azrelease from (wheel, git+https://…@<tag, commit>, feed; nothing: {WHEEL_FOLDER}/)",
        lambda _: "",
    ),
    Question("approvers", "--approver", "Who approves production (user or group; nothing: no more)", None),
)
"""In the order in which they are asked; a default leans on those above."""
