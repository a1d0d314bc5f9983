"""What starts a pipeline."""

from yaml import ScalarNode

from azrelease.syntax import PipelineFile


def has_pull_requests(file: PipelineFile) -> bool:
    """Whether a file says that pull requests run it. Without `pr` that depends on where its repository is."""
    entry = file.root.entry("pr")
    if entry is None:
        return False
    return not (isinstance(entry.value, ScalarNode) and entry.value.value.casefold() in ("none", ""))
