"""The log of the server of a deployment: what it has raised, and why it did not start."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from azrelease.rehearsal.azure.hosting import DeploymentSpec

_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
_SERVER_ERRORS = "azureml_inference_server_http."
_MAX_LINES = 40
_PORT_IN_USE = "Connection in use"


class ServerLog(NamedTuple):
    """The file that a server writes its log to."""

    path: Path

    def text(self) -> str:
        """The last lines of the log."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-_MAX_LINES:])

    def last_error(self) -> str:
        """The last exception of the script, without those that the server wraps it in; empty without one."""
        errors = [line for line in _raised(self.text()) if not line.startswith(_SERVER_ERRORS)]
        return errors[-1] if errors else ""

    def missing_modules(self) -> list[str]:
        """The modules that the script failed to import."""
        return _NO_MODULE.findall(self.text())

    def startup_problem(self, deployment: DeploymentSpec, *, packages_limited: bool) -> str:
        """Why the server ended; `packages_limited` when it could import only the packages of its conda file."""
        text, missing, script = self.text(), self.missing_modules(), f"`{deployment.script}`"
        if missing and missing[-1] == "azureml_inference_server_http":
            return (
                "the inference server is not installed in the Python of the rehearsal: "
                '`pip install "azrelease[rehearse]"`, or name another Python with --python'
            )
        if missing and packages_limited and deployment.conda_file is not None:
            return (
                f"{script} imports `{missing[-1]}`: it is not in {deployment.conda_file.name}, or not installed in the "
                "Python of the rehearsal"
            )
        if missing:
            return f"{script} imports `{missing[-1]}`, which is not installed in the Python of the rehearsal"
        if _PORT_IN_USE in text:
            return f"`{deployment.name}`: another program took its port: rehearse again"
        where = "`init()` raises" if "invoke_init" in text or "in init" in text else "it does not start"
        return f"{script}: {where}: {self.last_error() or 'see its log'}"


def _raised(log: str) -> Iterator[str]:
    """The last line of each traceback in a log."""
    inside = False
    for line in log.splitlines():
        if "Traceback (most recent call last):" in line:
            inside = True
        elif inside and line and not line.startswith((" ", "|")):
            inside = False
            yield line
