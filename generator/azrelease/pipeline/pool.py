"""The pool that runs a job."""

from typing import NamedTuple


class Pool(NamedTuple):
    """A Microsoft-hosted image (`vm_image`) or a self-hosted pool (`name`) with demands."""

    vm_image: str | None = None
    name: str | None = None
    demands: tuple[str, ...] = ()
