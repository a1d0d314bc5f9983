"""The stand-in: finds a command, checks its arguments against the reference, does it, and prints as the CLI prints."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from azrelease.catalog.azure_ml_cli import find_commands, parse
from azrelease.rehearsal.azure import ml_v1, ml_v2
from azrelease.rehearsal.azure.refusal import SimulatedRefusalError
from azrelease.rehearsal.azure.serving_cli import Answer

_LONGEST_NAME = 5
_DEFAULTS = {"group": ("--resource-group", "-g"), "workspace": ("--workspace-name", "-w")}
_EXTENSIONS = {"ml": "v2", "azure-cli-ml": "v1"}


@dataclass
class SimulatedAzureCLI:
    """The state of a subscription, and the calls so far.

    Attributes:
        fail: `before:3` or `after:3`: the third call fails before, or after, it took effect, as a network does.
        calls: what was called.
        extensions: the extensions that are installed.
        defaults: what `az configure --defaults` has set.
        v1: what CLI v1 has made.
        v2: what CLI v2 has made.
        answers: what other commands answer, by how they begin.
        refused: told of each call that is refused: the command, and why.
    """

    fail: str | None = None
    calls: list[list[str]] = field(default_factory=list)
    extensions: list[str] = field(default_factory=list)
    defaults: Mapping[str, str] = field(default_factory=dict)
    v1: ml_v1.V1Workspace = field(default_factory=ml_v1.V1Workspace)
    v2: ml_v2.V2Workspace = field(default_factory=ml_v2.V2Workspace)
    answers: Mapping[str, str] = field(default_factory=dict)
    refused: Callable[[str, str], None] = lambda _command, _why: None

    def __call__(self, words: list[str], folder: Path) -> Answer:
        """Answer a call.

        Args:
            words: what stands behind `az`.
            folder: where it was called.
        """
        self.calls.append(words)
        when, _, number = (self.fail or "never:0").partition(":")
        fails = int(number) == len(self.calls)
        if fails and when == "before":
            return 1, "", "ERROR: connection reset\n"
        try:
            text = printed(*self._run(words, folder))
        except SimulatedRefusalError as refusal:
            self.refused(_command_name(words), str(refusal))
            return 2, "", f"ERROR: {refusal}\n"
        except Exception as error:  # noqa: BLE001  (a fault of the stand-in is not to be taken for one of Azure)
            why = f"the rehearsal broke down at this command, please report it: {error!r}"
            self.refused(_command_name(words), why)
            return 1, "", f"ERROR: {why}\n"
        if fails and when == "after":
            return 1, "", "ERROR: connection reset\n"
        return 0, text, ""

    def _run(self, words: list[str], folder: Path) -> tuple[Any, dict[str, str]]:
        given = _answered(words, self.answers)
        if given is not None:
            return given, {"--output": "text"}
        if words[:2] == ["extension", "add"]:
            self.extensions = sorted({*self.extensions, _extension(words[2:])})
            return None, {}
        if words[:1] == ["configure"]:
            pairs = (word.partition("=") for word in words if "=" in word)
            self.defaults = {**self.defaults, **{name: value for name, _, value in pairs}}
            return None, {}
        if words[:2] == ["account", "set"]:
            return None, {}
        if words[:3] == ["ml", "computetarget", "list"]:
            return self._clusters(words)
        if words[:3] == ["ml", "job", "download"]:
            return self._download(words, folder)
        if not words or words[0] != "ml":
            raise SimulatedRefusalError(
                f"`az {_command_name(words)}` is not rehearsed: give its answer in a file, --az-answers FILE"
            )
        return self._machine_learning(words, folder)

    def _clusters(self, words: list[str]) -> tuple[Any, dict[str, str]]:
        # The reference lists no arguments of this command; these are the ones that all of its group take.
        given = dict(zip(words[3::2], words[4::2], strict=False))
        if set(given) - {"--resource-group", "--workspace-name", "--query", "--output"}:
            raise SimulatedRefusalError(f"unrecognized arguments: {words}")
        return [{"name": name, **cluster} for name, cluster in self.v1.clusters.items()], given

    def _download(self, words: list[str], folder: Path) -> tuple[None, dict[str, str]]:
        # The reference has no jobs; these are the arguments of JobOperations.download in azure-ai-ml.
        given = dict(zip(words[3::2], words[4::2], strict=False))
        known = {"--resource-group", "--workspace-name", "--name", "--output-name", "--download-path"}
        if set(given) - known:
            raise SimulatedRefusalError(
                f"`az {_command_name(words)}` is rehearsed with these arguments: {', '.join(sorted(known))}"
            )
        ml_v2.download_job(self.v2, given, folder)
        return None, {}

    def _usual(self, words: list[str]) -> Iterator[str]:
        """What `az configure --defaults` has set, where a command does not say it itself."""
        given = {word.partition("=")[0] for word in words}
        for name, (option, short) in _DEFAULTS.items():
            if name in self.defaults and not given & {option, short}:
                yield from (option, self.defaults[name])

    def _machine_learning(self, words: list[str], folder: Path) -> tuple[Any, dict[str, str]]:
        wanted = next((_EXTENSIONS[name] for name in ("ml", "azure-cli-ml") if name in self.extensions), None)
        if wanted is None:
            raise SimulatedRefusalError("'ml' is misspelled or not recognized by the system: no extension was added")
        command = next((found for found in find_commands(words) if found.generation == wanted), None)
        if command is None:
            raise SimulatedRefusalError(
                f"'{_command_name(words)}' is not an az command of the extension that was added"
            )
        parsed = parse(command, [*words[len(command.name.split()) :], *self._usual(words)])
        if parsed.problems:
            raise SimulatedRefusalError("; ".join(parsed.problems))
        commands: Mapping[str, Callable[..., Any]] = ml_v2.COMMANDS if wanted == "v2" else ml_v1.COMMANDS
        if command.name not in commands:
            raise SimulatedRefusalError(
                f"`az {command.name}` is not rehearsed: give its answer in a file, --az-answers FILE"
            )
        state = self.v2 if wanted == "v2" else self.v1
        values = {name: ("\0" if name == "--tags" else " ").join(given) for name, given in parsed.values.items()}
        settings = dict(word.split("=", 1) for word in parsed.values.get("--set", ()) if "=" in word)
        return commands[command.name](state, values, settings, folder), values


def _extension(words: list[str]) -> str:
    """The name in `az extension add`.

    Raises:
        RefusedError: there is none.
    """
    for word, behind in zip(words, [*words[1:], ""], strict=True):
        option, equals, value = word.partition("=")
        if option in ("--name", "-n"):
            return value if equals else behind
    raise SimulatedRefusalError("az extension add: a name is required, --name")


def _command_name(words: list[str]) -> str:
    return " ".join(
        word for index, word in enumerate(words[:5]) if not any(w.startswith("-") for w in words[: index + 1])
    )


def _answered(words: list[str], answers: Mapping[str, str]) -> str | None:
    """The answer that the user has given to a command: that of the longest beginning that fits."""
    line = " ".join(words)
    fitting = [begin for begin in answers if line == begin or line.startswith(f"{begin} ")]
    return answers[max(fitting, key=len)] if fitting else None


def printed(result: Any, options: Mapping[str, str]) -> str:  # noqa: ANN401  (any JSON)
    """What the CLI prints: an empty result is nothing, but an empty cell of a table is the word None."""
    if options.get("--output") == "text":
        return f"{result}\n"
    if "--query" in options:
        import jmespath

        try:
            result = jmespath.search(options["--query"], result)
        except jmespath.exceptions.JMESPathError as error:
            raise SimulatedRefusalError(f"argument --query: {options['--query']} is no query: {error}") from error
    if result is None or options.get("--output") == "none":
        return ""
    if isinstance(result, str) and not {"--query", "--output"} & set(options):
        # The CLI prints the log of a server as one text of JSON, which nobody can read.
        return f"{result}\n"
    if options.get("--output") == "yaml":
        return str(yaml.safe_dump(result, default_flow_style=False))
    if options.get("--output") == "tsv":
        rows = result if isinstance(result, list) else [result]
        return "".join("\t".join(map(str, row if isinstance(row, list) else [row])) + "\n" for row in rows)
    return f"{json.dumps(result)}\n"
