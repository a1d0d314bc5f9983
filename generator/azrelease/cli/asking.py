"""Asking the questions of `init` on a terminal."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from azrelease.cli.output import say

if TYPE_CHECKING:
    from azrelease.scaffold import Question

CANCELLED = 130


def ask_all(folder: str, given: Mapping[str, object], known: Mapping[str, object]) -> dict[str, object]:
    """The answers to all questions; those that options answer are not asked, wrong answers are asked again.

    Args:
        folder: name of the folder, which the name of the release is made of.
        given: answers that options gave; they are right.
        known: answers to offer, from a release file that is there.

    Raises:
        Exit: the person broke it off.
    """
    from azrelease.scaffold import QUESTIONS

    answers = dict(given)
    say("Enter takes what stands in brackets; nothing is written before the last question.")
    try:
        for question in QUESTIONS:
            if question.field in answers:
                continue
            if question.default is None:
                answers[question.field] = _several(question, known.get(question.field, ()))
                continue
            texts = {"folder": folder, **{field: text for field, text in answers.items() if isinstance(text, str)}}
            answers[question.field] = _one(question, str(known.get(question.field) or question.default(texts)))
    except (typer.Abort, KeyboardInterrupt, EOFError):
        say("\nnothing was written", error=True)
        raise typer.Exit(CANCELLED) from None
    return answers


def _one(question: "Question", default: str) -> str:
    while True:
        text = str(typer.prompt(question.prompt, default=default)).strip()
        if _is_right(question, text):
            return text


def _several(question: "Question", known: object) -> tuple[str, ...]:
    """Answers one by one; nothing ends them, or takes those that are known."""
    names: tuple[str, ...] = ()
    there = known if isinstance(known, tuple) else ()
    while True:
        default = ", ".join(there) if not names else ""
        text = str(typer.prompt(question.prompt, default=default, show_default=bool(default))).strip()
        if text == default:
            return names or there
        if _is_right(question, (*names, text)):
            names = (*names, text)


def _is_right(question: "Question", answer: object) -> bool:
    from azrelease.scaffold import problems

    wrong = problems({question.field: answer}).get(question.field)
    if wrong:
        say(f"  {wrong}")
    return wrong is None
