"""The files of models: those that commands register, and those of the artifact that is released."""

import shutil
from collections.abc import Callable
from pathlib import Path

USUAL_PLACES = ("outputs/model", "model", "outputs")
"""Folders of an artifact that may contain its model."""


class ModelStore:
    """Models by name and version, each in a folder as in a container.

    Attributes:
        on_current_used: called with the files of the current model when they stand in for a model of the workspace.
        option: the command-line option that names the files of the current model.
    """

    def __init__(self, folder: Path, on_current_used: Callable[[Path], None] = lambda _path: None) -> None:
        self._folder = folder
        self._current: Path | None = None
        self._stand_ins: set[Path] = set()
        self.on_current_used = on_current_used
        self.option = "--model"

    def set_current(self, path: Path | None) -> None:
        """Set the files that stand in for models of the workspace: those of the artifact that is released."""
        for folder in self._stand_ins:
            shutil.rmtree(folder, ignore_errors=True)
        self._stand_ins.clear()
        self._current = path

    def folder(self, name: str, version: str) -> Path | None:
        """The value of `AZUREML_MODEL_DIR` for a model: the folder around its files; None for an unknown model.

        The CI pipeline has registered the model of the artifact, so that it may have any name.
        """
        folder = self._folder / name / version
        if not folder.exists():
            if self._current is None:
                return None
            self.register(name, version, self._current)
            self._stand_ins.add(folder)
            self.on_current_used(self._current)
        return folder

    def register(self, name: str, version: str, path: Path) -> None:
        """Store the files of a model."""
        folder = self._folder / name / version
        folder.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, folder / path.name, dirs_exist_ok=True)
        else:
            shutil.copy2(path, folder / path.name)


def usual_model(artifact: Path) -> Path | None:
    """The folder of the model in an artifact, if it is one of the usual ones."""
    return next((artifact / name for name in USUAL_PLACES if (artifact / name).is_dir()), None)
