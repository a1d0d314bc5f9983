"""The folders of an editor, and the files that are open in it."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pygls.uris import from_fs_path, to_fs_path, urlparse

from azrelease.application.open_files import OpenFiles
from azrelease.language_server.positions import EditorText
from azrelease.open_texts import identity
from azrelease.yaml_document import read_file


class Document(NamedTuple):
    """An open file.

    Attributes:
        uri: its address, as the editor gave it.
        path: its path; of one that was never saved, a path in its folder.
        files: the open files of its folder.
        name: its path from that folder.
        text: its text in the editor.
        version: the version of the text, as the editor counts.
    """

    uri: str
    path: Path
    files: OpenFiles
    name: str
    text: EditorText
    version: int | None


class OpenDocuments:
    """The open files by folder. A file outside of all folders of the editor belongs to that of its repository.

    Args:
        folders: the folders of the editor.
        encoding: in what units the client counts columns.

    Attributes:
        revision: a number that is another one after each change of a file.
    """

    def __init__(self, folders: Iterable[Path], encoding: str) -> None:
        self._folders = list(folders)
        self._encoding = encoding
        self._files: dict[Path, OpenFiles] = {}
        self._documents: dict[str, Document] = {}
        self.revision = 0

    @property
    def files(self) -> tuple[OpenFiles, ...]:
        """The open files of each folder with such."""
        return tuple(files for files in self._files.values() if files)

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every open file."""
        return tuple(self._documents.values())

    def get(self, uri: str) -> Document | None:
        """An open file; None for any other."""
        return self._documents.get(uri)

    def open(self, uri: str, text: str, version: int | None) -> Document:
        """Open a file, or give it another text."""
        path = self._path(uri)
        files = self._of_folder(self._folder(path))
        document = Document(uri, path, files, files.name(path), EditorText(text, self._encoding), version)
        self._documents[uri] = document
        self.revision += 1
        files.put(document.name, document.text.raw)
        for other in self.files:
            if other is not files:
                other.changed(path)
        return document

    def close(self, uri: str) -> Document | None:
        """Close a file; returns it."""
        document = self._documents.pop(uri, None)
        self.revision += 1
        if document is not None:
            document.files.close(document.name)
        return document

    def refresh(self) -> None:
        """Have everything read again, for files on the disk have changed."""
        self.revision += 1
        for files in self.files:
            files.refresh()

    def change_folders(self, added: Iterable[Path], removed: Iterable[Path]) -> None:
        """Add and remove folders; open files move to the folder that they are in now."""
        gone = set(removed)
        self._folders = [folder for folder in self._folders if folder not in gone]
        self._folders += [folder for folder in added if folder not in self._folders]
        documents = self.documents
        self._files.clear()
        for document in documents:
            self.open(document.uri, document.text.text, document.version)

    def of_path(self, files: OpenFiles, name: str) -> tuple[str, EditorText]:
        """The address and the text of a file, open or on the disk, by its path from a folder.

        Raises:
            UserError: it is not open, and cannot be read.
        """
        path = identity(files.folder / name)
        for document in self.documents:
            if identity(document.path) == path:
                return document.uri, document.text
        text = read_file(str(files.folder / name)).decode("utf-8", errors="replace")
        return address(files.folder / name), EditorText(text, self._encoding)

    def _of_folder(self, folder: Path) -> OpenFiles:
        if folder not in self._files:
            self._files[folder] = OpenFiles(folder)
        return self._files[folder]

    def _path(self, uri: str) -> Path:
        found = to_fs_path(uri)
        if found is not None:
            return Path(found)
        here = self._folders[0] if self._folders else Path.home()
        return here / (urlparse(uri)[2].lstrip("/") or "untitled.yml")

    def _folder(self, path: Path) -> Path:
        """The folder in which `check` would be called for a file: the innermost of the editor, or its repository."""
        around = list(path.parents)
        of_editor = [folder for folder in self._folders if folder in around]
        if of_editor:
            return max(of_editor, key=lambda folder: len(folder.parts))
        return next((folder for folder in around if (folder / ".git").exists()), _existing(around))


def _existing(around: Iterable[Path]) -> Path:
    return next(folder for folder in around if folder.is_dir())


def address(path: Path) -> str:
    """The address of a file."""
    return from_fs_path(os.path.normpath(path.absolute())) or ""


def paths(addresses: Iterable[str]) -> Iterator[Path]:
    """The paths of the addresses that have one."""
    return (Path(path) for path in map(to_fs_path, addresses) if path is not None)
