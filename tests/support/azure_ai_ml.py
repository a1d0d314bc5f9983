"""The package azure-ai-ml, which `az ml` reads its files with, asked to read some.

It runs as a process of its own: what it warns of and whom it tells is not ours to test.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from support.process import unmeasured

_LOADERS = {
    "online-endpoint": "load_online_endpoint",
    "online-deployment": "load_online_deployment",
    "batch-endpoint": "load_batch_endpoint",
    "batch-deployment": "load_model_batch_deployment",
}
_PROGRAM = """
import json, sys
from azure.ai.ml.entities import _load_functions
for loader, path in json.load(sys.stdin):
    try:
        loaded = getattr(_load_functions, loader)(source=path)
        print(json.dumps([path, type(loaded).__name__, None]))
    except Exception as error:
        print(json.dumps([path, None, str(error)]))
"""


def load(files: Iterable[tuple[str, Path]]) -> dict[Path, str]:
    """The class that each file is loaded as; fails for a file that is not loaded."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PROGRAM],
        input=json.dumps([(_LOADERS[kind], str(path)) for kind, path in files]),
        capture_output=True,
        text=True,
        check=True,
        env={**unmeasured(), "AZURE_CORE_COLLECT_TELEMETRY": "0", "AZUREML_CLI_TELEMETRY": "0"},
    )
    loaded = {}
    for line in done.stdout.splitlines():
        path, name, error = json.loads(line)
        assert error is None, f"{path}: {error}\n{Path(path).read_text(encoding='utf-8')}"
        loaded[Path(path)] = name
    return loaded
