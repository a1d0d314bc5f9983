"""Starts and ends the servers of deployments, and says why one does not come up."""

import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from azrelease.rehearsal.azure.hosting import Deployed
from azrelease.rehearsal.azure.refusal import SimulatedRefusalError
from azrelease.rehearsal.processes import end_group
from azrelease.rehearsal.sandbox import Sandbox
from azrelease.rehearsal.serving.front import HEADER, Backend, Front
from azrelease.rehearsal.serving.models import Models
from azrelease.rehearsal.serving.packages import CondaPackages, conda_packages

_WORKER = Path(__file__).parent / "worker.py"
_BATCH = Path(__file__).parent / "batch_worker.py"
_LONGEST_JOB = 300.0
"""Seconds."""
_OK = 200
_PAUSE = 0.05
_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
_OF_THE_SERVER = "azureml_inference_server_http."
_LOG_LINES = 40
_TAKEN = "Connection in use"
"""What the server says when something else listens on its port."""


@dataclass
class LocalHost:
    """Serves deployments on loopback ports.

    Attributes:
        sandbox: where logs and models lie.
        front: what stands before the deployments.
        models: the files of models.
        python: the Python that has the inference server and the packages of the model.
        patience: seconds that a server may take to come up.
        copies: the files of code that were uploaded, each with its copy.
    """

    sandbox: Sandbox
    front: Front
    models: Models
    python: str
    patience: float
    copies: list[tuple[Path, Path]] = field(default_factory=list)
    _closing: threading.Event = field(default_factory=threading.Event)
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _servers: dict[tuple[str, str], subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, deployed: Deployed) -> None:
        """Serve a deployment; one of the same name makes room.

        Raises:
            RefusedError: it does not come up: a file is missing, `init()` raises, it is not healthy in time.
        """
        self.stop(deployed.endpoint, deployed.name)
        script = deployed.folder / deployed.script
        if not deployed.script or not script.is_file():
            raise SimulatedRefusalError(f"the scoring script `{deployed.script}` is not in {deployed.folder.name}/")
        packages = None if deployed.conda_file is None else conda_packages(deployed.conda_file)
        code = self._uploaded(deployed)
        port = _free_port()
        log = self._log(deployed.endpoint, deployed.name)
        with log.open("wb") as output, self._starting:
            self._go_on()
            process = subprocess.Popen(  # noqa: S603  (the Python of the user, with a file of ours)
                [self.python, str(_WORKER)],
                cwd=code,
                env=self._environment(deployed, code, port, packages),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._servers[deployed.endpoint, deployed.name] = process
        self._wait(deployed, process, port, packages)

        def why() -> str:
            return next(iter(reversed(self._raised(deployed))), "")

        self.front.put(deployed.endpoint, deployed.name, Backend(port, deployed.timeout, deployed.wraps_errors, why))

    def score(self, deployed: Deployed, files: Sequence[Path]) -> list[str]:
        """Score files with a batch scoring script, in a process of its own.

        Raises:
            RefusedError: a file is missing, the script raises, or it takes too long.
        """
        script = deployed.folder / deployed.script
        if not deployed.script or not script.is_file():
            raise SimulatedRefusalError(f"the scoring script `{deployed.script}` is not in {deployed.folder.name}/")
        code = self._uploaded(deployed)
        given = {"script": str(code / deployed.script), "files": [str(path.resolve()) for path in files]}
        log = self._log(deployed.endpoint, deployed.name)
        with log.open("wb") as output, self._starting:
            self._go_on()
            process = subprocess.Popen(  # noqa: S603  (the Python of the user, with a file of ours)
                [self.python, str(_BATCH)],
                cwd=code,
                env={**self._environment(deployed, code, 0, None), "AZRELEASE_BATCH": json.dumps(given)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=output,
                start_new_session=True,
            )
            self._servers[deployed.endpoint, deployed.name] = process
        try:
            text, _ = process.communicate(timeout=max(self.patience, _LONGEST_JOB))
        except subprocess.TimeoutExpired:
            self.stop(deployed.endpoint, deployed.name)
            raise SimulatedRefusalError(f"`{deployed.script}` takes longer than {_LONGEST_JOB} s") from None
        self._servers.pop((deployed.endpoint, deployed.name), None)
        if process.returncode:
            said = next(iter(reversed(self._raised(deployed))), f"it ends with {process.returncode}")
            raise SimulatedRefusalError(f"`{deployed.script}`: {said}")
        lines: list[str] = json.loads(text)
        return lines

    def _environment(self, deployed: Deployed, code: Path, port: int, packages: CondaPackages | None) -> dict[str, str]:
        asked_for = None if packages is None else packages._asdict()
        given = {"port": port, "script": str(code / deployed.script), "packages": asked_for}
        model = self._model(deployed.model)
        return {
            **self.sandbox.environment(),
            **deployed.environment,
            **self.sandbox.fixed(deployed.environment),
            "AZUREML_MODEL_DIR": str(model),
            "AML_APP_ROOT": str(code),
            "WORKER_TIMEOUT": "300",
            "AZRELEASE_SERVER": json.dumps(given),
        }

    def _uploaded(self, deployed: Deployed) -> Path:
        """The code as the service gets it: a copy, which stays as it is whatever becomes of the workspace."""
        place = self.sandbox.folder / "code" / f"{deployed.endpoint}-{deployed.name}-{len(self.copies)}"
        for source in sorted(deployed.folder.rglob("*")):
            self._go_on()
            if source.is_file():
                target = place / source.relative_to(deployed.folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                before = source.stat()
                shutil.copyfile(source, target)
                # That it was copied does not mean that anything has read it.
                for path in (source, target):
                    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
                self.copies.append((source, target))
        return place

    def _model(self, model: str | None) -> Path:
        empty = self.sandbox.folder / "models" / "none"
        empty.mkdir(parents=True, exist_ok=True)
        if model is None:
            return empty
        return self.models.folder(*_name_and_version(model)) or empty

    def _wait(
        self, deployed: Deployed, process: "subprocess.Popen[bytes]", port: int, packages: CondaPackages | None
    ) -> None:
        """Wait until a server is healthy.

        Raises:
            RefusedError: it ends, or does not become healthy.
        """
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            self._go_on()
            if process.poll() is not None:
                raise SimulatedRefusalError(self._why(deployed, packages))
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            with suppress(OSError, HTTPException):
                connection.request("GET", "/")
                if connection.getresponse().status == _OK:
                    return
            connection.close()
            time.sleep(_PAUSE)
        self.stop(deployed.endpoint, deployed.name)
        raise SimulatedRefusalError(
            f"`{deployed.name}` is not healthy after {self.patience:g} s: `init()` takes too long"
        )

    def _why(self, deployed: Deployed, packages: CondaPackages | None) -> str:
        """Why a server has ended, from its log."""
        text = self.log(deployed.endpoint, deployed.name)
        missing = _NO_MODULE.findall(text)
        if not missing and deployed.model is not None and not self.models.knows(*_name_and_version(deployed.model)):
            return f"`{deployed.script}`: {self._no_files(deployed.model.partition(':')[0])}"
        if missing and missing[-1] == "azureml_inference_server_http":
            return (
                "the inference server is not installed in the Python of the rehearsal: "
                '`pip install "azrelease[rehearse]"`, or name another one with --python'
            )
        if missing and packages is not None and deployed.conda_file is not None:
            return (
                f"`{deployed.script}` imports `{missing[-1]}`: {deployed.conda_file.name} does not ask for it, or the "
                "Python of the rehearsal does not have it"
            )
        if missing:
            return f"`{deployed.script}` imports `{missing[-1]}`, which is not installed in the Python of the rehearsal"
        if _TAKEN in text:
            return f"`{deployed.name}`: another program took the port that it was given: rehearse once more"
        lines = self._raised(deployed)
        said = lines[-1] if lines else "its log says why"
        where = "`init()` raises" if "invoke_init" in text or "in init" in text else "it does not start"
        return f"`{deployed.script}`: {where}: {said}"

    def _raised(self, deployed: Deployed) -> list[str]:
        """What the script has raised so far, without what the server wraps it in."""
        text = self.log(deployed.endpoint, deployed.name)
        return [line for line in _raised(text) if not line.startswith(_OF_THE_SERVER)]

    def stop(self, endpoint: str, name: str) -> None:
        """End the server of a deployment."""
        self.front.take(endpoint, name)
        process = self._servers.pop((endpoint, name), None)
        if process is not None:
            end_group(process.pid)
            process.wait()

    def close(self) -> None:
        """Start no server any more, and wait for none."""
        self._closing.set()
        with self._starting:
            self.stop_all()

    def _go_on(self) -> None:
        """See that the rehearsal is not about to end.

        Raises:
            RefusedError: it is.
        """
        if self._closing.is_set():
            raise SimulatedRefusalError("the rehearsal ends")

    def stop_all(self) -> None:
        """End all servers."""
        for endpoint, name in list(self._servers):
            self.stop(endpoint, name)

    def route(self, endpoint: str, shares: Mapping[str, int], key: str | None) -> None:
        """Share the requests of an endpoint out."""
        self.front.route(endpoint, shares, key)

    def address(self, endpoint: str) -> str:
        """Where an endpoint takes requests."""
        return f"http://127.0.0.1:{self.front.port}/{endpoint}/score"

    def ask(self, endpoint: str, name: str | None, body: bytes, key: str | None) -> str:
        """Send a request to an endpoint, or to one deployment of it.

        Raises:
            RefusedError: the answer is none that the CLI prints.
        """
        headers = {**({"Authorization": f"Bearer {key}"} if key else {}), **({HEADER: name} if name else {})}
        reply = self.front.answer(endpoint, headers, body)
        text = reply.body.decode("utf-8", errors="replace")
        if reply.status != _OK:
            raise SimulatedRefusalError(f"({reply.status}) {text}")
        return text

    def log(self, endpoint: str, name: str) -> str:
        """The last lines that a server has printed."""
        try:
            lines = self._log(endpoint, name).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-_LOG_LINES:])

    def _log(self, endpoint: str, name: str) -> Path:
        return self.sandbox.folder / f"server-{endpoint}-{name}.log"

    def knows_model(self, name: str, version: str) -> bool:
        """Whether the model of the artifact can stand for one that the workspace has."""
        if self.models.knows(name, version):
            return True
        self.front.notice(self._no_files(name), serious=False)
        return False

    def _no_files(self, name: str) -> str:
        return f"there are no files of the model `{name}`: name them with {self.models.option}"

    def register(self, name: str, version: str, path: Path) -> None:
        """Keep the files of a model."""
        self.models.register(name, version, path)


def _name_and_version(model: str) -> tuple[str, str]:
    name, _, version = model.partition(":")
    return name, version


def _raised(log: str) -> Iterator[str]:
    """The last line of each traceback in a log: what was raised, and why."""
    inside = False
    for line in log.splitlines():
        if "Traceback (most recent call last):" in line:
            inside = True
        elif inside and line and not line.startswith((" ", "|")):
            inside = False
            yield line


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
