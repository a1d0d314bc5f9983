"""The settings of `check`: in azrelease.toml, or in `[tool.azrelease]` of pyproject.toml."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.diagnostics import INVALID_VALUE, MISSING_FIELD, UNKNOWN_FIELD, WRONG_TYPE, Code, Diagnostic, Severity
from azrelease.errors import UserError
from azrelease.lint.rule import Rule
from azrelease.settings import (
    SettingsFile,
    find_settings_file,
    read_settings_file,
    repository_folders,
    shared_problems,
)
from azrelease.suggestions import suggestion
from azrelease.yaml_document import KEY

_PATH_KEYS = ("paths", "select", "ignore", "severity")


class PathSettings(NamedTuple):
    """Settings for the files that one of the patterns matches; patterns are relative to the folder of the settings."""

    paths: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    severity: Mapping[str, Severity]


class LintSettings(NamedTuple):
    """The rules that are selected, and their severities.

    Attributes:
        select: codes, names or beginnings of codes that are selected; empty for all.
        ignore: those that are not selected.
        severity: severities by code or name, in place of the usual ones.
        exclude: patterns of files that are skipped in folders.
        shellcheck: whether shellcheck checks scripts.
        baseline: a file with known findings.
        per_path: settings for some files; later ones override earlier ones.
        folder: the folder that patterns are relative to.
        repositories: the folders of other repositories whose templates pipelines include, by alias.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = {}
    exclude: tuple[str, ...] = ()
    shellcheck: bool = False
    baseline: str | None = None
    per_path: tuple[PathSettings, ...] = ()
    folder: str = ""
    repositories: Mapping[str, Path] = {}

    def for_file(self, path: str) -> "RuleSelection":
        """The rules that are selected for a file."""
        select, ignore, severity = self.select, self.ignore, dict(self.severity)
        for own in self.per_path:
            if any(matches(path, pattern, self.folder) for pattern in own.paths):
                select = own.select or select
                ignore = (*ignore, *own.ignore)
                severity.update(own.severity)
        return RuleSelection(select, ignore, severity)

    def excludes(self, path: str) -> bool:
        """Whether a file is skipped in a folder."""
        return any(matches(path, pattern, self.folder) for pattern in self.exclude)


class RuleSelection(NamedTuple):
    """The rules that are selected for one file, and their severities; see `LintSettings`."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    severity: Mapping[str, Severity]

    def includes(self, code: Code) -> bool:
        """Whether a rule is selected: the longest word for it in `select` or `ignore` decides."""
        selected = max((len(word) for word in self.select if names_code(word, code)), default=-1 if self.select else 0)
        ignored = max((len(word) for word in self.ignore if names_code(word, code)), default=-1)
        return selected > ignored or (selected >= 0 and ignored < 0)

    def level(self, code: Code) -> Severity | None:
        """The severity that the user sets for a rule."""
        words = [word for word in self.severity if names_code(word, code)] if self.severity else ()
        return self.severity[max(words, key=len)] if words else None


def matches(path: str, pattern: str, folder: str) -> bool:
    """Whether a path below a folder matches a pattern such as `legacy/**`; a pattern without `/` is for names."""
    try:
        relative = Path(path).absolute().relative_to(Path(folder or ".").absolute()).as_posix()
    except ValueError:
        relative = Path(path).as_posix()
    pattern = pattern.removeprefix("./")
    if pattern.endswith("/"):
        pattern += "**"
    if "/" not in pattern and fnmatch(relative.rpartition("/")[2], pattern):
        return True
    return fnmatch(relative, pattern) or fnmatch(relative, f"{pattern}/*") or fnmatch(f"/{relative}", f"*/{pattern}")


def find_settings(folder: Path) -> LintSettings:
    """The settings of a folder, or of the nearest folder above with settings.

    Raises:
        UserError: a settings file is invalid; the error has all problems in it.
    """
    file = find_settings_file(folder)
    return LintSettings(folder=str(folder)) if file is None else _settings(file)


def read_settings(path: Path) -> LintSettings:
    """The settings of a file.

    Raises:
        UserError: the file is invalid; the error has all problems in it.
    """
    file = read_settings_file(path)
    if file is None:
        raise UserError(f"{path}: has no section [tool.azrelease]")
    return _settings(file)


def check_codes(words: Iterable[str], rules: Mapping[str, Rule]) -> list[str]:
    """The problems with codes that a user gave: one for each that names no rule.

    Args:
        words: codes, names, or beginnings of codes.
        rules: the rules by code and by name.
    """
    return [
        f"`{word}` names no rule. {suggestion(word, rules, 'A rule is named by its code (AZR204), its name, or AZR2.')}"
        for word in words
        if not any(names_code(word, rule.code) for rule in rules.values())
    ]


def names_code(word: str, code: Code) -> bool:
    """Whether a word is the name of a rule, its code, or the beginning of its code: all letters, and some digits."""
    folded = word.casefold()
    if folded == code.name.casefold():
        return True
    start = code.id.rstrip("0123456789").casefold()
    return folded.startswith(start) and code.id.casefold().startswith(folded)


def _settings(file: SettingsFile) -> LintSettings:
    raw, folder = file.data, str(file.folder)
    table = _Table(file, (), raw)
    per_path = table.tables("per-path")
    baseline, shellcheck = raw.get("baseline"), raw.get("shellcheck", False)
    file.refuse(
        [
            *table.wrong_words("select", "ignore", "exclude"),
            *table.wrong_severities(),
            *table.wrong("shellcheck", bool, "must be true or false"),
            *table.wrong("baseline", str, "must be the path of a file"),
            *table.wrong("per-path", list, "must be a list of tables: `[[tool.azrelease.per-path]]`"),
            *(problem for entry in per_path for problem in _path_problems(entry)),
            *shared_problems(file),
        ]
    )
    return LintSettings(
        select=table.words("select"),
        ignore=table.words("ignore"),
        severity=table.severities(),
        exclude=table.words("exclude"),
        shellcheck=shellcheck is True,
        baseline=str(Path(folder, baseline)) if isinstance(baseline, str) else None,
        per_path=tuple(
            PathSettings(entry.words("paths"), entry.words("select"), entry.words("ignore"), entry.severities())
            for entry in per_path
        ),
        folder=folder,
        repositories=repository_folders(file),
    )


def _path_problems(entry: "_Table") -> Iterator[Diagnostic]:
    yield from entry.unknown(_PATH_KEYS)
    yield from entry.wrong_words("paths", "select", "ignore")
    yield from entry.wrong_severities()
    if not entry.raw.get("paths"):
        yield entry.file.problem(MISSING_FIELD, entry.route, "`paths` is missing: list the files to set this for")


class _Table(NamedTuple):
    """A table of the settings: its file, its route in that, and its values."""

    file: SettingsFile
    route: tuple[str | int, ...]
    raw: Mapping[str, Any]

    def unknown(self, known: Sequence[str]) -> Iterator[Diagnostic]:
        for key in self.raw:
            if key not in known:
                hint = suggestion(key, known, f"One of: {', '.join(known)}.")
                yield self.file.problem(UNKNOWN_FIELD, (*self.route, key, KEY), f"unknown setting `{key}`", hint)

    def wrong(self, key: str, kind: type, what: str) -> Iterator[Diagnostic]:
        value = self.raw.get(key)
        items_are_tables = kind is not list or (isinstance(value, list) and all(isinstance(v, dict) for v in value))
        if value is not None and not (isinstance(value, kind) and items_are_tables):
            yield self.file.problem(WRONG_TYPE, (*self.route, key), f"`{key}` {what}")

    def wrong_words(self, *keys: str) -> Iterator[Diagnostic]:
        for key in keys:
            value = self.raw.get(key, [])
            if not (isinstance(value, list) and all(isinstance(word, str) for word in value)):
                yield self.file.problem(WRONG_TYPE, (*self.route, key), f"`{key}` must be a list of strings")

    def words(self, key: str) -> tuple[str, ...]:
        return tuple(map(str, self.raw.get(key, ())))

    def tables(self, key: str) -> "list[_Table]":
        value = self.raw.get(key, [])
        items = value if isinstance(value, list) else []
        return [
            _Table(self.file, (*self.route, key, i), item) for i, item in enumerate(items) if isinstance(item, dict)
        ]

    def wrong_severities(self) -> Iterator[Diagnostic]:
        value, route = self.raw.get("severity", {}), (*self.route, "severity")
        if not isinstance(value, dict):
            message = '`severity` must be a table such as `severity = {AZR506 = "warning"}`'
            yield self.file.problem(WRONG_TYPE, route, message)
            return
        for code, level in value.items():
            if level not in tuple(Severity):
                message = f"the severity of `{code}` must be one of: {', '.join(Severity)}"
                yield self.file.problem(INVALID_VALUE, (*route, code), message)

    def severities(self) -> dict[str, Severity]:
        return {code: Severity(level) for code, level in self.raw.get("severity", {}).items()}
