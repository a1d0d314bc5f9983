"""What the user sets for `check`: in `[tool.azrelease]` of pyproject.toml, or in .azrelease.toml."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.diagnostics import Severity
from azrelease.errors import UserError
from azrelease.suggestions import suggestion

FILE = ".azrelease.toml"
_PYPROJECT = "pyproject.toml"
_KEYS = ("select", "ignore", "severity", "exclude", "shellcheck", "baseline", "per-path")
_PATH_KEYS = ("paths", "select", "ignore", "severity")
_PREFIX = "AZR"


class PathSettings(NamedTuple):
    """Settings for the files that one of the patterns matches; patterns are relative to the folder of the settings."""

    paths: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    severity: Mapping[str, Severity]


class Settings(NamedTuple):
    """Which rules are looked for, and how much they weigh.

    Attributes:
        select: codes, names or beginnings of codes that are looked for; empty for all.
        ignore: those that are not.
        severity: severities by code or name, in place of the usual ones.
        exclude: patterns of files that are passed over when a folder is searched.
        shellcheck: whether scripts are handed to shellcheck.
        baseline: a file with findings that are known already.
        per_path: settings for some files; later ones go before earlier ones.
        folder: the folder that patterns are relative to.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = {}
    exclude: tuple[str, ...] = ()
    shellcheck: bool = False
    baseline: str | None = None
    per_path: tuple[PathSettings, ...] = ()
    folder: str = ""

    def for_file(self, path: str) -> "Rules":
        """What is looked for in a file."""
        select, ignore, severity = self.select, self.ignore, dict(self.severity)
        for own in self.per_path:
            if any(matches(path, pattern, self.folder) for pattern in own.paths):
                select = own.select or select
                ignore = (*ignore, *own.ignore)
                severity.update(own.severity)
        return Rules(select, ignore, severity)

    def excludes(self, path: str) -> bool:
        """Whether a file is passed over when a folder is searched."""
        return any(matches(path, pattern, self.folder) for pattern in self.exclude)


class Rules(NamedTuple):
    """What is looked for in one file; see `Settings`."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    severity: Mapping[str, Severity]

    def wants(self, code: str, name: str) -> bool:
        """Whether a rule is looked for: the longest that names it in `select` or `ignore` decides."""
        chosen = max((len(word) for word in self.select if _names(word, code, name)), default=-1 if self.select else 0)
        left_out = max((len(word) for word in self.ignore if _names(word, code, name)), default=-1)
        return chosen > left_out or (chosen >= 0 and left_out < 0)

    def wanted(self, rules: Sequence[tuple[str, str]]) -> frozenset[str]:
        """The codes of the rules, given as code and name, that are looked for."""
        return _wanted(self.select, self.ignore, tuple(rules))

    def level(self, code: str, name: str) -> Severity | None:
        """The severity that is set for a rule."""
        named = [word for word in self.severity if _names(word, code, name)]
        return self.severity[max(named, key=len)] if named else None


@lru_cache(maxsize=64)
def _wanted(select: tuple[str, ...], ignore: tuple[str, ...], rules: tuple[tuple[str, str], ...]) -> frozenset[str]:
    chosen = Rules(select, ignore, {})
    return frozenset(code for code, name in rules if chosen.wants(code, name))


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


def find_settings(folder: Path) -> Settings:
    """The settings that hold in a folder: of it, or of the nearest folder above that has some.

    Raises:
        UserError: a settings file that cannot be used, with everything that is wrong in it.
    """
    for place in (folder, *folder.parents):
        for name in (FILE, _PYPROJECT):
            path = place / name
            if path.is_file():
                found = read_settings(path, required=name == FILE)
                if found is not None:
                    return found
        if (place / ".git").exists():
            break
    return Settings(folder=str(folder))


def read_settings(path: Path, *, required: bool = True) -> Settings | None:
    """The settings of a file; None for a pyproject.toml without a section `[tool.azrelease]`.

    Raises:
        UserError: the file cannot be used, with everything that is wrong in it.
    """
    import tomllib

    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        if not required:
            return None
        raise UserError(f"{path}: not TOML: {error}") from error
    section = raw.get("tool", {}).get("azrelease") if path.name == _PYPROJECT else raw
    if section is None:
        return None
    problems: list[str] = []
    settings = _settings(section, str(path.parent), problems)
    if problems:
        raise UserError("\n".join(f"{path}: {problem}" for problem in problems))
    return settings


def check_codes(words: Iterable[str], known: Iterable[str]) -> list[str]:
    """What is wrong with codes that a user gave: each that names no rule.

    Args:
        words: codes, names, or beginnings of codes.
        known: the codes and names of all rules.
    """
    names = list(known)
    return [
        f"`{word}` names no rule. {suggestion(word, names, 'A rule is named by its code (AZR204), its name, or AZR2.')}"
        for word in words
        if not any(_names(word, name, name) for name in names)
    ]


def _names(word: str, code: str, name: str) -> bool:
    folded = word.casefold()
    return folded == name.casefold() or (folded.startswith(_PREFIX.casefold()) and code.casefold().startswith(folded))


def _settings(raw: Mapping[str, Any], folder: str, problems: list[str]) -> Settings:
    _unknown(raw, _KEYS, "", problems)
    per_path = raw.get("per-path", [])
    if not isinstance(per_path, list) or not all(isinstance(entry, dict) for entry in per_path):
        problems.append("`per-path` has to be a list of tables: `[[tool.azrelease.per-path]]`")
        per_path = []
    baseline, shellcheck = raw.get("baseline"), raw.get("shellcheck", False)
    if not isinstance(shellcheck, bool):
        problems.append("`shellcheck` has to be true or false")
    if baseline is not None and not isinstance(baseline, str):
        problems.append("`baseline` has to be the path of a file")
    return Settings(
        select=_words(raw, "select", problems),
        ignore=_words(raw, "ignore", problems),
        severity=_severities(raw, problems),
        exclude=_words(raw, "exclude", problems),
        shellcheck=shellcheck is True,
        baseline=str(Path(folder, baseline)) if isinstance(baseline, str) else None,
        per_path=tuple(_path_settings(entry, problems) for entry in per_path),
        folder=folder,
    )


def _path_settings(raw: Mapping[str, Any], problems: list[str]) -> PathSettings:
    _unknown(raw, _PATH_KEYS, "per-path: ", problems)
    paths = _words(raw, "paths", problems)
    if not paths:
        problems.append("per-path: `paths` says which files it is for")
    return PathSettings(
        paths, _words(raw, "select", problems), _words(raw, "ignore", problems), _severities(raw, problems)
    )


def _unknown(raw: Mapping[str, Any], known: Sequence[str], where: str, problems: list[str]) -> None:
    problems.extend(
        f"{where}unknown setting `{key}`. {suggestion(key, known, _one_of(known))}" for key in raw if key not in known
    )


def _words(raw: Mapping[str, Any], key: str, problems: list[str]) -> tuple[str, ...]:
    value = raw.get(key, [])
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    problems.append(f"`{key}` has to be a list of texts")
    return ()


def _severities(raw: Mapping[str, Any], problems: list[str]) -> dict[str, Severity]:
    value = raw.get("severity", {})
    if not isinstance(value, dict):
        problems.append('`severity` has to be a table such as `severity = {AZR506 = "warning"}`')
        return {}
    found: dict[str, Severity] = {}
    for code, level in value.items():
        if level in tuple(Severity):
            found[code] = Severity(level)
        else:
            problems.append(f"the severity of `{code}` has to be one of: {', '.join(Severity)}")
    return found


def _one_of(known: Sequence[str]) -> str:
    return f"One of: {', '.join(known)}."
