"""Asking the questions of `init` on a terminal, and answering them by default."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from azrelease.cli.output import can_ask, say

if TYPE_CHECKING:
    from azrelease.scaffold import Answers, Question

_CANCELLED = 130


def answers_for(folder: Path, given: Mapping[str, object], *, yes: bool) -> "Answers":
    """The answers: given as options, asked, or by default.

    Raises:
        UserError: options are wrong, or no terminal can ask for what is missing.
        Exit: the user stopped the questions.
    """
    from azrelease.application.new_project import check_answers
    from azrelease.scaffold import Answers

    asks = not yes and can_ask()
    check_answers(given, needs_all=not yes and not asks)
    name = folder.resolve().name
    return Answers.model_validate(_ask_all(name, given) if asks else _defaults(name, given))


def _defaults(folder: str, given: Mapping[str, object]) -> dict[str, object]:
    """The answers that were given, and the default of every other question.

    Args:
        folder: name of the folder, which the name of the release is made of.
        given: answers that options gave.
    """
    from azrelease.scaffold import QUESTIONS

    answers = dict(given)
    for question in QUESTIONS:
        if question.default is not None and question.field not in answers:
            answers[question.field] = question.default(_texts(folder, answers))
    return answers


def _ask_all(folder: str, given: Mapping[str, object]) -> dict[str, object]:
    """The answers to all questions; those that options answer are not asked, wrong answers are asked again.

    Args:
        folder: name of the folder, which the name of the release is made of.
        given: answers that options gave; they are right.

    Raises:
        Exit: the user stopped the questions.
    """
    from azrelease.scaffold import QUESTIONS

    answers = dict(given)
    say("Enter takes the value in brackets. Nothing is written before the last question.")
    try:
        for question in QUESTIONS:
            if question.field in answers:
                continue
            if question.default is None:
                answers[question.field] = _several(question)
            else:
                answers[question.field] = _one(question, question.default(_texts(folder, answers)))
    except (typer.Abort, KeyboardInterrupt, EOFError):
        say("\nnothing was written", error=True)
        raise typer.Exit(_CANCELLED) from None
    return answers


def _one(question: "Question", default: str) -> str:
    while True:
        text = str(typer.prompt(question.prompt, default=default, show_default=bool(default))).strip()
        if _is_right(question, text):
            return text


def _several(question: "Question") -> tuple[str, ...]:
    """Answers one by one, until there is none."""
    names: tuple[str, ...] = ()
    while text := str(typer.prompt(question.prompt, default="", show_default=False)).strip():
        if _is_right(question, (*names, text)):
            names = (*names, text)
    return names


def _is_right(question: "Question", answer: object) -> bool:
    from azrelease.scaffold import problems

    wrong = problems({question.field: answer}).get(question.field)
    if wrong:
        say(f"  {wrong}")
    return wrong is None


def _texts(folder: str, answers: Mapping[str, object]) -> dict[str, str]:
    return {"folder": folder, **{field: text for field, text in answers.items() if isinstance(text, str)}}
