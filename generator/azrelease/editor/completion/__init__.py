"""What can be written at a place of a file."""

import re
from collections.abc import Iterable

from azrelease.editor.completion.expressions import condition_items, expression_items, macro_items
from azrelease.editor.completion.items import Completions, ItemKind, Suggestion, Written
from azrelease.editor.completion.keys import key_items
from azrelease.editor.completion.releases import release_items
from azrelease.editor.completion.values import value_items
from azrelease.editor.cursor import PLACEHOLDER, Cursor, Writing
from azrelease.editor.view import FileView
from azrelease.lint.rules import all_rules

__all__ = ["Completions", "ItemKind", "Suggestion", "completions"]

_IGNORE = re.compile(r"azrelease:\s*ignore(?:-file)?\[(?:[^\]]*[,\s])?(?P<word>[\w-]*)$")


def completions(view: FileView, offset: int) -> Completions:
    """What can be written at an offset of a file."""
    cursor, written = view.writing(offset)
    if cursor.what is Writing.COMMENT:
        return _ignored(cursor, offset)
    path = written.path_to(cursor.at)
    if path is None or not (written.is_ours or view.is_ours):
        return Completions(offset, offset, ())
    here = Written(written, cursor, path, written.surroundings(cursor.at))
    start, items = cursor.start, _items(here)
    if cursor.what is Writing.VALUE and path.last.key == "condition" and not written.is_release:
        word = re.search(r"\w*$", cursor.before)
        start += len(cursor.before) - len(word[0] if word else "")
        return Completions(start, offset, _once(condition_items(here)))
    return Completions(start, cursor.end, _once(items))


def _items(here: Written) -> Iterable[Suggestion]:
    what = here.cursor.what
    if what is Writing.SCRIPT:
        return ()
    if here.view.is_release:
        return release_items(here) if what in (Writing.KEY, Writing.VALUE) else macro_items(here)
    if what in (Writing.TEMPLATE, Writing.RUNTIME):
        return expression_items(here)
    if what is Writing.MACRO:
        return macro_items(here)
    return key_items(here) if what is Writing.KEY else value_items(here)


def _once(items: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    found = {item.label.casefold(): item for item in reversed(list(items)) if PLACEHOLDER not in item.label}
    return tuple(sorted(found.values(), key=lambda item: (item.order, item.label.casefold())))


def _ignored(cursor: Cursor, offset: int) -> Completions:
    """The codes of rules, in a comment that hides findings."""
    match = _IGNORE.search(cursor.before)
    if match is None:
        return Completions(offset, offset, ())
    items = (
        Suggestion(rule.code.id, ItemKind.RULE, detail=rule.code.name, documentation=rule.summary)
        for rule in all_rules()
    )
    return Completions(offset - len(match["word"]), offset, tuple(items))
