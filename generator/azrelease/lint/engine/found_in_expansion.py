"""Findings of one expansion, before equal ones become one."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from azrelease.diagnostics import WRONG_TYPE, CallChain, CallSite, Diagnostic, Severity
from azrelease.expansion import SourceFile
from azrelease.lint.engine.call_chains import united
from azrelease.redaction import RedactedText, mask_values
from azrelease.yaml_document import YamlDocument


class FoundInExpansion(NamedTuple):
    """A finding at its file.

    Attributes:
        document: that file; None for one that cannot be parsed.
        calls: the calls and loops of the places that it is found at.
        files: all files of the pipeline.
        secrets: the texts that are secrets by the name of what they are the value of.
    """

    diagnostic: Diagnostic
    document: YamlDocument | None
    calls: tuple[CallChain, ...]
    files: tuple[SourceFile, ...]
    secrets: frozenset[str]


def equal_findings(found: Iterable[FoundInExpansion]) -> Iterable[list[FoundInExpansion]]:
    """Findings that are equal but for their calls."""
    by_place: dict[tuple[object, ...], list[FoundInExpansion]] = {}
    refused: dict[tuple[object, ...], str] = {}
    for each in found:
        diagnostic = each.diagnostic
        # What is refused in a file leaves a pipeline that the schema refuses there again.
        first = refused.setdefault((diagnostic.code, diagnostic.file, diagnostic.span.line), diagnostic.message)
        if diagnostic.code is WRONG_TYPE and first != diagnostic.message:
            continue
        by_place.setdefault((diagnostic.code, diagnostic.file, diagnostic.span, diagnostic.message), []).append(each)
    return by_place.values()


def worst(equal: Sequence[Diagnostic]) -> Diagnostic:
    """The most severe of findings that are equal otherwise."""
    order = list(Severity)
    return min(equal, key=lambda found: (order.index(found.severity), found.hint or ""))


class SecretMask:
    """Masks the secrets of all files of pipelines: arguments bring them from one file to another."""

    def __init__(self) -> None:
        self._texts: dict[str, RedactedText] = {}

    def united(self, equal: Sequence[FoundInExpansion]) -> Diagnostic:
        """Findings that are equal but for their calls as one, without secrets."""
        files = {source.path: source.document for each in equal for source in each.files}
        for path in files.keys() - self._texts.keys():
            self._texts[path] = RedactedText(files[path].text, (), files[path].root)
        secrets = frozenset[str]().union(*(each.secrets for each in equal))
        texts = [self._texts[path] for path in files]
        found = worst([each.diagnostic for each in equal])
        chains = united(chain for each in equal for chain in each.calls if chain)
        return found._replace(
            message=_masked(found.message, texts, secrets),
            hint=found.hint and _masked(found.hint, texts, secrets),
            calls=tuple(tuple(_masked_site(site, texts, secrets) for site in chain) for chain in chains),
        )


def _masked_site(site: CallSite, texts: Sequence[RedactedText], secrets: frozenset[str]) -> CallSite:
    return site._replace(arguments=tuple((name, _masked(value, texts, secrets)) for name, value in site.arguments))


def _masked(text: str, texts: Sequence[RedactedText], secrets: frozenset[str]) -> str:
    text = mask_values(text, secrets)
    for file in texts:
        text = file.message(text)
    return text
