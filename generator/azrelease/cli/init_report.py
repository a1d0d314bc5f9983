"""What `init` prints."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from azrelease.cli.output import note, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azrelease.release import Release
    from azrelease.scaffold import ComparedFile


def print_project(placed: "Iterable[ComparedFile]", folder: Path, existing: "Release | None", *, dry_run: bool) -> None:
    """Print what became of each file, and what to do next.

    Args:
        placed: the files, and what their paths had before.
        folder: the folder of the project.
        existing: the release that the folder had before.
        dry_run: whether nothing was written.
    """
    from azrelease.scaffold import CHECK_FILE, PIPELINE_FILE, RELEASE_FILE, USUAL_WHEEL, WHEEL_FOLDER, Comparison

    words = {
        Comparison.MISSING: "would write" if dry_run else "wrote",
        Comparison.SAME: "unchanged",
        Comparison.DIFFERENT: "kept, differs:",
    }
    placed = list(placed)
    for each in placed:
        note(f"{words[each.result]} {each.path.as_posix()}")
    different = {each.file.path for each in placed if each.result is Comparison.DIFFERENT}
    by_hand = dict(_BY_HAND)
    if existing is not None and (existing.registration is None or existing.registration.pull_request_check is None):
        by_hand[RELEASE_FILE] = "registration: {pull_request_check: {yaml: azure-pipelines.check.yml}}"
    for path, what in by_hand.items():
        if path in different:
            say(f"{(folder / path).as_posix()}: add {what}")
    if PIPELINE_FILE in different:
        path = (folder / PIPELINE_FILE).as_posix()
        say(
            f"{path}: differs from what the release renders to; move your own pipeline elsewhere, then run "
            "`azrelease render`"
        )
    if CHECK_FILE in different:
        say(f"{(folder / CHECK_FILE).as_posix()}: install azrelease as README.md says, never by its name alone")
    if dry_run:
        return
    wheel = f"{WHEEL_FOLDER}/{USUAL_WHEEL}"
    if any(wheel.encode() in each.file.content for each in placed) and not (folder / wheel).is_file():
        note(
            f"\nThe check of pull requests installs azrelease from {(folder / wheel).as_posix()}, which is "
            "missing: put that wheel there and commit it, or name another source with --install-from."
        )
    where = "" if folder == Path() else f"cd {quote(folder.as_posix())}; "
    note(f"\nNext: {where}azrelease check; pytest; commit; then")
    include = " ".join(f"--include {path}" for path in _tops(placed))
    note(f"azrelease bootstrap release.yml {include}")
    note("which pushes, opens the pull request, plans, and applies after you have agreed.")


_BY_HAND = {
    ".vscode/settings.json": '"yaml.schemas": {"./.azrelease/release.schema.json": ["release.yml", "*.release.yml"]}',
    ".gitattributes": "*.sh text eol=lf",
    ".gitignore": "outputs/ and metadata/, which training writes",
    ".pre-commit-config.yaml": "hooks for `azrelease render --check` and `azrelease check --skip-others`",
    "pyproject.toml": 'testpaths = ["tests/unit", "tests/integration"] to [tool.pytest.ini_options]',
}
"""What a file of the user's is to say, where there was one."""


def _tops(placed: "Iterable[ComparedFile]") -> list[str]:
    """The files and folders at the top of the project that `bootstrap` does not push by itself."""
    pushed = ("release.yml", "azure-pipelines.yml", "azure-pipelines.check.yml")
    return list(dict.fromkeys(path.partition("/")[0] for path in (p.file.path for p in placed) if path not in pushed))
