"""Every kind of resource has a handler, and every handler does what its kind needs."""

import pytest

from azrelease.ownership import is_managed, owned_parts
from azrelease.registration.kinds import HANDLERS, ResourceHandler
from azrelease.registration.kinds.environment import claims_of
from azrelease.registration.resource import ResourceKind


def test_every_kind_has_one_handler_in_the_order_of_creation() -> None:
    assert list(HANDLERS) == list(ResourceKind)
    assert [handler.kind for handler in HANDLERS.values()] == list(ResourceKind)


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=list(HANDLERS))
def test_every_handler_can_read_again(handler: ResourceHandler) -> None:
    assert {"listing", "refresh"} & set(vars(type(handler)))


def test_stored_ownership_tags_stay_readable() -> None:
    text = "Stage live. [azrelease churn%3A1: exclusive lock 7, required template to come]"
    assert is_managed(text, ["Churn:1"])
    assert claims_of({"description": text}) == {"exclusive lock": "7", "required template": "to come"}
    assert owned_parts("Settings. [azrelease churn: limit, region]") == {"limit", "region"}
