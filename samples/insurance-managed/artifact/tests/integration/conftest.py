"""The endpoint that is tested: `--scoreurl`, `--scorekey`, `--scoredeployment`."""

import json
import urllib.request

import pytest


def pytest_addoption(parser):
    for name in ("--scoreurl", "--scorekey", "--scoredeployment"):
        parser.addoption(name)


@pytest.fixture
def ask(request):
    """Sends claims to the endpoint, and gives what it says of them."""
    url, key, deployment = map(request.config.getoption, ("scoreurl", "scorekey", "scoredeployment"))
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    if deployment:
        headers["azureml-model-deployment"] = deployment

    def send(*claims):
        body = json.dumps({"data": claims}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
            return json.load(answer)["costs"]

    return send
