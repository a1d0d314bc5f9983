"""Sizes of machines for managed endpoints.

Source: learn.microsoft.com/azure/machine-learning/reference-managed-online-endpoints-vm-sku-list, general purpose.
"""

from typing import NamedTuple


class MachineSize(NamedTuple):
    """A size with its cores and its memory in GiB."""

    name: str
    cores: int
    memory: int


_SIZES = (
    MachineSize("Standard_DS2_v2", 2, 7),
    MachineSize("Standard_DS3_v2", 4, 14),
    MachineSize("Standard_DS4_v2", 8, 28),
    MachineSize("Standard_DS5_v2", 16, 56),
)
USUAL, LARGEST = _SIZES[1], _SIZES[-1]
"""The smallest recommended size, and the largest one of this kind."""


def smallest(cores: float, memory: float) -> MachineSize | None:
    """The smallest size with at least these cores and memory in GiB; None where there is none."""
    return next((size for size in _SIZES if size.cores >= cores and size.memory >= memory), None)
