"""Commands of CLI v1 in scripts of the user's, and what they are called in v2."""

import re
from collections.abc import Iterator

COUNTERPARTS = {
    "ml model register": "az ml model create",
    "ml model deploy": "az ml online-endpoint create, then az ml online-deployment create",
    "ml model profile": None,
    "ml service show": "az ml online-endpoint show --query scoring_uri",
    "ml service list": "az ml online-endpoint list",
    "ml service get-keys": "az ml online-endpoint get-credentials",
    "ml service get-access-token": "az ml online-endpoint get-credentials",
    "ml service regen-key": "az ml online-endpoint regenerate-keys",
    "ml service run": "az ml online-endpoint invoke --request-file",
    "ml service update": "az ml online-deployment update, or az ml online-endpoint update",
    "ml service delete": "az ml online-endpoint delete --yes",
    "ml service get-logs": "az ml online-deployment get-logs",
    "ml computetarget": "az ml compute",
    "ml folder attach": None,
    "ml run": "az ml job create",
    "ml dataset": "az ml data",
    "ml pipeline": "az ml job create",
    "ml experiment": "az ml job",
}
"""Commands of the extension azure-cli-ml that the extension ml does not have.

Source: `schemas/azure_ml_cli.json` and learn.microsoft.com/azure/machine-learning/how-to-migrate-from-v1.
"""

_NAMES = "|".join(r"\s+".join(name.split()) for name in COUNTERPARTS)
_COMMAND = re.compile(rf"\baz\s+({_NAMES})\b")


def v1_commands(script: str) -> Iterator[tuple[str, str | None]]:
    """Each command of CLI v1 that a script runs, once, with its counterpart in v2 if it has one."""
    found = dict.fromkeys(re.sub(r"\s+", " ", match[1]) for match in _COMMAND.finditer(script))
    yield from ((f"az {name}", COUNTERPARTS[name]) for name in found)
