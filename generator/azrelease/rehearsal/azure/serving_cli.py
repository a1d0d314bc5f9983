"""The `az` on the path of a script: a few lines of bash that ask the stand-in in the process of the rehearsal."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Answer = tuple[int, str, str]
"""Exit code, what is printed, and what is printed to standard error."""

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


class _Handler(socketserver.StreamRequestHandler):
    timeout = 10
    """Seconds to wait for a command: a script that is ended may not say one to the end."""

    server: "_Server"

    def handle(self) -> None:
        folder, _, count = (self._text() for _ in range(3))
        if not count.isdecimal():
            return
        words = [self._text() for _ in range(int(count))]
        code, out, err = self.server.answer(words, Path(folder))
        self.wfile.write(f"{code}\0{out}\0{err}\0".encode())

    def _text(self) -> str:
        data = bytearray()
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            data += byte
        return data.decode(errors="replace")


class _Server(socketserver.ThreadingTCPServer):
    def __init__(self, answer: Callable[[list[str], Path], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer

    def handle_error(self, *_: object) -> None:
        """A script that goes away is no fault."""


@contextmanager
def serving(answer: Callable[[list[str], Path], Answer]) -> Iterator[str]:
    """Serve a stand-in on the loopback; gives the text of an `az` that asks it, in bash.

    At the end it is waited for the commands that go on: none may make files when these are being removed.
    """
    with _Server(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield _CLIENT.format(port=server.server_address[1])
        finally:
            server.shutdown()
            thread.join()
