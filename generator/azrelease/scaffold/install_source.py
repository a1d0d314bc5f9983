"""Where a project's pipelines and hooks install azrelease from.

Never by its bare name from whatever index pip asks: code of anyone who registers the name there would run in
the pipelines of all users. An index is therefore named, and is the only one that is asked (`--index-url`, not
`--extra-index-url`, which lets a public index win by a higher version).
"""

import posixpath
import re
import shlex
from typing import NamedTuple

from azrelease.version import VERSION

WHEEL_FOLDER = ".azrelease"
"""Where the wheel of a project is, from its top."""

USUAL_WHEEL = f"azrelease-{VERSION}-py3-none-any.whl"
"""The wheel that a project installs where nothing else is said."""

FORMS = "a wheel (`azrelease-….whl`, or its https address), `git+https://…@<tag or commit>`, or a feed (`https://…/simple/`)"

WHEEL_NAME = r"azrelease-[0-9][0-9A-Za-z.!+_]*-py3-none-any\.whl"

_GIT = re.compile(r"git\+(?:https|ssh)://(?:[^\s@/]+@)?[^\s@/]+/[^\s@]*@(?P<ref>[^\s@#]+)(?:#\S*)?")
_MOVING = ("main", "master", "develop", "trunk", "head")
_FEED = re.compile(
    r"https://pkgs\.dev\.azure\.com/[^/\s]+/(?:(?P<project>[^/\s]+)/)?_packaging/(?P<feed>[^/\s]+)/pypi/simple/?"
)
_PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]*@")


class InstallSource(NamedTuple):
    """Where azrelease is installed from.

    Attributes:
        text: as the user names it, and as the generated check of pull requests repeats it.
        wheel: the wheel in the project; None where it comes from elsewhere.
        index_url: the only index that is asked; None where none is.
        feed: the feed of Azure Artifacts behind the index, which a pipeline signs in to: `project/feed` or `feed`.
        address: where pip gets it directly: of git, or of a wheel.
    """

    text: str
    wheel: str | None = None
    index_url: str | None = None
    feed: str | None = None
    address: str | None = None

    def requirement(self, extra: str = "") -> str:
        """What pip is asked for, with an extra if one is named."""
        extras = f"[{extra}]" if extra else ""
        if self.wheel is not None:
            return f"./{posixpath.join(WHEEL_FOLDER, self.wheel)}{extras}"
        return f"azrelease{extras}=={VERSION}" if self.index_url is not None else f"azrelease{extras} @ {self.address}"

    def pip_words(self, extra: str = "", *, in_pipeline: bool = False) -> str:
        """The arguments of `pip install`, for bash.

        Args:
            extra: an extra of azrelease.
            in_pipeline: whether a step before has signed in to the feed, which sets PIP_INDEX_URL.
        """
        requirement = shlex.quote(self.requirement(extra))
        if self.index_url is None:
            return requirement
        index = '"${PIP_INDEX_URL:?}"' if in_pipeline and self.feed is not None else shlex.quote(self.index_url)
        return f"--index-url {index} {requirement}"

    @property
    def hook_dependencies(self) -> tuple[str, ...] | None:
        """What pre-commit installs for a hook; None where hooks run the azrelease that is installed."""
        if self.wheel is not None:
            return None
        index = () if self.index_url is None else (f"--index-url={self.index_url}",)
        return (*index, self.requirement())


DEFAULT_SOURCE = InstallSource("", wheel=USUAL_WHEEL)
"""A wheel that the user puts into the project."""


_REMEMBERED = re.compile(r"^# azrelease is installed from: (?P<text>\S[^\r\n]*)", re.MULTILINE)


def remembered(check_pipeline: str) -> str:
    """The source that a generated check of pull requests repeats; empty where it says none."""
    found = _REMEMBERED.search(check_pipeline)
    return found["text"] if found else ""


def install_source(text: str) -> InstallSource:
    """The source that a text names.

    Raises:
        ValueError: it names none that can be trusted to be azrelease each time; the message says why.
    """
    text = text.strip()
    if not text:
        return DEFAULT_SOURCE
    if _PASSWORD.search(text):
        raise ValueError("there is a password in the address. Leave it out: the pipeline signs in, or git does")
    if re.fullmatch(r"https://\S+\.git@\S+", text):
        text = f"git+{text}"
    if text.startswith("git+"):
        return _git(text)
    if text.startswith("https://"):
        return _address(text)
    if "://" in text:
        raise ValueError(f"`{text}` is not fetched over https. Name {FORMS}")
    name = posixpath.basename(text.replace("\\", "/"))
    if re.fullmatch(WHEEL_NAME, name):
        return InstallSource(posixpath.join(WHEEL_FOLDER, name), wheel=name)
    if re.match(r"azrelease\b", text):
        raise ValueError(
            f"`{text}` is a bare name, and azrelease is on no public index: your pipelines would run the code of "
            f"anyone who registers the name there. Name {FORMS}"
        )
    raise ValueError(f"`{text}` is not a source of azrelease. Name {FORMS}")


def _git(text: str) -> InstallSource:
    found = _GIT.fullmatch(text)
    if found is None or found["ref"].casefold() in _MOVING:
        raise ValueError(
            f"`{text}` moves on without you. Name a tag or a commit: `git+https://…/azrelease.git@v{VERSION}`"
        )
    return InstallSource(text, address=text)


def _address(text: str) -> InstallSource:
    path = text.partition("#")[0]
    if re.fullmatch(WHEEL_NAME, posixpath.basename(path)):
        return InstallSource(text, address=text)
    if not re.fullmatch(r"https://\S+/simple/?", text):
        raise ValueError(f"`{text}` is neither a wheel nor a feed. Name {FORMS}")
    if re.match(r"https://(?:test\.)?pypi\.(?:org|python\.org)/", text):
        raise ValueError(
            "azrelease is not on PyPI: your pipelines would run the code of anyone who registers the name there"
        )
    feed = _FEED.fullmatch(text)
    named = "/".join(filter(None, (feed["project"], feed["feed"]))) if feed else None
    return InstallSource(text, index_url=text, feed=named)
