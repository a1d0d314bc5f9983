"""How much time of the processor expanding takes, and how much memory. Run it with the Python that has azrelease.

    python bench/expand.py [PIPELINE --root FOLDER] [--runs 21]

- a large pipeline, whole processes against those that expand a pipeline of one step, in turn (one, other, one, …), so
  that a drift of the machine hits both; the median of the differences;
- a pipeline of 200 template calls, in one process, and how often each file of it is read;
- the most memory for each node of the result, of a pipeline four times as large against a smaller one.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from azrelease.expansion import (
    SELF,
    ExpandedMapping,
    ExpandedNode,
    ExpandedScalar,
    ExpansionRequest,
    SourceFile,
    expand_source,
)
from azrelease.yaml_document import YamlDocument

REPOSITORY = Path(__file__).parent.parent.parent / "shared" / "corpus" / "repos" / "dotnet__arcade"
PUBLISHED = REPOSITORY / "eng" / "build.yml"
"""The largest of the published pipelines, where they are beside the checkout: 31 files, 2400 nodes."""

ROOT = "azure-pipelines.yml"


class MemoryFiles:
    """A repository in memory, which counts how often each file is read."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self.reads: Counter[str] = Counter()

    def path(self, location: str) -> str:
        return location

    def read(self, location: str) -> bytes | None:
        self.reads[location] += 1
        text = self.files.get(location)
        return None if text is None else text.encode()


def main() -> int:
    """Print each measure with its bar; the exit code says whether all were met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pipeline", type=Path, nargs="?", help="a large pipeline; without one, a generated one")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the top folder of its repository")
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--slack", type=float, default=1.0, help="widen the bars by this factor, on a noisy machine")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small = written(Path(folder) / "small", {ROOT: "steps:\n- script: a\n"})
        if options.pipeline:
            large, root = options.pipeline.resolve(), options.root
        elif PUBLISHED.is_file():
            large, root = PUBLISHED.resolve(), REPOSITORY
        else:
            root = Path(folder) / "large"
            large = written(root, tree(stages=6, jobs=4, files=31))
        met = beyond_start(large, root, small, options.runs, 150 * options.slack)
    met &= calls(200, options.runs, 1000 * options.slack)
    met &= memory(1.2)
    print("all bars met" if met else "not all bars met")
    return 0 if met else 1


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """The pipeline of files that are written to a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / ROOT


def tree(stages: int, jobs: int, files: int) -> dict[str, str]:
    """A pipeline of that many files with conditions, loops and typed parameters at each level."""
    steps = files - 1 - stages
    result = {ROOT: "stages:\n" + "".join(f"- template: stages/s{n}.yml\n" for n in range(stages))}
    for stage in range(stages):
        called = [steps * (stage * jobs + job) // (stages * jobs) for job in range(jobs)]
        result[f"stages/s{stage}.yml"] = (
            "parameters:\n- {name: images, type: object, default: [ubuntu, windows]}\n"
            f"stages:\n- stage: s{stage}\n  variables: {{kind: release}}\n  jobs:\n"
            + "".join(
                f"  - job: j{job}\n    steps:\n    - ${{{{ each image in parameters.images }}}}:\n"
                f"      - template: /steps/t{number}.yml\n        parameters: {{image: '${{{{ image }}}}'}}\n"
                for job, number in enumerate(called)
            )
        )
    for number in range(steps):
        result[f"steps/t{number}.yml"] = (
            "parameters:\n- {name: image, type: string}\n- {name: checks, type: boolean, default: true}\nsteps:\n"
            + "- script: make ${{ lower(parameters.image) }}\n"
            "  displayName: ${{ format('Make {0} of {1}', parameters.image, variables.kind) }}\n"
            "  env: {IMAGE: '${{ parameters.image }}', KIND: '${{ variables.kind }}'}\n"
            * 4
            + "- ${{ if and(parameters.checks, ne(parameters.image, 'windows')) }}:\n  - task: Check@1\n"
            "    inputs: {image: '${{ parameters.image }}', level: '2'}\n"
        )
    return result


def beyond_start(large: Path, root: Path, small: Path, runs: int, bar: float) -> bool:
    """Whole processes, after one run of each that compiles what can be compiled; without what they wait."""
    command = str(Path(sysconfig.get_path("scripts")) / "azrelease")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def once(file: Path, folder: Path) -> float:
        line = [command, "expand", str(file)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(line, check=True, cwd=folder, stdout=subprocess.DEVNULL, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    times = [(once(large, root), once(small, small.parent)) for _ in range(runs + 1)][1:]
    whole, start = (statistics.median(column) for column in zip(*times, strict=True))
    more = statistics.median(a - b for a, b in times)
    return verdict("a large pipeline beyond start-up", f"{whole:.0f} ms, start-up {start:.0f} ms", more, bar, "ms")


def calls(count: int, runs: int, bar: float) -> bool:
    """Many calls of few templates."""
    files = tree(stages=10, jobs=count // 20, files=21)
    times: list[float] = []
    for _ in range(runs):
        repository = MemoryFiles(files)
        start = time.process_time()
        expanded(repository)
        times.append(1000 * (time.process_time() - start))
    most = max(repository.reads.values())
    met = verdict("each file is read", f"{len(files)} files, {count} calls", most, 1, "times")
    return verdict(f"{count} template calls", f"{len(files)} files", statistics.median(times), bar, "ms") and met


def memory(bar: float) -> bool:
    """The most memory for each node of a result, against that of a smaller one."""

    def for_each_node(stages: int) -> float:
        repository = MemoryFiles(tree(stages=stages, jobs=5, files=stages + 11))
        tracemalloc.start()
        pipeline = expanded(repository)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak / nodes(pipeline)

    for_each_node(2)  # what is loaded once
    small, large = for_each_node(5), for_each_node(20)
    return verdict("memory for each node", f"{large:.0f} bytes against {small:.0f}", large / small, bar, "x")


def expanded(repository: MemoryFiles) -> ExpandedMapping:
    document = YamlDocument.parse(repository.files[ROOT], ROOT)
    expansion = expand_source(SourceFile(ROOT, SELF, ROOT, document), {SELF: repository}, ExpansionRequest())
    assert not expansion.problems, expansion.problems[0].diagnostic
    return expansion.pipeline


def nodes(node: ExpandedNode) -> int:
    if isinstance(node, ExpandedScalar):
        return 1
    if isinstance(node, ExpandedMapping):
        return 1 + sum(1 + nodes(entry.value) for entry in node.entries)
    return 1 + sum(map(nodes, node.items))


def verdict(name: str, figures: str, measured: float, bar: float, unit: str) -> bool:
    """Print a line, and hand on whether the bar is met."""
    met = measured <= bar
    print(f"{name} ({figures}): {measured:.4g} {unit} (bar {bar:g}) {'ok' if met else 'MISSED'}")
    return met


if __name__ == "__main__":
    sys.exit(main())
