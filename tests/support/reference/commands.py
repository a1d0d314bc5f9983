"""The page of the commands, from their functions: a command that is added appears by itself."""

import inspect
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from azrelease.cli.commands import COMMANDS
from support.reference.markdown import block, cell, page, prose, table

ABOUT = """\
Every command with its arguments and options, as `azrelease COMMAND --help` prints them. [Exit codes](exit-codes.md) have a page of
their own.

Every command also takes `--quiet` (results, findings and errors only), `--verbose` (what it reads, requests and writes, too),
`--traceback` and `--no-plugins` (leave out the [tasks and rules of other packages](../how-to/plugins.md)). Colours and progress are for terminals; the environment variable `NO_COLOR` turns colours off.

Commands for several releases take files and folders. Without any, they take the releases that the [settings](settings.md) name,
else those of the current folder. A folder means the releases in it that the settings name, else its `release.yml` and
`<name>.release.yml`; `<name>.release.yml` becomes `<name>.azure-pipelines.yml`."""


class Parameter(NamedTuple):
    """An argument or option of a command."""

    names: tuple[str, ...]
    value: str
    default: str
    about: str
    is_option: bool
    required: bool
    repeated: bool


def commands_page() -> str:
    """The page."""
    return page("Commands", ABOUT, *(_section(name, source.module) for name, source in COMMANDS.items()))


def _section(name: str, module: str) -> list[str]:
    command = import_module(module).command
    about, _, example = inspect.cleandoc(command.__doc__ or "").partition("\n\nExample: ")
    parameters = list(_parameters(command))
    usage = " ".join(["azrelease", name, *filter(None, map(_usage, parameters)), "[OPTIONS]"])
    rows = [
        (", ".join(f"`{each}`" for each in one.names), cell(one.value), one.default, cell(one.about))
        for one in parameters
    ]
    return [
        f"## {name}",
        "",
        prose(about),
        "",
        *block(usage, "text"),
        *(["For example:", "", *block(" ".join(example.split()), "text")] if example else []),
        *(table(("argument or option", "value", "default", "what it does"), rows) if rows else []),
    ]


def _usage(parameter: Parameter) -> str:
    if parameter.is_option:
        return f"{parameter.names[0]} {parameter.names[0].strip('-').upper()}" if parameter.required else ""
    text = f"{parameter.names[0].upper()}{'...' if parameter.repeated else ''}"
    return text if parameter.required else f"[{text}]"


def _parameters(command: Any) -> Iterator[Parameter]:
    hints = get_type_hints(command, include_extras=True)
    for name, parameter in inspect.signature(command).parameters.items():
        kind, info = _annotated(hints[name])
        required = parameter.default is inspect.Parameter.empty
        option = isinstance(info, OptionInfo)
        names = _option_names(name, info) if option else (name,)
        if getattr(info, "hidden", False):
            continue
        yield Parameter(
            names,
            _value(kind, getattr(info, "metavar", None)),
            _default(parameter.default, required=required),
            info.help or "",
            option,
            required,
            get_origin(_without_none(kind)) is list,
        )


def _option_names(name: str, info: OptionInfo) -> tuple[str, ...]:
    """The names of an option; inside Annotated, typer keeps the first of them as the default."""
    first = (info.default,) if isinstance(info.default, str) else ()
    named = (*first, *(info.param_decls or ())) or (f"--{name.replace('_', '-')}",)
    return tuple(part for each in named for part in each.split("/"))


def _annotated(hint: Any) -> tuple[Any, ArgumentInfo | OptionInfo]:
    """The type of a parameter, and what typer is told of it."""
    if get_origin(hint) is not Annotated:
        [hint] = [each for each in get_args(hint) if get_origin(each) is Annotated]
    kind, *notes = get_args(hint)
    [info] = [note for note in notes if isinstance(note, ArgumentInfo | OptionInfo)]
    return kind, info


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        [kind] = [each for each in get_args(kind) if each is not NoneType]
    return kind


def _value(kind: Any, metavar: str | None) -> str:
    kind = _without_none(kind)
    if get_origin(kind) is list:
        return f"{_value(get_args(kind)[0], metavar)}, may be repeated"
    if metavar:
        return metavar
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{member.value}`" for member in kind)
    return {bool: "", Path: "path", int: "whole number", float: "number"}.get(kind, "text")


def _default(value: object, *, required: bool) -> str:
    if required:
        return "**required**"
    if value is None or isinstance(value, bool):
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"
