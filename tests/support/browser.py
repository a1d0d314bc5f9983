"""The browser of the tests: Debian's Chromium, or another one of its kind."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")

# Where a container lets nothing be sandboxed, Chromium refuses to start with one; the pages are our own.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def chromium() -> str | None:
    """The path of the browser, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)
