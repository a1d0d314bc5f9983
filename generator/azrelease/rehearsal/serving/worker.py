"""The process of a deployment: the inference server of Azure Machine Learning, on the loopback.

It runs with the Python that has the packages of the model, and imports nothing of azrelease. The environment variable
AZRELEASE_SERVER has its `port`, `script` and `packages` as JSON: the names in the conda file, as `conda` and `pip`, or
null to allow every import.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_SERVER = "azureml-inference-server-http"
_ALWAYS = (_SERVER, "gunicorn", "setuptools", "pip")
_REQUIRED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[)?")
_ONLY_OF_CONDA = ("python", "pip")


def plain(name: str) -> str:
    """The normalized name of a distribution (packaging.python.org, name normalization)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def with_requirements(names: Iterable[str]) -> set[str]:
    """Distributions with all their requirements, as far as installed; `name[extra]` with all of its extras."""
    known: set[tuple[str, bool]] = set()
    pending = [match for name in names if (match := _REQUIRED.match(name))]
    while pending:
        match = pending.pop()
        name, extras = plain(match[1]), match[2] is not None
        if (name, extras) in known:
            continue
        known.add((name, extras))
        try:
            required = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        lines = (line for line in required if extras or "extra ==" not in line)
        pending += [match for line in lines if (match := _REQUIRED.match(line))]
    return {name for name, _ in known}


def installed(name: str) -> bool:
    """Whether a distribution of that name is installed."""
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def allowed(packages: Mapping[str, Sequence[str]] | None) -> set[str] | None:
    """The distributions that the script may import; None if unknown.

    Some conda packages have other names, such as `pytorch` for torch: their requirements are unknown.
    """
    if packages is None or not all(name in _ONLY_OF_CONDA or installed(name) for name in packages["conda"]):
        return None
    return with_requirements([*packages["conda"], *packages["pip"], *_ALWAYS])


class ImportGuard(MetaPathFinder):
    """Refuses to import installed packages that are not in the conda file of the deployment."""

    def __init__(self, allowed: set[str]) -> None:
        self._allowed = allowed
        self._owners: Mapping[str, Sequence[str]] = metadata.packages_distributions()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,  # noqa: ARG002  (called by the import system)
    ) -> ModuleSpec | None:
        """Refuse a module; None leaves it to the next finder."""
        owners = self._owners.get(fullname, ()) if path is None else ()
        if owners and not {plain(owner) for owner in owners} & self._allowed:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def main() -> None:
    """Serve until the process ends."""
    request = json.loads(os.environ.pop("AZRELEASE_SERVER"))
    names = allowed(request["packages"])
    if names is not None:
        sys.meta_path.insert(0, ImportGuard(names))
    from azureml_inference_server_http import amlserver

    # By default it listens to the whole network.
    amlserver.DEFAULT_HOST = "127.0.0.1"
    sys.argv = ["azmlinfsrv", "--entry_script", request["script"], "--port", str(request["port"])]
    amlserver.run()


if __name__ == "__main__":
    main()
