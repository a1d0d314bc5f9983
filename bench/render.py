"""How long rendering takes, side by side with what bounds it. Run it with the Python that has azrelease installed.

    python bench/render.py [--runs 21] [--releases 1000]

Three comparisons, medians; whole processes in turn (ours, theirs, ours, …), so that a drift of the machine hits both:

- one release rendered, against importing what it is made of;
- `azrelease --version` and `azrelease --help`, against importing typer;
- many releases of five stages in one process, against dumping the same structures with libyaml's dumper; and
  the last hundred of them against the first hundred.
"""

import argparse
import os
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from azrelease import Templates, lower, render
from azrelease.release import load_document
from azrelease.rendering import render_pipeline
from azrelease.yaml_document import YamlDocument

Result = tuple[str, float, float]
"""A comparison: its name, how many times the other it took, and how many it may take."""

ROOT = Path(__file__).parent.parent
AZRELEASE = str(Path(sysconfig.get_path("scripts")) / "azrelease")


def main() -> int:
    """Print each comparison with its bar; the exit code says whether all were met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--releases", type=int, default=1000)
    parser.add_argument("--slack", type=float, default=1.0, help="widen the bars by this factor, on a noisy machine")
    options = parser.parse_args()
    sample = ROOT / "samples" / "insurance" / "release.yml"
    results = [
        processes(
            "render one release",
            [AZRELEASE, "render", "--stdout", str(sample)],
            [sys.executable, "-c", "import pydantic, jinja2, yaml, typer"],
            options.runs,
            2.2,
        ),
        *(
            processes(option, [AZRELEASE, option], [sys.executable, "-c", "import typer"], options.runs, 1.5)
            for option in ("--version", "--help")
        ),
        *many(options.releases),
    ]
    print("all bars met" if all(ratio <= bar for _, ratio, bar in results) else "not all bars met")
    return 0 if all(ratio <= bar * options.slack for _, ratio, bar in results) else 1


def processes(name: str, ours: list[str], theirs: list[str], runs: int, bar: float) -> Result:
    """Whole processes, after one run of each that compiles what can be compiled."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def once(command: list[str]) -> float:
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        return time.perf_counter() - start

    times = [(once(ours), once(theirs)) for _ in range(runs + 1)][1:]
    mine, other = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(a / b for a, b in times)
    return verdict(name, f"{mine * 1000:.0f} ms against {other * 1000:.0f} ms", ratio, bar)


def many(count: int) -> list[Result]:
    """Many releases in one process."""
    texts = [release_text(index) for index in range(count)]
    templates = Templates()
    releases = [load_document(YamlDocument.parse(text, "release.yml")).release for text in texts]
    rendered = [render(release, templates=templates) for release in releases]
    structures = [yaml.load(text, Loader=yaml.CSafeLoader) for text in rendered]

    def dump(index: int) -> object:
        return yaml.dump(structures[index], Dumper=yaml.CSafeDumper, sort_keys=False)

    def render_one(index: int) -> object:
        return render_pipeline(lower(releases[index], templates), templates=templates)

    def read_and_render(index: int) -> object:
        return render(load_document(YamlDocument.parse(texts[index], "release.yml")).release, templates=templates)

    dumped, ours, whole = each((dump, render_one, read_and_render), count)
    part = min(100, count // 2)
    base = statistics.median(dumped)
    return [
        verdict(
            f"{name}, {count} releases",
            f"{statistics.median(times) * 1000:.2f} ms against {base * 1000:.2f} ms each",
            statistics.median(times) / base,
            3,
        )
        for name, times in (("render", ours), ("read and render", whole))
    ] + [
        verdict(
            f"the last {part} against the first {part}",
            f"{statistics.median(ours[-part:]) * 1000:.2f} ms against {statistics.median(ours[:part]) * 1000:.2f} ms",
            statistics.median(ours[-part:]) / statistics.median(ours[:part]),
            1.2,
        )
    ]


def each(works: tuple[Callable[[int], object], ...], count: int) -> list[list[float]]:
    """The time of each call, one work after the other for each index; the best of three rounds."""
    best = [[float("inf")] * count for _ in works]
    for _ in range(3):
        for index in range(count):
            for work, times in zip(works, best, strict=True):
                start = time.perf_counter()
                work(index)
                times[index] = min(times[index], time.perf_counter() - start)
    return best


def release_text(index: int) -> str:
    """A release of five stages, with names of its own so that nothing is remembered from the one before."""
    head = (
        f"name: release-{index}\n"
        f"artifact: {{pipeline: training-{index}, name: drop-{index}, path: s}}\n"
        "trigger: {continuous_deployment: {branches: [main]}}\n"
        f"workspace: {{resource_group: rg-{index}, name: ws-{index}, service_connection: azure-{index}}}\n"
        f"variables: {{owner: team-{index}, aks.clusterName: aks-{index}}}\n"
        "stages:\n"
    )
    stage = (
        "  - name: stage_{stage}\n"
        "    service: service-{index}-{stage}\n"
        "    target: {{type: aks, cluster: $(aks.clusterName)}}\n"
        "    approval: {{approvers: [lead-{index}@example.com], timeout: 2 days}}\n"
    )
    return head + "".join(stage.format(index=index, stage=number) for number in range(5))


def verdict(name: str, figures: str, ratio: float, bar: float) -> Result:
    """Print a line, and hand its figures on."""
    print(f"{name}: {figures}: {ratio:.2f}x (bar {bar}x) {'ok' if ratio <= bar else 'MISSED'}")
    return name, ratio, bar


if __name__ == "__main__":
    sys.exit(main())
