"""An endpoint or a deployment of release.yml as a file for the CLI.

The value of a macro is known only when the release runs, and could be any text: a value with a macro is therefore
not written into the file but passed on the command line (`--set path=value`), as one shell word.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from azrelease.templating import yaml_text
from azrelease.templating.scripts import is_literal

Path = tuple[str, ...]


class InlineFile(NamedTuple):
    """The text of the file, and the values that are set on the command line: `path=value`."""

    text: str
    assignments: tuple[str, ...]


def inline_file(definition: BaseModel, **more: str) -> InlineFile:
    """The file of a definition.

    Args:
        definition: an endpoint or a deployment.
        more: further keys of the file, for what the stage says; they come first, and win.
    """
    data = {**more, **{key: value for key, value in _data(definition).items() if key not in more}}
    assignments = tuple(f"{'.'.join(path)}={value}" for path, value in _at_run_time(data))
    return InlineFile(yaml_text(_known(data)), assignments)


def _data(definition: BaseModel) -> dict[str, Any]:
    return {key: value for key, value in definition.model_dump(mode="json", exclude_none=True).items() if value != {}}


def _at_run_time(data: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, str]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _at_run_time(value, (*path, key))
        elif _is_late(value):
            yield (*path, key), value


def _known(data: Mapping[str, Any]) -> dict[str, Any]:
    known = {key: _known(value) if isinstance(value, Mapping) else value for key, value in data.items()}
    return {key: value for key, value in known.items() if not _is_late(value) and value not in ({}, [])}


def _is_late(value: object) -> bool:
    return isinstance(value, str) and not is_literal(value)
