"""The process of a batch job: calls init() and run() of a scoring script, and prints the lines of its results as JSON.

It runs with the Python that has the packages of the model, and imports nothing of azrelease. The environment variable
AZRELEASE_BATCH has its `script` and `files` as JSON.
"""

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any


def lines_of(results: Any) -> list[str]:  # noqa: ANN401  (what a script of the user returns)
    """A line for each row, as the action `append_row` writes it."""
    if hasattr(results, "to_csv"):
        return str(results.to_csv(header=False, index=False)).splitlines()
    return [str(row) for row in results]


def main() -> None:
    """Score the files."""
    request = json.loads(os.environ["AZRELEASE_BATCH"])
    path = Path(request["script"])
    sys.path.insert(0, str(path.parent))
    # The output of the script is its log.
    answer, sys.stdout = sys.stdout, sys.stderr
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.init()
    json.dump(lines_of(module.run(request["files"])), answer)


if __name__ == "__main__":
    main()
