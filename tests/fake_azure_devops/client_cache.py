"""What the client in this process notes of a service: where its resources are."""

import sys


def forget(root: str) -> None:
    """Have the client forget an address that is not there any more: another service may get it.

    It never forgets by itself, and writes all of it to a file again at each new address.
    """
    client, cache = sys.modules.get("azure.devops.client"), sys.modules.get("azure.devops._file_cache")
    known = [client.Client._locations_cache] if client else []  # noqa: SLF001  (there is no other way)
    known += [cache.OPTIONS_CACHE.data, cache.RESOURCE_CACHE.data] if cache else []
    for addresses in known:
        for address in [each for each in addresses if each.startswith(root)]:
            del addresses[address]
