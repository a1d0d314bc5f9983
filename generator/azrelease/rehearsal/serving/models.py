"""The files of models: those that commands register, and the one that the release is about."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

USUAL_PLACES = ("outputs/model", "model", "outputs")
"""Where the model lies in an artifact, where nothing says it."""


class Models:
    """Models by name and version, each in a folder as a container has it.

    Attributes:
        taken: told when the files of the current model are taken for one.
        option: how a user names the files of the current model.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._current: Path | None = None
        self._taken: set[Path] = set()
        self.taken: Callable[[Path], None] = lambda _path: None
        self.option = "--model"

    def current(self, path: Path | None) -> None:
        """Say which files a model has that the workspace is taken to have: those of the artifact that is released."""
        for place in self._taken:
            shutil.rmtree(place, ignore_errors=True)
        self._taken.clear()
        self._current = path

    def knows(self, name: str, version: str) -> bool:
        """Whether there is such a model; the CI pipeline has registered the one that the artifact names."""
        return self.folder(name, version) is not None

    def folder(self, name: str, version: str) -> Path | None:
        """What `AZUREML_MODEL_DIR` is for a model: a folder with what was registered in it; None for no model."""
        place = self._folder / name / version
        if not place.exists():
            if self._current is None:
                return None
            self.register(name, version, self._current)
            self._taken.add(place)
            self.taken(self._current)
        return place

    def register(self, name: str, version: str, path: Path) -> None:
        """Keep the files of a model."""
        place = self._folder / name / version
        place.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, place / path.name, dirs_exist_ok=True)
        else:
            shutil.copy2(path, place / path.name)


def usual_model(artifact: Path) -> Path | None:
    """Where the model lies in an artifact, if it is in one of the usual places."""
    return next((artifact / name for name in USUAL_PLACES if (artifact / name).is_dir()), None)
