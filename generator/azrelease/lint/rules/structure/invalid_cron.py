"""AZR109: schedules."""

import re

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import is_computed

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONG = (["january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december"],
         ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"])  # fmt: skip

_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, (*_MONTHS, *_LONG[0])),
    ("day of the week", 0, 6, (*_DAYS, *_LONG[1])),
)
_ITEM = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
_STEP = re.compile(r"/(\d+)$")
_WORD = re.compile(r"\S+")


def check(file: LintedFile) -> Findings:
    """Cron expressions that the service refuses."""
    for schedule, _ in file.root.blocks("schedules"):
        node = schedule.scalar("cron")
        if node is None or is_computed(node.value):
            continue
        words = list(_WORD.finditer(node.value))
        if len(words) != len(_FIELDS):
            message = f"a schedule has {len(_FIELDS)} fields, this one has {len(words)}"
            hint = "Minute, hour, day of the month, month, day of the week: `0 3 * * Mon-Fri`."
            yield file.finding(RULE.code, message, node, hint)
            continue
        for word, (name, least, most, names) in zip(words, _FIELDS, strict=True):
            wrong = _wrong_part(word[0], least, most, names)
            if wrong is not None:
                span = file.document.text_span(node, word.start(), word.end())
                hint = f"Write a number from {least} to {most}{', or a name' if names else ''}."
                yield file.finding(RULE.code, f"`{wrong}` is not a valid {name}", span, hint)
            step = _STEP.search(word[0])
            if step is not None and int(step[1]) > most:
                span = file.document.text_span(node, word.start(), word.end())
                message = f"the {name} ends at {most}, so a step of {step[1]} may not do what it says"
                yield file.finding(RULE.code, message, span, "Write two schedules.", level=Severity.WARNING)


def _wrong_part(text: str, least: int, most: int, names: tuple[str, ...]) -> str | None:
    for part in text.split(","):
        match = _ITEM.fullmatch(part)
        if match is None:
            return part
        values = [match[name] for name in ("first", "last") if match[name] and match[name] != "*"]
        if not all(
            value.casefold() in names or (value.isdecimal() and least <= int(value) <= most) for value in values
        ):
            return part
        if match["step"] is not None and int(match["step"]) == 0:
            return part
    return None


RULE = Rule(
    code=Code("AZR109", "invalid-cron", Severity.ERROR),
    summary="a schedule that is not a valid cron expression",
    why=(
        "The service refuses a schedule that does not have five fields within their ranges "
        "(learn.microsoft.com/azure/devops/pipelines/process/scheduled-triggers, Cron syntax)."
    ),
    wrong="schedules:\n- cron: 0 25 * * *\n  branches:\n    include: [main]\nsteps:\n- script: echo one\n",
    right="schedules:\n- cron: 0 5 * * *\n  branches:\n    include: [main]\nsteps:\n- script: echo one\n",
    check=check,
)
