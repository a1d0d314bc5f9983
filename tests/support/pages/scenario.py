"""The folder that a page runs in, and the service that its commands talk to."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from azrelease.registration.runs import runs_of
from azrelease.release import load
from fake_azure_devops import Service, scripted
from support.pages.blocks import Command, blocks
from support.process import PATIENT, CliHere, Result
from support.registering import project_of, seed, use

ROOT = Path(__file__).parents[3]
_WHERE = re.compile(r"(a copy|(?P<git>a checkout)) of (?P<sample>samples/[\w-]+)|a new folder")
_BY_FORM = [
    re.compile(form)
    for form in (
        r"python3 -m venv \.venv",
        r"(\.venv/bin/|python3 -m )?pip install (--quiet |--editable )*\S+",
        r"export [A-Z_]+=\S+",
        r"az login",
        r"pre-commit install",
        r"docker (build|run) .+",
    )
]
"""Commands of others that need a network or change the shell: they are looked at, not run."""


class Scenario:
    """A page as it runs from top to bottom."""

    def __init__(self, top: Path, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        self._top = top
        self._monkeypatch = monkeypatch
        self._service = service
        self._count = 0
        self._waits = False
        self._project = seed(service)
        service.organization.add_identity("ml-leads", mail="ml-leads@example.com")
        use(monkeypatch, service, API_KEY="planted-api-key-value")
        monkeypatch.delenv("SYSTEM_COLLECTIONURI", raising=False)
        for who in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{who}_NAME", "Jane Doe")
            monkeypatch.setenv(f"GIT_{who}_EMAIL", "jane@example.com")
        self.begin("a new folder")

    def begin(self, where: str) -> None:
        """Go on in another folder."""
        found = _WHERE.fullmatch(where)
        assert found, f"`in: {where}` is not known"
        self._count += 1
        self.folder = self._top / str(self._count)
        if found["sample"]:
            shutil.copytree(ROOT / found["sample"], self.folder)
        else:
            self.folder.mkdir()
        if found["git"]:
            subprocess.run(["git", "init", "--quiet"], cwd=self.folder, check=True, timeout=PATIENT)
        self.cli = CliHere(self.folder)

    def begin_with(self, page: str) -> None:
        """Go on in a new folder with the files of another page."""
        self.begin("a new folder")
        for block in blocks((ROOT / page).read_text(encoding="utf-8")):
            if "file" in block.notes:
                self.cli.write(block.notes["file"], block.text)

    def wait_for(self, stages: str) -> None:
        """Have the next run wait for an approval of a stage: `waits for production`."""
        found = re.fullmatch(r"waits for (\w+)", stages)
        assert found, f"`run: {stages}` is not known"
        approver = self._service.organization.add_identity("Jane Doe", mail="jane@example.com")["id"]
        self._waits = True
        script = scripted(["staging", "production"], approvals={found[1]: [approver]})
        self._project.script_run(len(self._project.builds) + 1, script)

    def run(self, command: Command) -> Result:
        """Run a command, or look at its form."""
        program, *arguments = command.words
        match program:
            case "azrelease":
                # The fake service needs no time to come to the next moment of a run.
                extra = ("--interval", "0") if arguments[:1] == ["run"] else ()
                done = self.cli(*arguments, *extra)
                if self._waits and "--no-follow" in arguments:
                    self._come_to_the_approval()
                return Result(done.code, self._as_shown(done.out), self._as_shown(done.err))
            case "cat":
                [name] = arguments
                return Result(0, (self.folder / name).read_text(encoding="utf-8"), "")
            case "pip" if (self.folder / arguments[-1] / "pyproject.toml").is_file():
                return self._install(arguments)
            case "git":
                done = subprocess.run(
                    command.words, cwd=self.folder, capture_output=True, check=False, text=True, timeout=PATIENT
                )
                return Result(done.returncode, done.stdout, done.stderr)
        assert any(form.fullmatch(command.text) for form in _BY_FORM), f"{command.text}: not known to the tests"
        return Result(0, "", "")

    def _install(self, arguments: list[str]) -> Result:
        """Install a package of the page's folder, without the network, for the commands below."""
        target = self._top / "site-packages"
        offline = ["--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]
        pip = [sys.executable, "-m", "pip", *arguments, *offline, "--quiet", "--target", str(target)]
        done = subprocess.run(pip, cwd=self.folder, capture_output=True, check=False, text=True, timeout=PATIENT)
        self._monkeypatch.syspath_prepend(target)
        return Result(done.returncode, done.stdout, done.stderr)

    def _come_to_the_approval(self) -> None:
        runs = runs_of(project_of(self._service), load(self.folder / "release.yml").release, classic=False)
        read = runs.status_reader(len(self._project.builds))
        while not read().approvals:
            pass

    def _as_shown(self, text: str) -> str:
        """What was printed, with the address that a reader's service has."""
        here = f"{self._service.url}/{self._project.id}"
        text = text.replace(here, "https://dev.azure.com/contoso/MLOps")
        return text.replace(self._service.url, "https://dev.azure.com/contoso")


def is_shown(shown: str, printed: str) -> bool:
    """Whether what a page shows was printed: a line `...` stands for any lines, `…` for a part of one."""
    lines = [line.rstrip() for line in printed.strip("\n").splitlines()]
    parts: list[list[str]] = [[]]
    for line in shown.splitlines():
        if line.strip() == "...":
            parts.append([])
        else:
            parts[-1].append(line.rstrip())
    if len(parts) == 1:
        return _is(parts[0], lines)
    first, *middle, last = parts
    at, end = len(first), len(lines) - len(last)
    for part in middle:
        places = (place for place in range(at, end) if _is(part, lines[place : place + len(part)]))
        at = next(places, end) + len(part)
    return at <= end and _is(first, lines[: len(first)]) and _is(last, lines[end:])


def _is(shown: list[str], lines: list[str]) -> bool:
    forms = [re.escape(line).replace("…", ".*") for line in shown]
    return len(forms) == len(lines) and all(map(re.fullmatch, forms, lines))
