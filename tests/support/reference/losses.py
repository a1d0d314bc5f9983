"""The page of what `import` and `export` carry, from the tables that their reports use."""

from azrelease.classic import CLASSIC_FEATURES, RELEASE_FEATURES
from azrelease.report.losses import coverage_table
from support.reference.markdown import page

ABOUT = """\
What becomes of each part of a classic release definition, and of each part of a release that is exported to one:
✅ carried, ⚙️ carried by registration (Azure DevOps holds it, not the YAML), ⚠️ carried with a change, ❌ lost. What is
marked "stops the import" is a control: nothing is written without `--accept-loss`.
[Move from a classic release](../how-to/move-from-classic.md) shows how to read the report."""


def losses_page() -> str:
    """The page."""
    return page(
        "Loss table",
        ABOUT,
        ["## Import", "", coverage_table(CLASSIC_FEATURES, "import")],
        ["## Export", "", coverage_table(RELEASE_FEATURES, "export")],
    )
