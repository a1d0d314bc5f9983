"""A file as it is to be in a repository, and as git names what it holds."""

import base64
import hashlib
from typing import NamedTuple


class File(NamedTuple):
    """A file for a repository.

    Attributes:
        path: from the top of the repository, with `/` between folders.
        content: what it holds; text with line feeds.
    """

    path: str
    content: bytes

    @property
    def text(self) -> str | None:
        """Its text; None for a binary file."""
        return _text(self.content)

    def is_same_as(self, blob: str | None) -> bool:
        """Whether a blob of git holds the same. Line endings of text do not count."""
        if blob is None:
            return False
        same = {blob_id(self.content)}
        if self.text is not None:
            same.add(blob_id(self.content.replace(b"\n", b"\r\n")))
        return blob.lower() in same

    def new_content(self) -> dict[str, str]:
        """What it holds, as a push takes it (learn.microsoft.com/rest/api/azure/devops/git/pushes/create)."""
        text = self.text
        if text is None:
            return {"content": base64.b64encode(self.content).decode(), "contentType": "base64encoded"}
        return {"content": text, "contentType": "rawtext"}


class FileChange(NamedTuple):
    """A file that a branch lacks, or has otherwise.

    Attributes:
        path: the file.
        old: the id of the blob that the branch has; None where it has no such file.
        is_of_branch: whether this other version is one that only this branch has, not the branch it is to be merged to.
    """

    path: str
    old: str | None
    is_of_branch: bool = False


def with_line_feeds(content: bytes) -> bytes:
    """Text with the line endings that git keeps; a binary file as it is."""
    return content if _text(content) is None else content.replace(b"\r\n", b"\n")


def blob_id(content: bytes) -> str:
    """The id that git gives to a content (git-scm.com/book/en/v2/Git-Internals-Git-Objects)."""
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


def _text(content: bytes) -> str | None:
    if b"\0" in content:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    # A text is sent as JSON, and written by the service without the mark at its beginning.
    return None if text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}") else text
