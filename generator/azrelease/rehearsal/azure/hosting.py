"""The interface of the simulated service to what serves models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class SimulatedRefusalError(Exception):
    """The simulated service, or the CLI before it, refused the request."""


def second_key(key: str) -> str:
    """The secondary key of an endpoint with that primary key; both are valid."""
    return f"second-{key}"


class DeploymentSpec(NamedTuple):
    """A deployment, as far as serving it needs.

    Attributes:
        endpoint: name of the endpoint, or of the service.
        model: name and version of the model, `name:version`; None without a model.
        environment: environment variables of the deployment.
        conda_file: the file with its packages; None if unknown.
        timeout: maximum time of an answer in seconds.
        wraps_errors: whether the endpoint answers 424 when the model answers anything but 200.
    """

    endpoint: str
    name: str
    folder: Path
    script: str
    model: str | None = None
    environment: Mapping[str, str] = {}
    conda_file: Path | None = None
    timeout: float = 5.0
    wraps_errors: bool = True


@dataclass
class Host:
    """Serves models. This one serves none, where only commands count: every request gets the same answer."""

    answer: str = "[0.5]"

    def start(self, deployment: DeploymentSpec) -> None:
        """Serve a deployment.

        Raises:
            SimulatedRefusalError: it does not start.
        """

    def stop(self, endpoint: str, name: str) -> None:
        """Stop serving a deployment."""

    def route(self, endpoint: str, shares: Mapping[str, int], key: str | None) -> None:
        """Set the share of requests of each deployment of an endpoint, and the key of the endpoint."""

    def address(self, endpoint: str) -> str:
        """The scoring URL of an endpoint."""
        return f"http://127.0.0.1/{endpoint}/score"

    def ask(self, endpoint: str, name: str | None, body: bytes, key: str | None) -> str:  # noqa: ARG002  (an interface)
        """Send a request to an endpoint, or to one deployment of it; returns the answer.

        Raises:
            SimulatedRefusalError: the answer is an error.
        """
        return self.answer

    def log(self, endpoint: str, name: str) -> str:  # noqa: ARG002  (an interface)
        """The log of the server of a deployment."""
        return f"log of {name}"

    def score(self, deployment: DeploymentSpec, files: Sequence[Path]) -> list[str]:  # noqa: ARG002  (an interface)
        """Score files as a batch job does; returns the lines of its results.

        Raises:
            SimulatedRefusalError: the script fails.
        """
        return [f"{path.name},1,0.5" for path in files]

    def knows_model(self, name: str, version: str) -> bool:  # noqa: ARG002  (an interface)
        """Whether a model of that name and version exists without a command that registered it."""
        return False

    def register(self, name: str, version: str, path: Path) -> None:
        """Store the files of a model that a command registers."""
