"""Publishes the findings in open files, soon after each change."""

import asyncio
import logging
from collections.abc import Callable

from lsprotocol.types import Diagnostic, PublishDiagnosticsParams

from azrelease.application.open_files import OpenFiles
from azrelease.errors import UserError
from azrelease.language_server.findings import diagnostic
from azrelease.language_server.open_documents import OpenDocuments
from azrelease.lint import FileReport

logger = logging.getLogger(__name__)

PAUSE = 0.04
"""Seconds after a change until files are checked: while someone types, not after each key."""


class Publisher:
    """Checks open files when they have changed, one at a time, so that requests are answered in between.

    Args:
        workspace: the open files.
        send: sends diagnostics to the client.
        fail: says an error of our own.
        done: is called when all open files are checked.
    """

    def __init__(
        self,
        workspace: OpenDocuments,
        send: Callable[[PublishDiagnosticsParams], None],
        fail: Callable[[Exception], None],
        done: Callable[[], None],
    ) -> None:
        self._workspace = workspace
        self._send = send
        self._fail = fail
        self._done = done
        self._sent: dict[str, tuple[int | None, list[Diagnostic]]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def schedule(self) -> None:
        """Check what has changed, after a pause; each further change begins the pause anew."""
        self._plan(PAUSE)

    def closed(self, uri: str) -> None:
        """Show no findings in a file that was closed, until a check finds some there."""
        if self._sent.pop(uri, None) is not None:
            self._send(PublishDiagnosticsParams(uri, []))

    def _plan(self, pause: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(pause, self._step)

    def _step(self) -> None:
        """Check one file; publish when there is none left. Messages that come meanwhile are read between two steps."""
        for files in self._workspace.files:
            for name in files.unchecked:
                self._check(files, name)
                self._plan(0)
                return
        self._publish()
        self._done()

    def _check(self, files: OpenFiles, name: str) -> None:
        try:
            files.check(name)
        except Exception as error:  # noqa: BLE001  (an error of a rule must not end the session of an editor)
            self._fail(error)
            files.pass_over(name)

    def _publish(self) -> None:
        found: dict[str, tuple[int | None, list[Diagnostic]]] = {
            document.uri: (document.version, []) for document in self._workspace.documents
        }
        for files in self._workspace.files:
            for report in files.reports():
                self._add(files, report, found)
        for uri in self._sent.keys() - found.keys():
            found[uri] = (None, [])
        for uri, (version, diagnostics) in found.items():
            if self._sent.get(uri) != (version, diagnostics):
                self._send(PublishDiagnosticsParams(uri, diagnostics, version))
        self._sent = {uri: each for uri, each in found.items() if each[1] or each[0] is not None}

    def _add(self, files: OpenFiles, report: FileReport, found: dict[str, tuple[int | None, list[Diagnostic]]]) -> None:
        for path in dict.fromkeys(finding.diagnostic.file for finding in report.findings):
            try:
                uri, text = self._workspace.of_path(files, path)
            except UserError as error:
                logger.warning("%s", error)
                continue
            _, diagnostics = found.setdefault(uri, (None, []))
            of_file = (each.diagnostic for each in report.findings if each.diagnostic.file == path)
            diagnostics.extend(diagnostic(each, text, files) for each in of_file)
