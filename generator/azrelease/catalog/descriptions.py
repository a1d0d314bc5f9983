"""What the words of a pipeline mean, in a sentence or two for editors, and where Microsoft documents them.

Source: `schemas/descriptions.json`, written for azrelease from the facts in learn.microsoft.com/azure/devops/pipelines
and MicrosoftDocs/azure-devops-yaml-schema. A form is named as in `schemas/pipeline_yaml.json`, such as `stages.stage`.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from azrelease.data_files import read_table

_FILE = "descriptions.json"
_HOST = "https://learn.microsoft.com/"


class FunctionDescription(NamedTuple):
    """A function of expressions.

    Attributes:
        call: how it is called, such as `eq(a, b)`.
        text: what it does.
    """

    call: str
    text: str


def key_description(form: str, key: str) -> str | None:
    """What a key means in a form; None when the table lacks it.

    A key that means the same everywhere has one text for all its forms, so ask only for keys that the form has.
    """
    texts: Mapping[str, str] = read_table(_FILE)["keys"]
    return texts.get(f"{form}.{key}", texts.get(key))


def value_description(form: str, key: str, value: str) -> str | None:
    """What one of the documented values of a key means; None where the value says enough."""
    texts: Mapping[str, Mapping[str, str]] = read_table(_FILE)["values"]
    return texts.get(f"{form}.{key}", {}).get(value)


def function_description(name: str) -> FunctionDescription | None:
    """What a function of expressions does; letter case does not count."""
    return _functions().get(name.casefold())


def context_description(name: str) -> str | None:
    """What a name at the start of an expression gives, such as `variables`; letter case does not count."""
    return _texts("contexts").get(name.casefold())


def variable_description(name: str) -> str | None:
    """What a predefined variable has as its value; letter case does not count."""
    return _texts("variables").get(name.casefold())


def directive_description(name: str) -> str | None:
    """What a directive such as `each` does; the service knows them in lower case only."""
    texts: Mapping[str, str] = read_table(_FILE)["directives"]
    return texts.get(name)


def page(form: str) -> str:
    """The address of the page on a form, else of the nearest form around it, else of the whole language.

    Args:
        form: a form, or one of the subjects `conditions`, `contexts`, `directives`, `expressions`, `functions`,
            `predefined` (variables), `tasks` and `templates`.
    """
    pages: Mapping[str, str] = read_table(_FILE)["pages"]
    while form not in pages:
        form = form.rpartition(".")[0]
    return f"{_HOST}{pages[form]}"


@cache
def _functions() -> Mapping[str, FunctionDescription]:
    return {
        name.casefold(): FunctionDescription(entry["call"], entry["text"])
        for name, entry in read_table(_FILE)["functions"].items()
    }


@cache
def _texts(part: str) -> Mapping[str, str]:
    return {name.casefold(): text for name, text in read_table(_FILE)[part].items()}
