"""The simulated CLI: finds a command, checks its arguments against the reference, runs it, and prints as `az` does."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from azrelease.catalog.azure_ml_cli import find_commands, parse
from azrelease.rehearsal.azure import ml_v1, ml_v2
from azrelease.rehearsal.azure.cli_program import CommandAnswer
from azrelease.rehearsal.azure.command_call import CommandCall
from azrelease.rehearsal.azure.hosting import SimulatedRefusalError
from azrelease.rehearsal.azure.ml_v2 import batch

_DEFAULTS = {"group": ("--resource-group", "-g"), "workspace": ("--workspace-name", "-w")}
_EXTENSIONS = {"ml": "v2", "azure-cli-ml": "v1"}
_RESET = CommandAnswer(1, "", "ERROR: connection reset\n")

# The reference lacks these commands; the options of the second are those of JobOperations.download in azure-ai-ml.
_CLUSTER_OPTIONS = frozenset(("--resource-group", "--workspace-name", "--query", "--output"))
_DOWNLOAD_OPTIONS = frozenset(("--resource-group", "--workspace-name", "--name", "--output-name", "--download-path"))


@dataclass
class SimulatedAzureCLI:
    """The state of a subscription, and the calls so far.

    Attributes:
        fail: `before:3` or `after:3`: the third call fails before, or after, it took effect, as a network does.
        defaults: the values of `az configure --defaults`.
        answers: the answers to other commands, by the beginning of the command.
        refused: called with the command and the reason of each refusal.
    """

    fail: str | None = None
    calls: list[list[str]] = field(default_factory=list)
    extensions: list[str] = field(default_factory=list)
    defaults: Mapping[str, str] = field(default_factory=dict)
    v1: ml_v1.V1Workspace = field(default_factory=ml_v1.V1Workspace)
    v2: ml_v2.V2Workspace = field(default_factory=ml_v2.V2Workspace)
    answers: Mapping[str, str] = field(default_factory=dict)
    refused: Callable[[str, str], None] = lambda _command, _reason: None

    def __call__(self, words: list[str], folder: Path) -> CommandAnswer:
        """Run the command with these words behind `az` in a folder."""
        self.calls.append(words)
        when, _, number = (self.fail or "never:0").partition(":")
        fails = int(number) == len(self.calls)
        if fails and when == "before":
            return _RESET
        try:
            text = _output(*self._run(words, folder))
        except SimulatedRefusalError as refusal:
            self.refused(_command_name(words), str(refusal))
            return CommandAnswer(2, "", f"ERROR: {refusal}\n")
        except Exception as error:  # noqa: BLE001  (a fault of the simulation must not look like one of Azure)
            reason = f"the simulation of this command failed, please report it: {error!r}"
            self.refused(_command_name(words), reason)
            return CommandAnswer(1, "", f"ERROR: {reason}\n")
        return _RESET if fails and when == "after" else CommandAnswer(0, text)

    def _run(self, words: list[str], folder: Path) -> tuple[object, dict[str, str]]:
        """The result of a command, and the options that it is printed with."""
        line = " ".join(words)
        fitting = [begin for begin in self.answers if line == begin or line.startswith(f"{begin} ")]
        if fitting:
            return self.answers[max(fitting, key=len)], {"--output": "text"}
        if words[:2] == ["extension", "add"]:
            self.extensions = sorted({*self.extensions, _extension_name(words[2:])})
            return None, {}
        if words[:1] == ["configure"]:
            pairs = (word.partition("=") for word in words if "=" in word)
            self.defaults = {**self.defaults, **{name: value for name, _, value in pairs}}
            return None, {}
        if words[:2] == ["account", "set"]:
            return None, {}
        if words[:3] == ["ml", "computetarget", "list"]:
            options = _options(words, _CLUSTER_OPTIONS)
            return [{"name": name, **cluster} for name, cluster in self.v1.clusters.items()], options
        if words[:3] == ["ml", "job", "download"]:
            batch.download_job(self.v2, CommandCall(_options(words, _DOWNLOAD_OPTIONS), {}, folder))
            return None, {}
        if words[:1] != ["ml"]:
            raise _not_simulated(_command_name(words))
        return self._machine_learning(words, folder)

    def _machine_learning(self, words: list[str], folder: Path) -> tuple[object, dict[str, str]]:
        generation = next((_EXTENSIONS[name] for name in _EXTENSIONS if name in self.extensions), None)
        if generation is None:
            raise SimulatedRefusalError("'ml' is misspelled or not recognized by the system: no extension was added")
        command = next((known for known in find_commands(words) if known.generation == generation), None)
        if command is None:
            raise SimulatedRefusalError(
                f"'{_command_name(words)}' is not an az command of the extension that was added"
            )
        parsed = parse(command, [*words[len(command.name.split()) :], *self._default_options(words)])
        if parsed.problems:
            raise SimulatedRefusalError("; ".join(parsed.problems))
        values = {name: ("\0" if name == "--tags" else " ").join(given) for name, given in parsed.values.items()}
        settings = dict(word.split("=", 1) for word in parsed.values.get("--set", ()) if "=" in word)
        call = CommandCall(values, settings, folder)
        if generation == "v2" and command.name in ml_v2.COMMANDS:
            return ml_v2.COMMANDS[command.name](self.v2, call), values
        if generation == "v1" and command.name in ml_v1.COMMANDS:
            return ml_v1.COMMANDS[command.name](self.v1, call), values
        raise _not_simulated(command.name)

    def _default_options(self, words: list[str]) -> Iterator[str]:
        """The values of `az configure --defaults` for options that a command does not have."""
        given = {word.partition("=")[0] for word in words}
        for name, (option, short) in _DEFAULTS.items():
            if name in self.defaults and not given & {option, short}:
                yield from (option, self.defaults[name])


def _not_simulated(command: str) -> SimulatedRefusalError:
    return SimulatedRefusalError(f"`az {command}` is not rehearsed: put its answer in a file, --az-answers FILE")


def _options(words: list[str], known: frozenset[str]) -> dict[str, str]:
    """The options of a command of three words that is not in the reference."""
    options = dict(zip(words[3::2], words[4::2], strict=False))
    if set(options) - known:
        raise SimulatedRefusalError(f"`az {' '.join(words[:3])}` is rehearsed with: {', '.join(sorted(known))}")
    return options


def _extension_name(words: list[str]) -> str:
    """The name in `az extension add`."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        option, equals, value = word.partition("=")
        if option in ("--name", "-n"):
            return value if equals else following
    raise SimulatedRefusalError("az extension add: a name is required, --name")


def _command_name(words: list[str]) -> str:
    return " ".join(
        word for index, word in enumerate(words[:5]) if not any(w.startswith("-") for w in words[: index + 1])
    )


def _output(result: Any, options: Mapping[str, str]) -> str:  # noqa: ANN401  (any JSON)
    """The text that the CLI prints: nothing for an empty result, the word None for an empty cell of a table."""
    if options.get("--output") == "text":
        return f"{result}\n"
    if "--query" in options:
        import jmespath

        try:
            result = jmespath.search(options["--query"], result)
        except jmespath.exceptions.JMESPathError as error:
            raise SimulatedRefusalError(f"argument --query: invalid query {options['--query']}: {error}") from error
    if result is None or options.get("--output") == "none":
        return ""
    if isinstance(result, str) and not {"--query", "--output"} & set(options):
        # The CLI prints the log of a server as one JSON string, which is unreadable.
        return f"{result}\n"
    if options.get("--output") == "yaml":
        return str(yaml.safe_dump(result, default_flow_style=False))
    if options.get("--output") == "tsv":
        rows = result if isinstance(result, list) else [result]
        return "".join("\t".join(map(str, row if isinstance(row, list) else [row])) + "\n" for row in rows)
    return f"{json.dumps(result)}\n"
