"""Plain data as YAML text, in the same style as the templates write it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from markupsafe import Markup

from azrelease.templating.yaml_scalars import key, scalar, settle_blocks

YamlData = Mapping[str, "YamlData"] | Sequence["YamlData"] | str | int | bool | None


def yaml_text(data: YamlData) -> str:
    """The text of a YAML document; strings stay strings for every parser.

    Raises:
        TypeError: something in it is neither a collection nor text, a whole number, a boolean or None.
    """
    return settle_blocks("".join(f"{line}\n" for line in _lines(data)))


def mapping(pairs: Iterable[tuple[str, YamlData]]) -> Markup:
    """The lines of a mapping inside a template of YAML, without the last line feed."""
    return Markup("\n".join(_lines(dict(pairs))))


def _lines(data: YamlData) -> Iterator[str]:
    if isinstance(data, Mapping) and data:
        for name, value in data.items():
            yield from _entry(f"{key(name)}:", value)
    elif isinstance(data, Sequence) and not isinstance(data, str) and data:
        for item in data:
            lines = _lines(item)
            yield f"- {next(lines)}"
            yield from (f"  {line}" for line in lines)
    else:
        yield _leaf(data)


def _entry(head: str, value: YamlData) -> Iterator[str]:
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str) and value:
        yield head
        yield from (f"  {line}" for line in _lines(value))
    else:
        yield f"{head} {_leaf(value)}"


def _leaf(value: YamlData) -> str:
    if isinstance(value, Mapping):
        return "{}"
    return "[]" if isinstance(value, Sequence) and not isinstance(value, str) else str(scalar(value))
