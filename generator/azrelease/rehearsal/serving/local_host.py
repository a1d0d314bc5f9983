"""Serves deployments with real servers on loopback ports, and scores batches in processes."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

from azrelease.rehearsal.azure.hosting import DeploymentSpec, Host, SimulatedRefusalError
from azrelease.rehearsal.processes import end_group
from azrelease.rehearsal.sandbox import Sandbox
from azrelease.rehearsal.serving.conda_packages import CondaPackages, conda_packages
from azrelease.rehearsal.serving.endpoint_front import DEPLOYMENT_HEADER, Backend, EndpointFront
from azrelease.rehearsal.serving.model_store import ModelStore
from azrelease.rehearsal.serving.server_log import ServerLog

_SERVER_PROGRAM = Path(__file__).parent / "worker.py"
_BATCH_PROGRAM = Path(__file__).parent / "batch_worker.py"
_BATCH_TIMEOUT = 300.0
_POLL_INTERVAL = 0.05
"""Seconds."""


@dataclass(kw_only=True)
class LocalHost(Host):
    """Serves deployments on loopback ports.

    Attributes:
        python: the Python that has the inference server and the packages of the model.
        patience: maximum time for a server to start, in seconds.
        copies: the uploaded files of code, each with its copy.
    """

    sandbox: Sandbox
    front: EndpointFront
    models: ModelStore
    python: str
    patience: float
    copies: list[tuple[Path, Path]] = field(default_factory=list)
    _closing: threading.Event = field(default_factory=threading.Event)
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _servers: dict[tuple[str, str], subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, deployment: DeploymentSpec) -> None:
        """Serve a deployment, in place of one of the same name.

        Raises:
            SimulatedRefusalError: a file is missing, `init()` raises, or it is not healthy in time.
        """
        self.stop(deployment.endpoint, deployment.name)
        code = self._upload(deployment)
        packages = None if deployment.conda_file is None else conda_packages(deployment.conda_file)
        log, port = self._log(deployment.endpoint, deployment.name), _free_port()
        environment = self._environment(deployment, code, port, packages)
        with log.path.open("wb") as output:
            process = self._spawn(deployment, _SERVER_PROGRAM, code, environment, output, subprocess.STDOUT)
        self._wait_until_healthy(deployment, process, port, packages_limited=packages is not None)
        backend = Backend(port, deployment.timeout, deployment.wraps_errors, log.last_error)
        self.front.add(deployment.endpoint, deployment.name, backend)

    def score(self, deployment: DeploymentSpec, files: Sequence[Path]) -> list[str]:
        """Score files with a batch scoring script, in a process of its own.

        Raises:
            SimulatedRefusalError: a file is missing, the script raises, or it takes too long.
        """
        code = self._upload(deployment)
        request = {"script": str(code / deployment.script), "files": [str(path.resolve()) for path in files]}
        environment = {**self._environment(deployment, code, 0, None), "AZRELEASE_BATCH": json.dumps(request)}
        log, script = self._log(deployment.endpoint, deployment.name), f"`{deployment.script}`"
        with log.path.open("wb") as errors:
            process = self._spawn(deployment, _BATCH_PROGRAM, code, environment, subprocess.PIPE, errors)
        try:
            text, _ = process.communicate(timeout=max(self.patience, _BATCH_TIMEOUT))
        except subprocess.TimeoutExpired:
            self.stop(deployment.endpoint, deployment.name)
            raise SimulatedRefusalError(f"{script} takes longer than {_BATCH_TIMEOUT:g} s") from None
        self._servers.pop((deployment.endpoint, deployment.name), None)
        if process.returncode:
            raise SimulatedRefusalError(f"{script}: {log.last_error() or f'exit code {process.returncode}'}")
        lines: list[str] = json.loads(text)
        return lines

    def stop(self, endpoint: str, name: str) -> None:
        """End the server of a deployment."""
        self.front.remove(endpoint, name)
        process = self._servers.pop((endpoint, name), None)
        if process is not None:
            end_group(process.pid)
            process.wait()

    def stop_all(self) -> None:
        """End all servers."""
        for endpoint, name in list(self._servers):
            self.stop(endpoint, name)

    def close(self) -> None:
        """End all servers, and refuse to start another one."""
        self._closing.set()
        with self._starting:
            self.stop_all()

    def route(self, endpoint: str, shares: Mapping[str, int], key: str | None) -> None:
        """Set the traffic and the key of an endpoint."""
        self.front.route(endpoint, shares, key)

    def address(self, endpoint: str) -> str:
        """The scoring URL of an endpoint."""
        return f"http://127.0.0.1:{self.front.port}/{endpoint}/score"

    def ask(self, endpoint: str, name: str | None, body: bytes, key: str | None) -> str:
        """Send a request to an endpoint, or to one deployment of it.

        Raises:
            SimulatedRefusalError: the answer is an error.
        """
        headers = {
            **({"Authorization": f"Bearer {key}"} if key else {}),
            **({DEPLOYMENT_HEADER: name} if name else {}),
        }
        reply = self.front.answer(endpoint, headers, body)
        text = reply.body.decode("utf-8", errors="replace")
        if reply.status != HTTPStatus.OK:
            raise SimulatedRefusalError(f"({int(reply.status)}) {text}")
        return text

    def log(self, endpoint: str, name: str) -> str:
        """The last lines of the log of a server."""
        return self._log(endpoint, name).text()

    def knows_model(self, name: str, version: str) -> bool:
        """Whether the model of the artifact can stand in for one of the workspace."""
        if self.models.folder(name, version) is not None:
            return True
        self.front.machine.notice(self._no_files(name), serious=False)
        return False

    def register(self, name: str, version: str, path: Path) -> None:
        """Store the files of a model."""
        self.models.register(name, version, path)

    def _no_files(self, name: str) -> str:
        return f"there are no files of the model `{name}`: name them with {self.models.option}"

    def _log(self, endpoint: str, name: str) -> ServerLog:
        return ServerLog(self.sandbox.folder / f"server-{endpoint}-{name}.log")

    def _check_open(self) -> None:
        if self._closing.is_set():
            raise SimulatedRefusalError("the rehearsal ends")

    def _spawn(
        self,
        deployment: DeploymentSpec,
        program: Path,
        code: Path,
        environment: Mapping[str, str],
        output: "IO[bytes] | int",
        errors: "IO[bytes] | int",
    ) -> "subprocess.Popen[bytes]":
        with self._starting:
            self._check_open()
            process = subprocess.Popen(  # noqa: S603  (the Python of the user, with a file of this package)
                [self.python, str(program)],
                cwd=code,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
            self._servers[deployment.endpoint, deployment.name] = process
        return process

    def _environment(
        self, deployment: DeploymentSpec, code: Path, port: int, packages: CondaPackages | None
    ) -> dict[str, str]:
        limit = None if packages is None else packages._asdict()
        request = {"port": port, "script": str(code / deployment.script), "packages": limit}
        return {
            **self.sandbox.environment(),
            **deployment.environment,
            **self.sandbox.fixed(deployment.environment),
            "AZUREML_MODEL_DIR": str(self._model_folder(deployment.model)),
            "AML_APP_ROOT": str(code),
            "WORKER_TIMEOUT": "300",
            "AZRELEASE_SERVER": json.dumps(request),
        }

    def _model_folder(self, model: str | None) -> Path:
        folder = None if model is None else self.models.folder(*_name_and_version(model))
        if folder is None:
            folder = self.sandbox.folder / "models" / "none"
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _upload(self, deployment: DeploymentSpec) -> Path:
        """Copy the code, as the service does: later changes of the workspace do not affect a deployment.

        Raises:
            SimulatedRefusalError: the scoring script is missing.
        """
        if not deployment.script or not (deployment.folder / deployment.script).is_file():
            raise SimulatedRefusalError(f"the scoring script `{deployment.script}` is not in {deployment.folder.name}/")
        folder = self.sandbox.folder / "code" / f"{deployment.endpoint}-{deployment.name}-{len(self.copies)}"
        for source in sorted(deployment.folder.rglob("*")):
            self._check_open()
            if source.is_file():
                target = folder / source.relative_to(deployment.folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                before = source.stat()
                shutil.copyfile(source, target)
                # The copy must not count as an access: see which files the code reads.
                for path in (source, target):
                    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
                self.copies.append((source, target))
        return folder

    def _wait_until_healthy(
        self, deployment: DeploymentSpec, process: "subprocess.Popen[bytes]", port: int, *, packages_limited: bool
    ) -> None:
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            self._check_open()
            if process.poll() is not None:
                raise SimulatedRefusalError(self._startup_problem(deployment, packages_limited=packages_limited))
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            with suppress(OSError, HTTPException):
                connection.request("GET", "/")
                if connection.getresponse().status == HTTPStatus.OK:
                    return
            connection.close()
            time.sleep(_POLL_INTERVAL)
        self.stop(deployment.endpoint, deployment.name)
        raise SimulatedRefusalError(
            f"`{deployment.name}` is not healthy after {self.patience:g} s: `init()` takes too long"
        )

    def _startup_problem(self, deployment: DeploymentSpec, *, packages_limited: bool) -> str:
        log, model = self._log(deployment.endpoint, deployment.name), deployment.model
        if not log.missing_modules() and model is not None and self.models.folder(*_name_and_version(model)) is None:
            return f"`{deployment.script}`: {self._no_files(_name_and_version(model)[0])}"
        return log.startup_problem(deployment, packages_limited=packages_limited)


def _name_and_version(model: str) -> tuple[str, str]:
    name, _, version = model.partition(":")
    return name, version


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
