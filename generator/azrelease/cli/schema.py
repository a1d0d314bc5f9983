"""`azrelease schema`."""

from azrelease import data_files
from azrelease.cli.output import write_text
from azrelease.plugins import TASK_GROUP, plugins


def command() -> None:
    """Print the JSON Schema of release.yml, with the tasks of installed packages.

    Example: azrelease schema > release.schema.json
    """
    if not plugins(TASK_GROUP):
        write_text((data_files.SCHEMAS / "release.schema.json").read_text(encoding="utf-8"))
        return
    from azrelease.release.schema import schema_text

    write_text(schema_text())
