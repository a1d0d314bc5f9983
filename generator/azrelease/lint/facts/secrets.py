"""Where scripts read secrets: in macros, and in environment variables that a step maps from one."""

import re
from collections.abc import Container, Iterator
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.lint.facts.scripts import Script
from azrelease.redaction import names_secret
from azrelease.syntax import PipelineFile, StepOutline
from azrelease.syntax.embedded import is_computed, macros

ACCESS_TOKEN = "system.accesstoken"  # noqa: S105  (the name of a variable)
"""The token of the job (learn.microsoft.com/azure/devops/pipelines/build/variables), in lower case."""

_VARIABLE = re.compile(r"(?<!\\)\$(?:env:)?\{?(?:env:)?([A-Za-z_]\w*)\b\}?|%([A-Za-z_]\w*)%", re.IGNORECASE)


class SecretReference(NamedTuple):
    """Where a script reads a secret.

    Attributes:
        name: the variable, as the script reads it.
        source: the variable of the pipeline that it comes from.
        start: where it begins in the script; `end` is where it ends.
        is_macro: whether the agent pastes it into the script.
    """

    name: str
    source: str
    start: int
    end: int
    is_macro: bool

    @property
    def is_access_token(self) -> bool:
        """Whether it is the token of the job."""
        return self.source.casefold() == ACCESS_TOKEN


def vault_secrets(file: PipelineFile) -> dict[int, frozenset[str]]:
    """The secrets that tasks with a key vault read by name, in lower case, by the identity of their job."""
    found: dict[int, frozenset[str]] = {}
    for step in file.outline.steps:
        if step.task_name == "azurekeyvault":
            names = (name.strip().casefold() for name in (step.input("SecretsFilter") or "").split(","))
            read = frozenset(name for name in names if name not in ("", "*") and not is_computed(name))
            found[id(step.job)] = found.get(id(step.job), frozenset()) | read
    return found


def mapped_secrets(step: StepOutline, vault: Container[str]) -> dict[str, str]:
    """The environment variables of a step with a secret in their value, each with the variable it comes from.

    Args:
        step: the step.
        vault: the secrets of a key vault in its job, in lower case.
    """
    found = {
        entry.name: match[1]
        for entry in step.environment
        if isinstance(entry.value, ScalarNode)
        for match in macros(entry.value.value)
        if names_secret(match[1]) or match[1].casefold() in vault
    }
    if step.task_name == "azurecli" and (step.input("addSpnToEnvironment") or "").casefold() == "true":
        found.update(servicePrincipalKey="servicePrincipalKey", idToken="idToken")
    return found


def secret_references(script: Script, vault: Container[str]) -> Iterator[SecretReference]:
    """The places where a script reads a secret, in the order of the text for each way of reading."""
    for match in macros(script.text):
        if names_secret(match[1]) or match[1].casefold() in vault:
            yield SecretReference(match[1], match[1], match.start(), match.end(), is_macro=True)
    mapped = {name.casefold(): source for name, source in mapped_secrets(script.step, vault).items()}
    for match in _VARIABLE.finditer(script.text) if mapped else ():
        name = match[1] or match[2]
        source = mapped.get(name.casefold())
        if source is not None:
            yield SecretReference(name, source, match.start(), match.end(), is_macro=False)
