"""Checking texts as the command line does, without a process."""

from datetime import date
from pathlib import Path

from azrelease.diagnostics import Diagnostic
from azrelease.lint import FileToCheck, Linter, LintOptions, LintSettings
from azrelease.lint.engine.expanded_reports import with_expansions
from azrelease.lint.facts.bash_programs import shellcheck

TODAY = date(2026, 11, 25)


def check(
    text: str | bytes,
    name: str = "azure-pipelines.yml",
    *,
    settings: LintSettings | None = None,
    today: date = TODAY,
    tasks: dict | None = None,
    scripts: bool = False,
) -> list[Diagnostic]:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", errors="surrogateescape")
    options = LintOptions(settings or LintSettings(), today, tasks, shellcheck() if scripts else None)
    linter = Linter(options)
    report = linter.check_bytes(raw, FileToCheck(name), expand=True)
    texts = {name: raw.decode("utf-8-sig", errors="replace")}
    reports = with_expansions([report], linter, texts)
    return [found.diagnostic for found in reports[0].findings]


def check_in(folder: Path, files: dict[str, str], name: str, **options: object) -> list[Diagnostic]:
    """Check one of several files that stand beside each other."""
    for other, text in files.items():
        path = folder / other
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", errors="surrogateescape"))
    return check((folder / name).read_bytes(), str(folder / name), **options)  # type: ignore[arg-type]
