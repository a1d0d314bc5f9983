"""Every kind of resource has a handler, and every handler does what its kind needs."""

import pytest

from azrelease.registration.kinds import HANDLERS, ResourceHandler
from azrelease.registration.resource import ResourceKind


def test_every_kind_has_one_handler_in_the_order_of_creation() -> None:
    assert list(HANDLERS) == list(ResourceKind)
    assert [handler.kind for handler in HANDLERS.values()] == list(ResourceKind)


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=list(HANDLERS))
def test_every_handler_can_read_again(handler: ResourceHandler) -> None:
    assert {"listing", "refresh"} & set(vars(type(handler)))
