"""The simulated service, with a project in which the samples and the full release can be registered."""

from collections.abc import Iterator

import pytest

from fake_azure_devops import Service, serve
from support.registering import SECRETS, seed


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def service(secrets: None) -> Iterator[Service]:  # noqa: ARG001  (in the environment)
    with serve() as running:
        seed(running)
        yield running
