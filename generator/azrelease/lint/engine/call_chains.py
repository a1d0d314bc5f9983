"""The calls that lead to a finding, in words."""

import re
from collections.abc import Iterable, Iterator, Sequence

from azrelease.diagnostics import CallChain, CallSite, Diagnostic
from azrelease.expansion import Frame, LoopTurn, TemplateCall, chain_of
from azrelease.redaction import is_secret, names_secret

_MASK = "***"
_MOST_SHOWN = 3
_PARAMETER = re.compile(r"parameters\s*(?:\.\s*(\w+)|\[\s*'([^']+)'\s*\])", re.IGNORECASE)


def call_chain(frame: Frame | None) -> CallChain:
    """The calls and loops from an innermost one outward."""
    return tuple(_sites(frame))


def _sites(frame: Frame | None) -> Iterator[CallSite]:
    for around in chain_of(frame):
        place = around.at.file.path, around.at.span.line
        if isinstance(around, TemplateCall):
            yield CallSite(*place, tuple(_shown(name, text) for name, text in around.arguments))
        elif isinstance(around, LoopTurn):
            yield CallSite(*place, (_shown(around.variable, around.value),), is_loop=True)


def _shown(name: str, text: str) -> tuple[str, str]:
    """An argument without what may be a secret: the parts of a list or mapping have names of their own."""
    if text.startswith(("{", "[")):
        return name, f"{text[0]}…{'}' if text[0] == '{' else ']'}"
    return name, _MASK if names_secret(name) or is_secret(name, text) else text


def united(chains: Iterable[CallChain]) -> tuple[CallChain, ...]:
    """Chains in an order that does not depend on theirs, without those that are the beginning of another."""
    found = set(chains)
    beginnings = {chain[:length] for chain in found for length in range(len(chain))}
    return tuple(sorted(found - beginnings, key=lambda chain: chain[::-1]))


def with_calls_in_hint(found: Diagnostic, lines: Sequence[str]) -> Diagnostic:
    """A finding whose hint names the first of the calls that lead to it.

    Args:
        found: the finding.
        lines: the lines of its file.
    """
    if not found.calls:
        return found
    text = "\n".join(lines[found.span.line - 1 : found.span.end_line])
    words = _words(found.calls[0], text, found.message)
    others = len(found.calls) - 1
    more = f", and {others} more call{'s' if others > 1 else ''}" if others else ""
    return found._replace(hint=f"{found.hint} {words}{more}." if found.hint else f"{words}{more}.")


def _words(chain: CallChain, text: str, message: str) -> str:
    """A chain in words, with the arguments that the finding depends on, as far as its text and message show it."""
    named = {(match[1] or match[2]).casefold() for match in _PARAMETER.finditer(text)}
    values: set[str] = set()
    parts: list[str] = []
    for site in chain:
        shown = [
            (name, value)
            for name, value in site.arguments
            if name.casefold() in named or value in values or (value and f"`{value}`" in message)
        ]
        values.update(value for _, value in shown)
        named = set()
        given = " and ".join(f"{name} = '{value}'" for name, value in shown[:_MOST_SHOWN])
        where = f"{site.file}:{site.line}" + (f" with {given}" if given else "")
        first = not parts
        if site.is_loop:
            parts.append(f"{'In' if first else 'in'} the loop at {where}")
        else:
            parts.append(f"{'Included' if first else 'included'} from {where}")
    return ", ".join(parts)
