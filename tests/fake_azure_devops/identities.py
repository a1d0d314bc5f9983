"""Who the callers and approvers are."""

from fake_azure_devops.errors import ServiceError
from fake_azure_devops.lists import same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Record

_LIST = "/_apis/identities"


def _property(identity: Record, name: str) -> str:
    value = (identity.get("properties") or {}).get(name) or {}
    return str(value.get("$value", "") if isinstance(value, dict) else value)


def _fits(identity: Record, kind: str, value: str) -> bool:
    name, account, mail = identity["providerDisplayName"], _property(identity, "Account"), _property(identity, "Mail")
    texts = {
        "general": [name, account, mail],
        "displayname": [name],
        "mailaddress": [mail],
        "accountname": [account, mail],
        "localgroupname": [name] if identity.get("isContainer") else [],
    }.get(kind.casefold())
    if texts is None:
        raise ServiceError("ArgumentException", f"The value '{kind}' is not valid for searchFilter.")
    return any(text and same(text, value) for text in texts)


@route("GET", _LIST, "identity", "vssps")
def read_identities(context: Context) -> Answer:
    """Identities by ids, descriptors or a search."""
    ids = [each.casefold() for each in context.asked_list("identityIds")]
    descriptors = context.asked_list("subjectDescriptors") or context.asked_list("descriptors")
    kind, value = context.asked("searchFilter"), context.asked("filterValue")
    if ids:
        return listing([context.organization.identity(each) for each in ids])
    if descriptors:
        known = context.organization.identities
        found = [each for each in known if {each.get("subjectDescriptor"), each.get("descriptor")} & set(descriptors)]
        return listing(found)
    if not kind or not value:
        raise ServiceError("ArgumentException", "searchFilter and filterValue are required.")
    return listing([each for each in context.organization.identities if _fits(each, kind, value)])


@route("GET", _LIST + "/{identity}", "identity", "vssps")
def read_identity(context: Context) -> Record:
    """One identity."""
    found = context.organization.identity(context.values["identity"])
    if found is None:
        raise ServiceError(
            "IdentityNotFoundException", f"TF14045: The identity {context.values['identity']} is unknown."
        )
    return found
