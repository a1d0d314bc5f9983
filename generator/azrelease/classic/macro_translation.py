"""Translates variables in texts between a classic release and YAML.

A classic job has its artifacts in `$(System.DefaultWorkingDirectory)`, a job of a pipeline in `$(Pipeline.Workspace)`;
`Build.…` describes the primary artifact there, and the run itself here; YAML has no `Release.…`. Source:
`schemas/classic_release.json`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from azrelease.catalog import classic

CLASSIC_FOLDER = "$(System.DefaultWorkingDirectory)"
YAML_FOLDER = "$(Pipeline.Workspace)"

_CLASSIC_FOLDERS = ("System.DefaultWorkingDirectory", "System.ArtifactsDirectory", "Agent.ReleaseDirectory")
_MACRO = re.compile(r"\$\(\s*([A-Za-z_](?:[\w .()-]*?[\w.()-])??)\s*\)")
_INDEX = re.compile(r"""\bvariables(?:\[\s*'([^'\n]*)'\s*\]|\.([A-Za-z_][\w.]*))""", re.IGNORECASE)
_WORD = re.compile(r"\b(?:SYSTEM|AGENT|RELEASE|BUILD|PIPELINE|RESOURCES)_[A-Z0-9_]+\b")
_ENVIRONMENT = re.compile(r"(?<=\$env:)\w+|(?<=\$\{env:)\w+|(?<=%)\w+(?=%)", re.IGNORECASE)
"""Environment variables of PowerShell and of cmd, in any case."""
_FOLDER = (
    r"(?:\$\((?:System\.DefaultWorkingDirectory|System\.ArtifactsDirectory|Agent\.ReleaseDirectory)\)"
    r"|(?:\$env:|\$\{?|%)(?:SYSTEM_DEFAULTWORKINGDIRECTORY|SYSTEM_ARTIFACTSDIRECTORY|AGENT_RELEASEDIRECTORY)[}%]?)"
)
ANY_FOLDER = re.compile(_FOLDER, re.IGNORECASE)
"""The folder of the artifacts, in all notations of a classic release."""

PRIMARY_WORD = "RELEASE_PRIMARYARTIFACTSOURCEALIAS"
_PRIMARY = r"release\.primaryartifactsourcealias"
_PRIMARY_MACRO = re.compile(rf"\$\(\s*{_PRIMARY}\s*\)", re.IGNORECASE)
_PRIMARY_INDEX = re.compile(rf"\bvariables(?:\[\s*'{_PRIMARY}'\s*\]|\.{_PRIMARY}\b)", re.IGNORECASE)

_REASONS = {"manual": "Manual", "schedule": "Schedule", "continuousintegration": "ResourceTrigger"}
_REASON = re.compile(r"(\b(?:eq|ne)\(\s*)variables\['Release\.Reason'\]\s*,\s*'(\w+)'(?=\s*\))", re.IGNORECASE)
_NEAREST = frozenset(("release.reason", "release.deployment.starttime", "release.definitionid", "release.releaseid"))
"""Variables whose counterpart has another value with the same meaning."""


class MacroTranslation:
    """Translates texts both ways.

    Args:
        aliases: the aliases of the release, by those of the definition.
        primary: the alias of the primary artifact in the release, if it is a build.
        builds: the aliases of builds in the release.
        primary_alias: the alias of the primary artifact in the definition, of any kind.
    """

    def __init__(
        self,
        aliases: Mapping[str, str],
        primary: str | None,
        builds: frozenset[str] = frozenset(),
        *,
        primary_alias: str | None = None,
    ) -> None:
        self.aliases = dict(aliases)
        self.primary = primary
        self.primary_alias = primary_alias
        self.builds = builds | ({primary} if primary else frozenset())

    def to_yaml(self, text: str) -> str:
        """A text of a definition with the variables of YAML."""
        text = self.with_primary(text)
        text = self._renaming.sub(self._renamed, text) if self._renaming else text
        text = _REASON.sub(_reason, text)
        return _replaced(text, self._in_yaml, _WORDS_TO_YAML)

    def with_primary(self, text: str) -> str:
        """A text of a definition with the alias of the primary artifact in place of its variable."""
        alias = self.primary_alias
        if alias is None or "primaryartifactsourcealias" not in text.casefold():
            return text
        quoted = alias.replace("'", "''")
        return _PRIMARY_INDEX.sub(lambda _: f"'{quoted}'", _PRIMARY_MACRO.sub(lambda _: alias, text))

    def to_classic(self, text: str) -> str:
        """A text of a release with the variables of a classic release."""
        return _replaced(text, self._in_classic, _WORDS_TO_CLASSIC)

    def is_kept(self, text: str) -> bool:
        """Whether a text of a definition means the same in YAML, and an export restores it."""
        if any(name.casefold() in _NEAREST for name in _names(_REASON.sub(_reason, text))):
            return False
        return self.to_classic(self.to_yaml(text)) == text

    def without_counterpart(self, text: str, *, condition: bool = False, with_env: bool = False) -> Iterator[str]:
        """Variables of a classic release in a text that YAML lacks, or has with another meaning.

        In a `condition`, a counterpart needs the same value. A task has the environment of `env_of` (`with_env`).
        """
        text = self.with_primary(text)
        for name in _names(_REASON.sub(_reason, text)):
            key = name.casefold()
            of_build = key.startswith("build.") and key.removeprefix("build.") in _BUILD
            lost = (key.startswith("release.") or of_build) and self._in_yaml(name) is None
            if lost or key in _OTHER or (condition and key in _NEAREST):
                yield name
        words = (*_WORD.findall(text), *(word.upper() for word in _ENVIRONMENT.findall(text)))
        for word in dict.fromkeys(words):
            lost = word in _BUILD_WORDS or (word.startswith("RELEASE_") and word not in _WORDS_TO_YAML)
            if lost and not (with_env and word in self.env_of(text)):
                yield word

    def env_of(self, text: str) -> dict[str, str]:
        """Environment variables of a classic release in a text that a task of a pipeline has to set."""
        alias = self.aliases.get(self.primary_alias or "")
        return {PRIMARY_WORD: alias} if alias and PRIMARY_WORD in text.upper() else {}

    def without_classic(self, text: str) -> Iterator[str]:
        """Variables of YAML in a text that a classic release lacks, or has with another meaning."""
        for name in _names(text):
            key = name.casefold()
            if key.startswith(_YAML_ONLY) and self._in_classic(name) is None:
                yield name

    @cached_property
    def _renaming(self) -> re.Pattern[str] | None:
        """Matches an alias behind the folder of artifacts, or at the start of a path; None where no alias changes."""
        if all(old == new for old, new in self.aliases.items()):
            return None
        names = "|".join(re.escape(old) for old in sorted(self.aliases, key=len, reverse=True) if old)
        start = rf"(?<![\w./\\$-])(?:\.[\\/])?(?=(?:{names})[\\/])"
        return re.compile(rf"({_FOLDER}[\\/]+|{start})({names})(?![\w.-])", re.IGNORECASE)

    def _renamed(self, match: re.Match[str]) -> str:
        return f"{match[1]}{self._alias(match[2]) or match[2]}"

    def _alias(self, old: str) -> str | None:
        """The alias in the release; case matters only between aliases that differ in nothing else."""
        folded = {name.casefold(): new for name, new in reversed(self.aliases.items())}
        return self.aliases.get(old) or folded.get(old.casefold())

    def _in_yaml(self, name: str) -> str | None:
        """The counterpart in YAML; None where there is none."""
        key = name.casefold()
        if key in _FOLDERS:
            return "Pipeline.Workspace"
        if key.startswith("build."):
            of_run = _BUILD.get(key.removeprefix("build.")) if self.primary else None
            return f"resources.pipeline.{self.primary}.{of_run}" if of_run else None
        return _TO_YAML.get(key) or self._of_artifact(name)

    def _of_artifact(self, name: str) -> str | None:
        match = re.fullmatch(r"release\.artifacts\.(.+)\.(repository\.provider|[^.]+)", name, re.IGNORECASE)
        new = self._alias(match[1]) if match else None
        rest = _ARTIFACT.get(match[2].casefold()) if match else None
        return f"resources.pipeline.{new}.{rest}" if new in self.builds and rest else None

    def _in_classic(self, name: str) -> str | None:
        key = name.casefold()
        if key == "pipeline.workspace":
            return "System.DefaultWorkingDirectory"
        for new in self.builds if key.startswith("resources.pipeline.") else ():
            head = f"resources.pipeline.{new.casefold()}."
            if key.startswith(head):
                rest = key.removeprefix(head)
                if new == self.primary and rest in _BUILD_BACK:
                    return f"Build.{_BUILD_BACK[rest]}"
                return f"Release.Artifacts.{new}.{_ARTIFACT_BACK[rest]}" if rest in _ARTIFACT_BACK else None
        return _TO_CLASSIC.get(key)


def has_expression(text: str) -> bool:
    """Whether Azure Pipelines evaluates an expression in a text, which a classic release takes literally."""
    return "${{" in text or re.match(r"\s*\$\[", text) is not None


def _names(text: str) -> dict[str, None]:
    """The variables in a text, in macros and in conditions."""
    indexed = (match[1] or match[2] for match in _INDEX.finditer(text))
    return dict.fromkeys((*(match[1] for match in _MACRO.finditer(text)), *indexed))


def _reason(match: re.Match[str]) -> str:
    """A comparison with the reason of a run, whose values have other names in YAML."""
    value = _REASONS.get(match[2].casefold())
    return match[0] if value is None else f"{match[1]}variables['Build.Reason'], '{value}'"


def _replaced(text: str, name: Callable[[str], str | None], words: Mapping[str, str]) -> str:
    """Replace variables in macros, in conditions, and as environment variables."""

    def macro(match: re.Match[str]) -> str:
        new = name(match[1])
        return match[0] if new is None else f"$({new})"

    def index(match: re.Match[str]) -> str:
        new = name(match[1] or match[2])
        return match[0] if new is None else f"variables['{new}']"

    text = _INDEX.sub(index, _MACRO.sub(macro, text))
    text = _WORD.sub(lambda match: words.get(match[0], match[0]), text)
    return _ENVIRONMENT.sub(lambda match: words.get(match[0].upper(), match[0]), text)


def _environment(name: str) -> str:
    return name.replace(".", "_").upper()


_FOLDERS = frozenset(name.casefold() for name in _CLASSIC_FOLDERS)
_TO_YAML: Mapping[str, str] = {key.casefold(): value for key, value in classic.variables().items() if value}
# Several variables have one counterpart in YAML; the first of the table wins.
_TO_CLASSIC = {value.casefold(): key for key, value in reversed(list(classic.variables().items())) if value}
_TO_CLASSIC["build.requestedfor"] = "Release.RequestedFor"
_ARTIFACT = {key.casefold(): value for key, value in classic.artifact_variables().items() if value}
_ARTIFACT_BACK = {value.casefold(): key for key, value in classic.artifact_variables().items() if value}
_BUILD = {key.casefold(): value for key, value in classic.build_variables().items()}
_BUILD_BACK = {value.casefold(): key for key, value in classic.build_variables().items() if value}
_BUILD_WORDS = frozenset(_environment(f"Build.{key}") for key in classic.build_variables())
_OTHER = frozenset(("system.hosttype", "system.teamfoundationserveruri"))
"""Variables of both with different values: `release` and the URL of releases in a classic release."""
_YAML_ONLY = ("build.", "resources.", "system.stage", "system.defaultworkingdirectory", "environment.", "pipeline.")
_WORDS_TO_YAML = {_environment(name): "PIPELINE_WORKSPACE" for name in _CLASSIC_FOLDERS} | {
    _environment(key): _environment(value) for key, value in classic.variables().items() if value
}
_WORDS_TO_CLASSIC = {"PIPELINE_WORKSPACE": "SYSTEM_DEFAULTWORKINGDIRECTORY"} | {
    _environment(value): _environment(key)
    for value, key in ((value, _TO_CLASSIC[value.casefold()]) for value in classic.variables().values() if value)
}
