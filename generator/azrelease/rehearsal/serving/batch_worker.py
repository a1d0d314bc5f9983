"""The process of a batch job: calls init() and run() of a scoring script, and prints the lines of its results as JSON.

It runs with the Python that the packages of the model are installed in, and imports nothing of azrelease. What it needs
stands in the environment variable AZRELEASE_BATCH as JSON: `script` and `files`.
"""

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any


def lines_of(results: Any) -> list[str]:  # noqa: ANN401  (what a script of the user returns)
    """A line for each row, as the action `append_row` writes them."""
    if hasattr(results, "to_csv"):
        return str(results.to_csv(header=False, index=False)).splitlines()
    return [str(row) for row in results]


def main() -> None:
    """Score the files."""
    given = json.loads(os.environ["AZRELEASE_BATCH"])
    path = Path(given["script"])
    sys.path.insert(0, str(path.parent))
    # What the script prints is its log.
    answer, sys.stdout = sys.stdout, sys.stderr
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.init()
    json.dump(lines_of(module.run(given["files"])), answer)


if __name__ == "__main__":
    main()
