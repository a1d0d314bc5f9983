"""How long an editor waits for the language server, and what memory it takes, side by side with Microsoft's server.

Run it with the Python that has azrelease installed with the extra `editor`:

    python bench/editor.py [FILE] [--keys 100] [--server NODE_MODULES]

Each server is a process that an editor speaks with over standard input and output. On one file (by default the pipeline
of median size of those beside the checkout, else one of a sample) it measures:

- from the start of the process to the first findings in the file;
- from a key to the findings in the text with it, as the user gets them: with the pause that each server makes;
- from a request to its answer, for completion and hover;
- the memory of the process at the end.

Microsoft's server is measured where node and the folder with `npm install azure-pipelines-language-server` are there.
Both get the same text, keys and requests; it gets the schema that check-jsonschema has of the service.
"""

import argparse
import itertools
import json
import os
import queue
import shutil
import statistics
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

SCRIPTS = Path(sysconfig.get_path("scripts"))
ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT.parent / "shared" / "corpus" / "pipelines"
"""Published pipelines, where they stand beside the checkout."""
SAMPLE = ROOT / "samples" / "insurance" / "azure-pipelines.yml"

LATENCY_BAR = 0.150
"""Seconds from a key to the findings, in the median, that a user does not notice."""
LIMIT = 60
"""Seconds after which an answer does not come any more."""


class Figures(NamedTuple):
    """What was measured of a server, in seconds and megabytes.

    Attributes:
        start: from the start of the process to the first findings.
        keys: from each key to the findings.
        completion: from each request to its answer; `hover` likewise.
        memory: the resident memory at the end; None where the system does not say it.
    """

    start: float
    keys: Sequence[float]
    completion: Sequence[float]
    hover: Sequence[float]
    memory: float | None


class Connection:
    """A server, and the messages to and from it."""

    def __init__(self, command: Sequence[str], folder: Path, answers: Mapping[str, Callable[[Any], Any]]) -> None:
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._answers = answers
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self._numbers = itertools.count(1)
        threading.Thread(target=self._read, daemon=True).start()

    def tell(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: object) -> Any:  # noqa: ANN401  (any JSON)
        """The answer to a request."""
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        return self.wait(lambda message: message.get("id") == number and "method" not in message).get("result")

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message that is wanted; others are answered or dropped."""
        end = time.monotonic() + LIMIT
        while True:
            message = self._messages.get(timeout=max(end - time.monotonic(), 0.001))
            if "id" in message and "method" in message:
                answer = self._answers.get(message["method"], lambda _: None)
                self._send({"id": message["id"], "result": answer(message.get("params"))})
            elif wanted(message):
                return message

    def memory(self) -> float | None:
        """The resident memory of the process in megabytes."""
        try:
            lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8").splitlines()
        except OSError:
            return None
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))

    def _send(self, message: dict[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(f"Content-Length: {len(content)}\r\n\r\n".encode() + content)
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while (line := stream.readline().strip()) != b"":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            if not length:
                return
            self._messages.put(json.loads(stream.read(length)))


def main() -> int:
    """Print the figures of each server; the exit code says whether ours met its bar."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path, nargs="?", default=None)
    parser.add_argument("--keys", type=int, default=100)
    parser.add_argument("--server", type=Path, help="a folder node_modules that has Microsoft's language server")
    parser.add_argument("--slack", type=float, default=1.0, help="widen the bar by this factor, on a noisy machine")
    options = parser.parse_args()
    file = options.file or median_file()
    text = file.read_text(encoding="utf-8-sig")
    print(f"{file.name}: {len(text.encode())} bytes, {len(text.splitlines())} lines; {options.keys} keys")
    ours = measured([str(SCRIPTS / "azrelease"), "language-server"], text, options.keys)
    show("azrelease", ours)
    node = shutil.which("node")
    if options.server and node:
        program = options.server / "azure-pipelines-language-server" / "out" / "server.js"
        show("Microsoft's server", measured([node, str(program), "--stdio"], text, options.keys, schema()))
    latency = statistics.median(ours.keys)
    met = latency <= LATENCY_BAR * options.slack
    verdict = "ok" if latency <= LATENCY_BAR else "MISSED"
    print(f"from a key to the findings: {latency * 1000:.0f} ms (bar {LATENCY_BAR * 1000:.0f} ms) {verdict}")
    return 0 if met else 1


def median_file() -> Path:
    """The published pipeline of median size; a sample where there are none."""
    files = sorted(PUBLISHED.glob("*.yml"), key=lambda path: path.stat().st_size) if PUBLISHED.is_dir() else []
    return files[len(files) // 2] if files else SAMPLE


def schema() -> dict[str, Any]:
    """The settings of Microsoft's server, with the schema of the service."""
    import check_jsonschema

    path = Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor" / "azure-pipelines.json"
    return {"yaml": {"validate": True, "schemas": {path.as_uri(): "/*"}}}


def measured(command: Sequence[str], text: str, keys: int, settings: dict[str, Any] | None = None) -> Figures:
    """The figures of a server on a text, in a folder of its own."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return _measured(command, Path(folder), text, keys, settings)


def _measured(command: Sequence[str], folder: Path, text: str, keys: int, settings: dict[str, Any] | None) -> Figures:
    uri = (folder / "azure-pipelines.yml").as_uri()
    broken = f"{text.rstrip()}\nunknown_key: 1\n"
    answers: dict[str, Callable[[Any], Any]] = {
        "workspace/configuration": lambda params: [settings for _ in params["items"]],
        "custom/schema/request": lambda _: next(iter(settings["yaml"]["schemas"])) if settings else None,
        "custom/schema/content": lambda params: Path(str(params).removeprefix("file://")).read_text(encoding="utf-8"),
        "vscode/content": lambda params: Path(str(params).removeprefix("file://")).read_text(encoding="utf-8"),
    }
    begin = time.perf_counter()
    server = Connection(command, folder, answers)
    capabilities = {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}
    folders = [{"uri": folder.as_uri(), "name": "bench"}]
    params = {"processId": os.getpid(), "rootUri": folder.as_uri(), "workspaceFolders": folders}
    server.ask("initialize", {**params, "capabilities": capabilities})
    server.tell("initialized", {})
    if settings is not None:
        server.tell("workspace/didChangeConfiguration", {"settings": settings})
    document = {"uri": uri, "languageId": "azure-pipelines", "version": 1, "text": broken}
    server.tell("textDocument/didOpen", {"textDocument": document})
    server.wait(lambda message: _has_findings(message, uri))
    start = time.perf_counter() - begin
    latencies = [_key(server, uri, broken, number) for number in range(2, keys + 2)]
    place = {"textDocument": {"uri": uri}, "position": {"line": len(broken.splitlines()), "character": 0}}
    completion = [_timed(lambda: server.ask("textDocument/completion", place)) for _ in range(keys // 4)]
    key = next(number for number, line in enumerate(text.splitlines()) if line and line[0].isalpha())
    on_key = {"textDocument": {"uri": uri}, "position": {"line": key, "character": 1}}
    hover = [_timed(lambda: server.ask("textDocument/hover", on_key)) for _ in range(keys // 4)]
    memory = server.memory()
    server.ask("shutdown", None)
    server.tell("exit", None)
    server.process.wait(LIMIT)
    return Figures(start, latencies, completion, hover, memory)


def _has_findings(message: dict[str, Any], uri: str) -> bool:
    params = message.get("params", {})
    return (
        message.get("method") == "textDocument/publishDiagnostics"
        and params["uri"] == uri
        and bool(params["diagnostics"])
    )


def _key(server: Connection, uri: str, text: str, version: int) -> float:
    """Seconds from one key in the last line to the findings in the text with it."""
    line = len(text.splitlines()) - 1
    end = {"line": line, "character": len("unknown_key")}
    start = end if version % 2 == 0 else {"line": line, "character": len("unknown_key") - 1}
    change = {"range": {"start": start, "end": end}, "text": "x" if version % 2 == 0 else "y"}
    begin = time.perf_counter()
    params = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]}
    server.tell("textDocument/didChange", params)
    server.wait(lambda message: _has_findings(message, uri) and message["params"].get("version") in (None, version))
    return time.perf_counter() - begin


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def show(name: str, figures: Figures) -> None:
    """Print the figures of a server."""
    print(f"{name}:")
    print(f"  first findings after the start {figures.start * 1000:6.0f} ms")
    for what, times in (("key", figures.keys), ("completion", figures.completion), ("hover", figures.hover)):
        ordered = sorted(times)
        late = ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
        print(f"  {what:11} median {statistics.median(ordered) * 1000:6.1f} ms, 95th percentile {late * 1000:6.1f} ms")
    print("  memory not measured here" if figures.memory is None else f"  memory {figures.memory:.0f} MB")


if __name__ == "__main__":
    sys.exit(main())
