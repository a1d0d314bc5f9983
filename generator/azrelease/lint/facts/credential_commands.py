"""Commands whose answer is a credential, and the variables that scripts keep one in."""

import re

from azrelease.lint.facts.scripts import Script

_AZ_COMMANDS = (
    r"storage account (?:keys (?:list|renew)|show-connection-string|generate-sas)",
    r"storage (?:blob|container|share|file|queue|table|fs) (?:[\w-]+ )?generate-sas",
    r"acr (?:credential (?:show|renew)|token (?:create|credential generate))",
    r"account get-access-token",
    r"keyvault secret (?:show|set)",
    r"ad (?:sp create-for-rbac|(?:sp|app) credential reset)",
    r"cosmosdb keys (?:list|regenerate)",
    r"cognitiveservices account keys (?:list|regenerate)",
    r"search (?:admin|query)-key (?:show|list|renew)",
    r"redis (?:list-keys|regenerate-keys)",
    r"(?:servicebus|eventhubs|relay) (?:[\w-]+ ){0,3}?authorization-rule keys (?:list|renew)",
    r"functionapp (?:function )?keys list",
    r"(?:webapp|functionapp) deployment list-publishing-(?:profiles|credentials)",
    r"(?:webapp|functionapp) config (?:appsettings|connection-string) (?:list|set)",
    r"iot hub connection-string show",
    r"appconfig credential list",
    r"(?:signalr key|maps account keys|batch account keys) (?:list|renew)",
    r"ml (?:online|batch)-endpoint get-credentials",
)
AZ = rf"az (?:{'|'.join(_AZ_COMMANDS)})".replace(" ", r"[ \t]+")
"""Commands of the Azure CLI whose answer is a key, a token, a password or a connection string."""

KUBECTL = (
    r"kubectl[ \t]+get[ \t]+secrets?\b(?=[^\n|;]*[ \t](?:-o|--output)[ =]?(?:yaml|json|go-template|jsonpath))"
    r"|kubectl[ \t]+config[ \t]+view\b(?=[^\n|;]*--raw)"
)
_CMDLETS = (
    r"Get-AzStorageAccountKey",
    r"Get-AzAccessToken",
    r"Get-AzKeyVaultSecret(?=[^\n|;]*-AsPlainText)",
    r"Get-AzContainerRegistryCredential",
    r"New-AzStorage\w*SASToken",
    r"Get-AzWebAppPublishingProfile",
    r"Get-AzBatchAccountKey",
    r"Get-AzCosmosDBAccountKey",
)
POWERSHELL = "|".join(_CMDLETS)

_ASSIGNED = re.compile(
    r"^[ \t]*(?:export[ \t]+|local[ \t]+)?\$?(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*[\"']?(?:\$?\()?[ \t]*"
    rf"(?:{AZ}|{POWERSHELL})(?P<rest>[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_QUERY = re.compile(r"--query[ \t=]+(?P<query>\"[^\"]*\"|'[^']*'|\S+)")
_SECRET_FIELD = re.compile(r"key|value|pass|secret|token|connection|sas|\*|@|^[\"']?\[\d*\][\"']?$", re.IGNORECASE)


def asks_for_secret(rest: str) -> bool:
    """Whether the options of such a command leave the credential in the answer."""
    query = _QUERY.search(rest)
    return query is None or _SECRET_FIELD.search(query["query"].strip("\"')")) is not None


def credential_variables(script: Script) -> frozenset[str]:
    """The variables of a script that get the answer of such a command, and that it does not mask."""
    text = script.lines_joined_as_in_sh
    if "az " not in text and "-Az" not in text:
        return frozenset()
    names = {match["name"] for match in _ASSIGNED.finditer(text) if asks_for_secret(match["rest"])}
    return frozenset(
        name
        for name in names
        if not re.search(
            rf"(?:task\.setsecret[^\]\n]*\]|issecret=true[^\]\n]*\])\$[({{]*{re.escape(name)}\b", text, re.IGNORECASE
        )
    )
