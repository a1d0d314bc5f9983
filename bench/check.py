"""How long checking takes, side by side with what a user would use instead.

Run it with the Python that has azrelease installed:

    python bench/check.py [FOLDER] [--runs 11] [--others 3] [--language-service NODE_MODULES]
    python bench/check.py [FOLDER] --profile

One process against one process, over a whole folder of pipelines; medians of the ratios of runs in turn (ours, theirs,
ours, …), so that a drift of the machine hits both:

- composing the same files with the C loader of PyYAML, which bounds what any checker in Python can reach;
- check-jsonschema, with the flags of its own pre-commit hook;
- Microsoft's language service, where node and the folder with `npm install azure-pipelines-language-service` are there.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

SCRIPTS = Path(sysconfig.get_path("scripts"))
PUBLISHED = Path(__file__).parent.parent.parent / "shared" / "corpus" / "pipelines"
"""Published pipelines, where they stand beside the checkout."""

COMPOSE = """
import pathlib, sys, yaml
for path in pathlib.Path(sys.argv[1]).glob("*.yml"):
    try:
        yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        pass
"""


def main() -> int:
    """Print each comparison with its bar; the exit code says whether all were met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?", default=PUBLISHED)
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--others", type=int, default=3, help="runs against the slow ones; 0 leaves them out")
    parser.add_argument("--language-service", type=Path, help="a folder node_modules that has the language service")
    parser.add_argument("--slack", type=float, default=1.0, help="widen the bars by this factor, on a noisy machine")
    parser.add_argument("--profile", action="store_true", help="the share of each rule, in this process; no comparison")
    options = parser.parse_args()
    if options.profile:
        return profile(options.folder)
    files = sorted(map(str, options.folder.glob("*.yml")))
    if not files:
        print(f"{options.folder}: no pipelines there; nothing was measured")
        return 0
    print(f"{len(files)} files")
    ours = [str(SCRIPTS / "azrelease"), "check", str(options.folder)]
    met = slower(
        "yaml.compose", ours, [sys.executable, "-c", COMPOSE, str(options.folder)], options.runs, 5, options.slack
    )
    if options.others:
        hook = [
            "--builtin-schema",
            "vendor.azure-pipelines",
            "--data-transform",
            "azure-pipelines",
            "--regex-variant",
            "nonunicode",
        ]
        theirs = [str(SCRIPTS / "check-jsonschema"), *hook]
        met &= faster("check-jsonschema", ours, theirs, options.others, 50, options.slack, tuple(files))
    node = shutil.which("node")
    if options.others and node and options.language_service:
        import check_jsonschema

        schema = Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor" / "azure-pipelines.json"
        theirs = [node, str(Path(__file__).parent / "language_service.js"), str(schema), str(options.folder)]
        os.environ["NODE_PATH"] = str(options.language_service)
        met &= faster("the language service", ours, theirs, options.runs, 10, options.slack)
    return 0 if met else 1


def profile(folder: Path) -> int:
    """Print the time of each rule over all files, and of what rules ask: facts are computed for the first that does."""
    from datetime import UTC, datetime

    from azrelease import catalog
    from azrelease.errors import UserError
    from azrelease.lint.facts.parsed_files import ParsedFiles
    from azrelease.lint.facts.templates import TemplateLibrary
    from azrelease.lint.linted_file import LintContext, LintedFile
    from azrelease.lint.rules import built_in_rules
    from azrelease.yaml_document import YamlDocument

    context = LintContext(datetime.now(UTC).date(), TemplateLibrary(ParsedFiles()), catalog.BUILT_IN)
    facts = ("expressions", "scripts", "known_tasks", "file_uses", "work_units", "azure_ml_calls", "output_problems")
    times: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        start = time.perf_counter()
        work()
        times[name] = times.get(name, 0.0) + time.perf_counter() - start

    files = sorted(folder.glob("*.yml"))
    for path in files:
        document: list[YamlDocument] = []
        try:
            timed("reading", lambda path=path, document=document: document.append(YamlDocument.read(path)))
        except UserError:
            continue  # what is no YAML has nothing to check
        file = LintedFile(document[0], context)
        for fact in facts:
            timed(fact, lambda file=file, fact=fact: getattr(file, fact))
        for rule in built_in_rules():
            if rule.check is not None:
                check = rule.check
                timed(rule.code.id, lambda check=check, file=file: list(check(file)))
    total = sum(times.values())
    print(f"{len(files)} files, {total:.3f} s in this process, without expansions")
    for name, spent in sorted(times.items(), key=lambda each: -each[1]):
        print(f"{name:16} {spent * 1000:8.1f} ms  {spent / total:6.1%}")
    return 0


def slower(name: str, ours: list[str], theirs: list[str], runs: int, bar: float, slack: float) -> bool:
    """Whether ours takes no more than `bar` times as long."""
    mine, other, ratio = pairs(ours, theirs, runs)
    verdict = "ok" if ratio <= bar else "MISSED"
    print(f"against {name}: {mine:.3f} s against {other:.3f} s: {ratio:.2f}x as long (bar {bar}x) {verdict}")
    return ratio <= bar * slack


def faster(
    name: str, ours: list[str], theirs: list[str], runs: int, bar: float, slack: float, files: tuple[str, ...] = ()
) -> bool:
    """Whether theirs, over the files if it wants them one by one, takes at least `bar` times as long."""
    mine, other, ratio = pairs(ours, theirs, runs, files)
    ratio = 1 / ratio
    verdict = "ok" if ratio >= bar else "MISSED"
    print(f"against {name}: {mine:.3f} s against {other:.3f} s: {ratio:.1f}x as fast (bar {bar}x) {verdict}")
    return ratio >= bar / slack


def pairs(ours: list[str], theirs: list[str], runs: int, files: tuple[str, ...] = ()) -> tuple[float, float, float]:
    """The medians of both in seconds, and of the ratios ours / theirs, after one run of each that is not counted.

    That run compiles what can be compiled: of many files one does for it.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def once(command: list[str]) -> float:
        start = time.perf_counter()
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        return time.perf_counter() - start

    once(ours)
    once([*theirs, *files[:1]])
    times = [(once(ours), once([*theirs, *files])) for _ in range(runs)]
    mine, other = (statistics.median(column) for column in zip(*times, strict=True))
    return mine, other, statistics.median(a / b for a, b in times)


if __name__ == "__main__":
    sys.exit(main())
