"""The `az` on the path of a script: a few lines of bash that send the command to the process of the rehearsal."""

import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.rehearsal.loopback import serve

_CLIENT = """\
exec 3<>/dev/tcp/127.0.0.1/{port}
{{ printf '%s\\0' "$PWD" "${{BUILD_BUILDID-}}" "$#" "$@"; }} >&3
IFS= read -r -d '' code <&3
IFS= read -r -d '' out <&3
IFS= read -r -d '' err <&3
printf '%s' "$out"
printf '%s' "$err" >&2
exit "${{code:-1}}"
"""


class CommandAnswer(NamedTuple):
    """The exit code of a command, and its texts on standard output and standard error."""

    code: int
    output: str = ""
    error: str = ""


RunCommand = Callable[[list[str], Path], CommandAnswer]
"""Runs a command: its words behind `az`, and the working folder."""


class _CommandHandler(socketserver.StreamRequestHandler):
    timeout = 10
    """Seconds to wait for a command: a script that is ended may send only part of it."""

    def __init__(self, run: RunCommand, *connection: Any) -> None:  # noqa: ANN401  (socket, address and server)
        self._run = run
        super().__init__(*connection)

    def handle(self) -> None:
        folder, _, count = (self._text() for _ in range(3))
        if not count.isdecimal():
            return
        words = [self._text() for _ in range(int(count))]
        answer = self._run(words, Path(folder))
        self.wfile.write("".join(f"{part}\0" for part in answer).encode())

    def _text(self) -> str:
        data = bytearray()
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            data += byte
        return data.decode(errors="replace")


@contextmanager
def cli_program(run: RunCommand) -> Iterator[str]:
    """Serve a simulated CLI; yields the text of an `az` in bash that sends its command there.

    The end waits for running commands: none may write files while the sandbox is being removed.
    """
    with serve(partial(_CommandHandler, run), wait_for_requests=True) as port:
        yield _CLIENT.format(port=port)
