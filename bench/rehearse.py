"""What the small agent of a rehearsal adds to each step, against bash that runs the same scripts.

    python bench/rehearse.py [--runs 7] [--steps 20] [--slack 1.0]

Bar: 15 ms a step.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from azrelease.expansion import ExpansionRequest, expand_document
from azrelease.rehearsal import RehearsalRequest, read_pipeline, rehearse
from azrelease.yaml_document import YamlDocument

BAR = 0.015
"""Seconds a step."""


class Nobody:
    """Is told, and says nothing."""

    def stage_begins(self, title: str) -> None: ...

    def job_begins(self, title: str) -> None: ...

    def step_begins(self, title: str) -> None: ...

    def line(self, text: str) -> None: ...

    def step_ends(self, outcome: object) -> None: ...


def of_the_agent(steps: int) -> float:
    """Seconds that so many steps take: a rehearsal of them, less one of a single step."""

    def whole(count: int) -> float:
        document = YamlDocument.parse("steps:\n" + "  - bash: 'true'\n" * count, "azure-pipelines.yml")
        pipeline = read_pipeline(expand_document(document, Path(document.path), ExpansionRequest()))
        started = time.perf_counter()
        rehearse(RehearsalRequest(pipeline), Nobody())
        return time.perf_counter() - started

    return whole(steps + 1) - whole(1)


def of_bash(steps: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "step.sh")
        script.write_text("true", encoding="utf-8")
        started = time.perf_counter()
        for _ in range(steps):
            subprocess.run(["bash", "--noprofile", "--norc", str(script)], check=True, capture_output=True)
        return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--slack", type=float, default=1.0, help="how many times the bar is allowed")
    given = parser.parse_args()
    pairs = [(of_the_agent(given.steps), of_bash(given.steps)) for _ in range(given.runs)]
    agent, bash = (statistics.median(column) / given.steps for column in zip(*pairs, strict=True))
    over = agent - bash
    met = over <= BAR
    print(
        f"a step: {agent * 1000:.1f} ms, in bash alone {bash * 1000:.1f} ms: {over * 1000:.1f} ms more "
        f"(bar {BAR * 1000:.0f} ms) {'ok' if met else 'MISSED'}"
    )
    return 0 if over <= BAR * given.slack else 1


if __name__ == "__main__":
    sys.exit(main())
