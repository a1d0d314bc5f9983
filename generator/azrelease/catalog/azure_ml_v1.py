"""The commands of the Azure ML CLI v1 (extension azure-cli-ml), with their counterparts in v2 (extension ml).

Source: `schemas/azure_ml_cli.json` and learn.microsoft.com/azure/machine-learning/how-to-migrate-from-v1.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

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
"""Commands that v2 lacks, with their replacement."""

_NAMES = "|".join(r"\s+".join(name.split()) for name in COUNTERPARTS)
_COMMAND = re.compile(rf"\baz\s+({_NAMES})\b")


class V1Command(NamedTuple):
    """A command of CLI v1 in a script.

    Attributes:
        name: the command, beginning with `az`.
        counterpart: its replacement in v2; None where there is none.
        start: offset of its first character in the script.
        end: offset behind its last one.
    """

    name: str
    counterpart: str | None
    start: int
    end: int


def v1_commands(script: str) -> Iterator[V1Command]:
    """Every command of CLI v1 in a script, in the order of the text."""
    for match in _COMMAND.finditer(script):
        name = re.sub(r"\s+", " ", match[1])
        yield V1Command(f"az {name}", COUNTERPARTS[name], match.start(), match.end())
