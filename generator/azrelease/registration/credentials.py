"""Credentials: a token of the environment, or Entra ID. Never an option of the command line, which others can read."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from azrelease.errors import UserError

_AZURE_DEVOPS = "499b84ac-1321-427f-aa17-267ca6975798/.default"
"""Azure DevOps as an application of Entra ID (learn.microsoft.com/azure/devops/integrate/get-started/authentication/
service-principal-managed-identity)."""


class Credentials:
    """How requests are authenticated, and the texts that no message may contain."""

    def __init__(self, authentication: Any, secrets: Callable[[], tuple[str, ...]]) -> None:  # noqa: ANN401  (msrest's)
        self.authentication = authentication
        self.secrets = secrets


def credentials(environment: Mapping[str, str] = os.environ) -> Credentials:
    """The credentials of the environment: AZURE_DEVOPS_EXT_PAT, SYSTEM_ACCESSTOKEN, or Entra ID.

    Raises:
        UserError: there are none.
    """
    from msrest.authentication import BasicAuthentication, BasicTokenAuthentication

    token = environment.get("AZURE_DEVOPS_EXT_PAT")
    if token:
        return Credentials(BasicAuthentication("", token), lambda: (token,))
    access = environment.get("SYSTEM_ACCESSTOKEN")
    if access:
        return Credentials(BasicTokenAuthentication({"access_token": access}), lambda: (access,))
    return _entra()


def _entra() -> Credentials:
    """Entra ID: `az login`, a managed identity, or AZURE_CLIENT_ID and its kind.

    Raises:
        UserError: there is no login, or the extra is not installed.
    """
    from msrest.authentication import BasicTokenAuthentication

    hint = "set AZURE_DEVOPS_EXT_PAT to a token, or in a pipeline map SYSTEM_ACCESSTOKEN in `env`"
    try:
        from azure.core.exceptions import ClientAuthenticationError
        from azure.identity import DefaultAzureCredential
    except ImportError:
        message = f"no credentials: {hint}; for Entra ID install azrelease[entra] and log in with `az login`"
        raise UserError(message) from None
    source = DefaultAzureCredential()

    class Renewed(BasicTokenAuthentication):
        """Authenticates each request with a valid token: azure-identity renews it before it expires."""

        def signed_session(self, session: Any = None) -> Any:  # noqa: ANN401  (requests')
            self.token = {"access_token": source.get_token(_AZURE_DEVOPS).token}
            return super().signed_session(session)

    try:
        authentication = Renewed({"access_token": source.get_token(_AZURE_DEVOPS).token})
    except ClientAuthenticationError:
        raise UserError(f"no credentials: {hint}, or log in with `az login` (Entra ID)") from None
    return Credentials(authentication, lambda: (str(authentication.token["access_token"]),))


def secret_variable(name: str) -> str:
    """The environment variable that holds the value of a secret.

    It has the name that the agent gives it (learn.microsoft.com/azure/devops/pipelines/process/variables, environment
    variables): in capitals, with `_` for other characters than letters and digits.
    """
    return "".join(letter if letter.isalnum() else "_" for letter in name).upper()
