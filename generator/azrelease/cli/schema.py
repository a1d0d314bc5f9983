"""`azrelease schema`."""

from azrelease import data_files
from azrelease.cli.output import write_text


def command() -> None:
    """Print the JSON Schema of release.yml.

    Example: azrelease schema > release.schema.json
    """
    write_text((data_files.SCHEMAS / "release.schema.json").read_text(encoding="utf-8"))
