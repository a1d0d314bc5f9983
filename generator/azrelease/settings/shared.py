"""What releases of a repository share: where they are, and the fields that they need not say."""

from collections.abc import Iterator

import yaml

from azrelease.diagnostics import INVALID_VALUE, UNKNOWN_FIELD, WRONG_TYPE, Diagnostic
from azrelease.settings.checked_out import EXPAND, repository_problems
from azrelease.settings.own_templates import TEMPLATES, template_problems
from azrelease.settings.rendering import RENDER, render_problems
from azrelease.settings.settings_file import SettingsFile
from azrelease.suggestions import suggestion
from azrelease.yaml_document import KEY

RELEASES, DEFAULTS = "releases", "defaults"
"""The settings: files, folders and patterns of releases; and fields that each of them has by default."""

OF_CHECK = ("select", "ignore", "severity", "exclude", "shellcheck", "baseline", "per-path")
"""The settings of `check`, whose form it checks itself."""

_OF_ONE_RELEASE = ("name", "stages", "extends")


def release_patterns(file: SettingsFile) -> tuple[str, ...]:
    """The files, folders and patterns that commands without arguments take; empty when none are named.

    Raises:
        InvalidFileError: the setting cannot be used.
    """
    file.refuse([*_unknown(file), *_release_problems(file)])
    return tuple(str(pattern) for pattern in file.data.get(RELEASES, ()))


def shared_defaults(file: SettingsFile) -> yaml.MappingNode | None:
    """The fields that each release has by default, as nodes of the file.

    Raises:
        InvalidFileError: the setting cannot be used.
    """
    file.refuse([*_unknown(file), *_default_problems(file)])
    if DEFAULTS not in file.data:
        return None
    node = file.node(DEFAULTS)
    assert isinstance(node, yaml.MappingNode)
    return node


def shared_problems(file: SettingsFile) -> Iterator[Diagnostic]:
    """What is wrong with the form of these settings; the fields are checked with the releases that get them."""
    yield from _unknown(file)
    yield from _release_problems(file)
    yield from _default_problems(file)
    yield from template_problems(file)
    yield from repository_problems(file)
    yield from render_problems(file)


def _unknown(file: SettingsFile) -> Iterator[Diagnostic]:
    """Names that mean nothing, of which one may be a misspelt `defaults`: a release would go without them."""
    known = (RELEASES, DEFAULTS, TEMPLATES, RENDER, EXPAND, *OF_CHECK)
    for name in file.data:
        if name not in known:
            hint = suggestion(name, known, f"One of: {', '.join(known)}.")
            yield file.problem(UNKNOWN_FIELD, (name, KEY), f"unknown setting `{name}`", hint)


def _release_problems(file: SettingsFile) -> Iterator[Diagnostic]:
    releases = file.data.get(RELEASES, [])
    if not isinstance(releases, list) or not all(isinstance(path, str) and path for path in releases):
        hint = '`releases = ["releases", "models/*/release.yml"]`'
        yield file.problem(WRONG_TYPE, (RELEASES, KEY), f"`{RELEASES}` has to be a list of files and folders", hint)


def _default_problems(file: SettingsFile) -> Iterator[Diagnostic]:
    defaults = file.data.get(DEFAULTS, {})
    if not isinstance(defaults, dict):
        hint = "Its entries are the fields of a release file: `[defaults.workspace]`."
        yield file.problem(WRONG_TYPE, (DEFAULTS, KEY), f"`{DEFAULTS}` has to be a table", hint)
        return
    for name in _OF_ONE_RELEASE:
        if name in defaults:
            message = f"`{name}` cannot have a default: it is a release's own"
            yield file.problem(INVALID_VALUE, (DEFAULTS, name, KEY), message, "Say it in the release file.")
