"""Packages with plugins, installed as pip installs them: modules with a `.dist-info` beside them."""

from collections.abc import Mapping
from pathlib import Path


def install(
    folder: Path, package: str, entry_points: Mapping[str, Mapping[str, str]], modules: Mapping[str, str]
) -> None:
    """Install a package into a folder of the module search path.

    Args:
        folder: the folder.
        package: the name of the package.
        entry_points: the entry points, by group and name.
        modules: the texts of files, by their path in the folder.
    """
    information = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8")
    groups = (
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in declared.items())
        for group, declared in entry_points.items()
    )
    (information / "entry_points.txt").write_text("\n".join(groups), encoding="utf-8")
    for path, text in modules.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
