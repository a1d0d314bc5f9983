"""A stand-in for `az`: knows the Azure ML commands, refuses arguments that the reference does not list, keeps state.

It runs as a server in the test's own process; the `az` on the path of a script is a few lines of bash that ask it. That is fast
enough to let every single call of every stage fail once.
"""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jmespath
import yaml

from azrelease.catalog.azure_ml_cli import find_commands, parse
from support import azure_ml_v1, azure_ml_v2
from support.azure_refusal import Refused

CLIENT = """\
exec 3<>/dev/tcp/127.0.0.1/{port}
{{ printf '%s\\0' "$PWD" "${{BUILD_BUILDID-}}" "$#" "$@"; }} >&3
IFS= read -r -d '' code <&3
IFS= read -r -d '' out <&3
IFS= read -r -d '' err <&3
printf '%s' "$out"
printf '%s' "$err" >&2
exit "$code"
"""

Answer = tuple[int, str, str]


@dataclass
class AzureCLI:
    """The state of a subscription, the calls so far, and which call is to fail.

    `fail` is `before:3` or `after:3`: the third call fails before, or after, it took effect, as a network does.
    """

    fail: str | None = None
    calls: list[list[str]] = field(default_factory=list)
    extensions: list[str] = field(default_factory=list)
    v1: azure_ml_v1.State = field(default_factory=azure_ml_v1.State)
    v2: azure_ml_v2.State = field(default_factory=azure_ml_v2.State)

    def __call__(self, words: list[str], folder: Path) -> Answer:
        self.calls.append(words)
        when, _, number = (self.fail or "never:0").partition(":")
        fails = int(number) == len(self.calls)
        if fails and when == "before":
            return 1, "", "ERROR: connection reset\n"
        try:
            result, options = self._run(words, folder)
        except Refused as refusal:
            return 2, "", f"ERROR: {refusal}\n"
        if fails and when == "after":
            return 1, "", "ERROR: connection reset\n"
        return 0, printed(result, options), ""

    def _run(self, words: list[str], folder: Path) -> tuple[Any, dict[str, str]]:
        if words[:2] == ["extension", "add"]:
            self.extensions = sorted({*self.extensions, words[words.index("--name") + 1]})
            return None, {}
        if words[:3] == ["ml", "computetarget", "list"]:
            # The reference lists no arguments of this command; these are the ones that all of its group take.
            given = dict(zip(words[3::2], words[4::2], strict=True))
            if set(given) - {"--resource-group", "--workspace-name", "--query", "--output"}:
                raise Refused(f"unrecognized arguments: {words}")
            return [{"name": name, **cluster} for name, cluster in self.v1.clusters.items()], given
        if not {"ml", "azure-cli-ml"} & set(self.extensions):
            raise Refused("'ml' is misspelled or not recognized by the system.")
        wanted = "v2" if "ml" in self.extensions else "v1"
        command = next((found for found in find_commands(words) if found.generation == wanted), None)
        if command is None:
            raise Refused(f"'{' '.join(words[:4])}' is not an az command")
        parsed = parse(command, words[len(command.name.split()) :])
        if parsed.problems:
            raise Refused("; ".join(parsed.problems))
        commands: dict[str, Callable[..., Any]] = azure_ml_v2.COMMANDS if wanted == "v2" else azure_ml_v1.COMMANDS
        state = self.v2 if wanted == "v2" else self.v1
        values = {name: ("\0" if name == "--tags" else " ").join(given) for name, given in parsed.values.items()}
        settings = dict(word.split("=", 1) for word in parsed.values.get("--set", ()))
        return commands[command.name](state, values, settings, folder), values


def printed(result: Any, options: dict[str, str]) -> str:
    """What the CLI prints: an empty result is nothing, but an empty cell of a table is the word None."""
    if "--query" in options:
        result = jmespath.search(options["--query"], result)
    if result is None or options.get("--output") == "none":
        return ""
    if options.get("--output") == "yaml":
        return str(yaml.safe_dump(result, default_flow_style=False))
    if options.get("--output") == "tsv":
        rows = result if isinstance(result, list) else [result]
        return "".join("\t".join(map(str, row if isinstance(row, list) else [row])) + "\n" for row in rows)
    return f"{json.dumps(result)}\n"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        folder, _, count = (self._text() for _ in range(3))
        words = [self._text() for _ in range(int(count))]
        code, out, err = self.server.answer(words, Path(folder))  # type: ignore[attr-defined]
        self.wfile.write(f"{code}\0{out}\0{err}\0".encode())

    def _text(self) -> str:
        data = bytearray()
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            data += byte
        return data.decode()


@contextmanager
def serving(answer: Callable[[list[str], Path], Answer]) -> Iterator[str]:
    """Serve a stand-in on the loopback; gives the text of an `az` that asks it, in bash."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Handler) as server:
        server.answer = answer  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield CLIENT.format(port=server.server_address[1])
        finally:
            server.shutdown()
            thread.join()
