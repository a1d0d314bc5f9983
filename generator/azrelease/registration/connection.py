"""The connection to an organization: its address, and who asks. Secrets come from the environment only.

Facts about the client: microsoft/azure-devops-python-api, azure-devops 7.1.0b4.
"""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from azrelease.errors import ServiceError, UserError

_ADDRESSES = ("AZURE_DEVOPS_ORG_URL", "SYSTEM_COLLECTIONURI")
_TIMEOUT = 60


def organization_url(given: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """The address of the organization, from an option or the environment.

    Raises:
        UserError: there is none, or it is no address.
    """
    found = given or next((environment[name] for name in _ADDRESSES if environment.get(name)), None)
    if not found:
        raise UserError("which organization? Set --organization https://dev.azure.com/name, or AZURE_DEVOPS_ORG_URL")
    parts = urlsplit(found)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UserError(f"{found}: is no address of an organization; one looks like https://dev.azure.com/name")
    if parts.username or parts.password:
        raise UserError("the address of the organization must not hold a name or a password; set AZURE_DEVOPS_EXT_PAT")
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise UserError(f"{found}: a token is sent over https only")
    return found.rstrip("/")


class Connection:
    """An organization, asked through the client of azure-devops."""

    def __init__(self, address: str, credentials: Any) -> None:  # noqa: ANN401  (msrest has no types)
        self.address = address
        self._credentials = credentials

    def get(
        self,
        location: str,
        version: str,
        query: Mapping[str, str],
        route: Mapping[str, str] = {},
        *,
        scope: str = "Agent Pools (read)",
        releases: bool = False,
    ) -> Any:  # noqa: ANN401  (any JSON)
        """The JSON of a GET request.

        Args:
            location: the id of the resource's location.
            version: the version of the API.
            query: parameters of the query.
            route: parts of the path, such as `project`.
            scope: what a token has to be allowed, for the message when it is not.
            releases: whether the resource is on the host of releases, which is another one.

        Raises:
            ServiceError: it does not answer, or refuses.
        """
        from azure.devops.client import Client
        from azure.devops.exceptions import (
            AzureDevOpsAuthenticationError,
            AzureDevOpsClientError,
            AzureDevOpsServiceError,
        )
        from msrest.exceptions import ClientException

        try:
            client = self._release_client() if releases else Client(self.address, self._credentials)
            client.config.connection.timeout = _TIMEOUT
            # The client has no public call for this resource.
            send = client._send  # noqa: SLF001
            return send("GET", location, version, route_values=dict(route), query_parameters=dict(query)).json()
        except AzureDevOpsAuthenticationError as error:
            message = f"{self.address}: the token is not accepted; it needs the scope {scope}"
            raise ServiceError(message) from error
        except (AzureDevOpsServiceError, AzureDevOpsClientError, ClientException, OSError, ValueError) as error:
            raise ServiceError(f"{self.address}: {error}") from error

    def _release_client(self) -> Any:  # noqa: ANN401  (msrest has no types)
        """The client for releases, at the address that the organization names for them."""
        from azure.devops.connection import Connection as ServiceConnection

        return ServiceConnection(self.address, self._credentials).clients_v7_1.get_release_client()


def connect(address: str, environment: Mapping[str, str] = os.environ) -> Connection:
    """A connection with the credentials of the environment.

    Raises:
        UserError: there are none.
    """
    from msrest.authentication import BasicAuthentication, BasicTokenAuthentication

    token = environment.get("AZURE_DEVOPS_EXT_PAT")
    if token:
        return Connection(address, BasicAuthentication("", token))
    token = environment.get("SYSTEM_ACCESSTOKEN")
    if token:
        return Connection(address, BasicTokenAuthentication({"access_token": token}))
    raise UserError(
        "no credentials: set AZURE_DEVOPS_EXT_PAT to a token, or in a pipeline map SYSTEM_ACCESSTOKEN in `env`"
    )
