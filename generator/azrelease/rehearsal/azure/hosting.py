"""What serves the models of deployments: real servers in a rehearsal, nothing where only the commands count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol


def second_key(key: str) -> str:
    """The other key of an endpoint, which is as good."""
    return f"second-{key}"


class Deployed(NamedTuple):
    """A deployment, as far as it has to be served.

    Attributes:
        endpoint: name of the endpoint, or of the service.
        name: name of the deployment.
        folder: the folder with the code.
        script: the scoring script in it.
        model: name and version of the model, `name:version`; None for none.
        environment: environment variables of the deployment.
        conda_file: the file that says which packages it has; None where that is not known.
        timeout: seconds that an answer may take.
        wraps_errors: whether the endpoint answers 424 where the model answers anything but 200.
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


class Host(Protocol):
    """Serves models."""

    def start(self, deployed: Deployed) -> None:
        """Serve a deployment.

        Raises:
            RefusedError: it does not come up.
        """

    def stop(self, endpoint: str, name: str) -> None:
        """Stop serving a deployment."""

    def route(self, endpoint: str, shares: Mapping[str, int], key: str | None) -> None:
        """Say which deployments of an endpoint get how much of its requests, and which key they need."""

    def address(self, endpoint: str) -> str:
        """Where an endpoint takes requests."""

    def ask(self, endpoint: str, name: str | None, body: bytes, key: str | None) -> str:
        """Send a request to an endpoint, or to one deployment of it; returns what it answers.

        Raises:
            RefusedError: it does not answer as it should.
        """

    def log(self, endpoint: str, name: str) -> str:
        """What the server of a deployment has printed."""

    def score(self, deployed: Deployed, files: Sequence[Path]) -> list[str]:
        """Score files as a batch job does; returns the lines of its results.

        Raises:
            RefusedError: the script fails.
        """

    def knows_model(self, name: str, version: str) -> bool:
        """Whether there is a model of that name and version that no command has registered."""

    def register(self, name: str, version: str, path: Path) -> None:
        """Keep the files of a model that a command registers."""


@dataclass(frozen=True)
class Unhosted:
    """Serves nothing: addresses lead nowhere, and all requests get the same answer."""

    answer: str = "[0.5]"

    def start(self, deployed: Deployed) -> None:
        """Nothing is served."""

    def stop(self, endpoint: str, name: str) -> None:
        """Nothing is served."""

    def route(self, endpoint: str, shares: Mapping[str, int], key: str | None) -> None:
        """Nothing is served."""

    def address(self, endpoint: str) -> str:
        """An address that leads nowhere."""
        return f"http://127.0.0.1/{endpoint}/score"

    def ask(self, endpoint: str, name: str | None, body: bytes, key: str | None) -> str:  # noqa: ARG002  (a protocol)
        """Always the same answer."""
        return self.answer

    def log(self, endpoint: str, name: str) -> str:  # noqa: ARG002  (a protocol)
        """A line that says whose log it is."""
        return f"log of {name}"

    def score(self, deployed: Deployed, files: Sequence[Path]) -> list[str]:  # noqa: ARG002  (a protocol)
        """A line for each file, always the same."""
        return [f"{path.name},1,0.5" for path in files]

    def knows_model(self, name: str, version: str) -> bool:  # noqa: ARG002  (a protocol)
        """Only models that were registered are there."""
        return False

    def register(self, name: str, version: str, path: Path) -> None:
        """Nothing is kept."""


NO_HOST: Host = Unhosted()
