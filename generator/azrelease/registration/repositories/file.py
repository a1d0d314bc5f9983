"""Desired files of a repository, and the ids that git gives to their contents."""

import base64
import hashlib
from typing import NamedTuple


class File(NamedTuple):
    """A desired file of a repository.

    Attributes:
        path: from the top of the repository, with `/` between folders.
        content: its content; text has line feeds.
    """

    path: str
    content: bytes

    @property
    def text(self) -> str | None:
        """Its text; None for a binary file."""
        return _text(self.content)

    def is_same_as(self, blob: str | None) -> bool:
        """Whether a blob of git has the same content. Line endings of text do not count."""
        if blob is None:
            return False
        same = {blob_id(self.content)}
        if self.text is not None:
            same.add(blob_id(self.content.replace(b"\n", b"\r\n")))
        return blob.lower() in same

    def new_content(self) -> dict[str, str]:
        """The content for a push (learn.microsoft.com/rest/api/azure/devops/git/pushes/create)."""
        text = self.text
        if text is None:
            return {"content": base64.b64encode(self.content).decode(), "contentType": "base64encoded"}
        return {"content": text, "contentType": "rawtext"}


class FileChange(NamedTuple):
    """A file that a branch lacks, or has with another content.

    Attributes:
        path: the file.
        old: the id of the blob on the branch; None if it has no such file.
        is_of_branch: whether the target branch of the merge does not have this blob.
    """

    path: str
    old: str | None
    is_of_branch: bool = False


def with_line_feeds(content: bytes) -> bytes:
    """Text with the line endings that git stores; a binary file unchanged."""
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
    # Text is sent as JSON, and the service removes a byte order mark.
    return None if text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}") else text
