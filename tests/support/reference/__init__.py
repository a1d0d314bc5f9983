"""The pages of docs/reference that the code says itself: generated here, committed, kept current by tests/test_docs.py."""

from support.reference.commands import commands_page
from support.reference.losses import losses_page
from support.reference.release_file import release_file_page
from support.reference.tasks import tasks_page


def reference_pages() -> dict[str, str]:
    """Each generated page by the name of its file."""
    return {
        "commands.md": commands_page(),
        "loss-table.md": losses_page(),
        "release-file.md": release_file_page(),
        "tasks.md": tasks_page(),
    }


__all__ = ["reference_pages"]
