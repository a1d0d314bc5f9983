"""A Git repository: commits with whole trees, branches, pull requests."""

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_azure_devops.clock import now

ZEROS = "0" * 40
_NUMBERS = itertools.count(1)


@dataclass
class Commit:
    """A commit and the files there are after it."""

    id: str
    comment: str
    parents: list[str]
    tree: dict[str, bytes]
    changes: dict[str, str] = field(default_factory=dict)
    date: str = field(default_factory=now)


@dataclass
class Repository:
    """One repository; `refs` maps full ref names to commit ids."""

    id: str
    name: str
    default_branch: str = "refs/heads/main"
    refs: dict[str, str] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    pull_requests: dict[int, dict[str, Any]] = field(default_factory=dict)
    is_disabled: bool = False

    def files(self, branch: str | None = None) -> dict[str, str]:
        """The files of a branch by path, which begins with a slash."""
        commit = self.tip(branch or self.default_branch)
        return {} if commit is None else {path: data.decode() for path, data in commit.tree.items()}

    def tip(self, branch: str) -> Commit | None:
        """The newest commit of a branch or ref."""
        name = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
        found = self.refs.get(name)
        return None if found is None else self.commits.get(found)

    def commit(self, branch: str, files: Mapping[str, str], comment: str = "Add files") -> Commit:
        """Seed a commit that writes these files on a branch."""
        name = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
        tip = self.tip(name)
        tree = dict(tip.tree) if tip else {}
        written = {"/" + path.lstrip("/"): text.encode() for path, text in files.items()}
        changes = {path: "edit" if path in tree else "add" for path in written}
        return self.record(name, tree | written, changes, comment)

    def record(self, ref: str, tree: dict[str, bytes], changes: dict[str, str], comment: str) -> Commit:
        """Put a commit with this tree on top of a ref."""
        tip = self.tip(ref)
        digest = hashlib.sha1(f"{self.id} {ref} {next(_NUMBERS)}".encode(), usedforsecurity=False).hexdigest()
        commit = Commit(digest, comment, [tip.id] if tip else [], tree, changes)
        self.commits[commit.id] = commit
        self.refs[ref] = commit.id
        return commit

    def history(self, commit_id: str) -> list[Commit]:
        """A commit and those before it, newest first."""
        found: list[Commit] = []
        waiting = [commit_id]
        while waiting:
            commit = self.commits.get(waiting.pop(0))
            if commit is not None and commit not in found:
                found.append(commit)
                waiting += commit.parents
        return found
