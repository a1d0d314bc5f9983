"""What is tested.

The release says it: `--scoreurl`, `--scorekey` and `--scoredeployment` for an endpoint that answers requests,
`--predictions` for a batch job.
"""

import csv
import json
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

OPTIONS = {
    "--scoreurl": "address of the endpoint; without it the tests are skipped",
    "--scorekey": "its key or token",
    "--scoredeployment": "the deployment that has to answer, where it is not left to the traffic",
    "--predictions": "the folder with the results of a batch job; without it their test is skipped",
}

TIMEOUT = 60
"""Seconds; the first request after a deployment takes longer."""


@dataclass(frozen=True)
class Endpoint:
    """Where requests are sent, and how."""

    url: str
    headers: dict[str, str]

    def post(self, body: object) -> tuple[int, Any]:
        """Send a request; the status, and the answer as JSON where it is some. Text is sent as it is."""
        text = body if isinstance(body, str) else json.dumps(body)
        request = urllib.request.Request(self.url, text.encode(), self.headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return response.status, _content(response.read())
        except urllib.error.HTTPError as error:
            return error.code, _content(error.read())


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options that the release gives."""
    for name, what in OPTIONS.items():
        with suppress(ValueError):  # another folder of tests has declared it
            parser.addoption(name, help=what)


@pytest.fixture(scope="session")
def endpoint(request: pytest.FixtureRequest) -> Endpoint:
    """The endpoint that is tested; without one the test is skipped."""
    url, key, deployment = (
        request.config.getoption(name, default=None) for name in ("scoreurl", "scorekey", "scoredeployment")
    )
    if not url:
        pytest.skip("no endpoint to test: the release gives its address as --scoreurl")
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    if deployment:
        headers["azureml-model-deployment"] = deployment
    return Endpoint(url, headers)


def _content(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


@pytest.fixture(scope="session")
def predictions(request: pytest.FixtureRequest) -> list[list[str]]:
    """The rows that a batch job has written; without a job the test is skipped."""
    folder = request.config.getoption("predictions", default=None)
    if not folder:
        pytest.skip("no batch job to test: the release gives its results as --predictions")
    files = sorted(path for path in Path(folder).rglob("*.csv") if path.is_file())
    return [row for path in files for row in csv.reader(path.read_text(encoding="utf-8").splitlines()) if row]
