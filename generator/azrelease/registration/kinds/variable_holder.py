"""Ownership of pipelines and variable groups: the tag in their description names the release and its variables."""

from collections.abc import Iterable, Iterator, Sequence

from azrelease.ownership import is_managed, owned_parts, owning_release, parts_that_fit, tagged, untagged
from azrelease.registration.kinds.base import ResourceHandler
from azrelease.registration.kinds.variable_values import (
    MANAGED_VARIABLES,
    VARIABLE,
    removed_variables,
    stated_variables,
)
from azrelease.registration.project import Project, Raw
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    Prerequisite,
    Unmanaged,
    UnmanagedVariable,
    Value,
    VariableKey,
    differences,
)

DESCRIPTION = "description"

_MOST_FIELDS = 5
"""Most fields that the message about an unmanaged resource lists."""


class VariableHolderHandler(ResourceHandler):
    """Base of the kinds whose resources hold variables, of which azrelease may manage some and users the others."""

    def unmanaged(
        self,
        project: Project,
        desired: Sequence[DesiredResource],
        releases: Sequence[str],  # noqa: ARG002  (desired resources name theirs)
    ) -> Iterable[UnmanagedVariable]:
        """Variables that no release asks for."""
        for each in desired:
            actual = self.find(project, each)
            if actual is not None:
                yield from _unmanaged_variables(each, actual)

    def obstacle(self, desired: DesiredResource, actual: ActualResource) -> Prerequisite | None:
        """A resource that azrelease does not manage, and that differs."""
        return not_managed(desired, actual)

    def pruned(self, desired: DesiredResource, unmanaged: Sequence[Unmanaged]) -> DesiredResource:
        """The resource without its removable variables."""
        where = f"{desired.key.kind} {desired.key.name}".lower()
        removed = {
            VARIABLE + each.key.name: None
            for each in unmanaged
            if isinstance(each, UnmanagedVariable) and each.removable and each.key.within.lower() == where
        }
        return desired._replace(fields={**desired.fields, **removed}) if removed else desired


def not_managed(desired: DesiredResource, actual: ActualResource) -> Prerequisite | None:
    """The obstacle of a resource that azrelease would change but does not manage; None if it may change it."""
    fields = [change.field for change in differences(desired.fields, actual.fields, actual.unmanaged_fields)]
    if actual.managed or desired.adopt or not fields:
        return None
    owner = owning_release(actual.raw.get(DESCRIPTION))
    whose = f"It belongs to release {owner}" if owner else "azrelease did not create it"
    named = ", ".join((*fields[:_MOST_FIELDS], *(["…"] if len(fields) > _MOST_FIELDS else [])))
    hint = f"{whose}, and it differs in {named}. Pass --adopt to take it over, or choose another name."
    return Prerequisite(f"{desired.key} is not managed by azrelease", hint, desired.releases)


def is_managed_for(raw: Raw, desired: DesiredResource) -> bool:
    """Whether the tag in the description names a release that asks for the resource."""
    return is_managed(raw.get(DESCRIPTION), desired.releases)


def ownership_fields(raw: Raw, desired: DesiredResource) -> dict[str, Value]:
    """The description and the managed variables, as fields."""
    text = str(raw.get(DESCRIPTION) or "")
    if _is_adopted(raw, desired):
        return {DESCRIPTION: text if owning_release(text) else f"{text} [not managed]", MANAGED_VARIABLES: []}
    managed = owned_parts(text)
    is_current = managed == _managed_variables(raw, desired)
    return {
        DESCRIPTION: untagged(text),
        MANAGED_VARIABLES: desired.fields[MANAGED_VARIABLES] if is_current else sorted(managed),
    }


def tagged_description(raw: Raw | None, desired: DesiredResource) -> str:
    """The description with its ownership tag."""
    old = raw or {}
    owner = None if _is_adopted(old, desired) else owning_release(old.get(DESCRIPTION))
    return tagged(desired.fields[DESCRIPTION], owner or desired.releases[0], _managed_variables(old, desired))


def unmanaged_fields(raw: Raw, desired: DesiredResource) -> frozenset[str]:
    """Fields that stay as they are, since azrelease does not manage the resource."""
    is_free = is_managed_for(raw, desired) or desired.adopt
    return frozenset() if is_free else frozenset((DESCRIPTION, MANAGED_VARIABLES))


def _unmanaged_variables(desired: DesiredResource, actual: ActualResource) -> Iterator[UnmanagedVariable]:
    managed = owned_parts(actual.raw.get(DESCRIPTION)) if is_managed_for(actual.raw, desired) else frozenset()
    stated = {name.lower() for name in stated_variables(desired.fields)}
    for name in actual.raw.get("variables") or {}:
        if name.lower() not in stated:
            key = VariableKey(name, f"{desired.key.kind} {desired.key.name}")
            yield UnmanagedVariable(key, removable=name in managed)


def _is_adopted(raw: Raw, desired: DesiredResource) -> bool:
    return bool(raw) and desired.adopt and not is_managed_for(raw, desired)


def _managed_variables(raw: Raw, desired: DesiredResource) -> frozenset[str]:
    """The variables that the tag names. Those of an adopted resource stay unmanaged, unless the release states them."""
    managed = frozenset() if _is_adopted(raw, desired) else owned_parts(raw.get(DESCRIPTION))
    existing = frozenset(raw.get("variables") or ())
    stated = stated_variables(desired.fields)
    return parts_that_fit(((managed & existing) - removed_variables(desired.fields)) | (stated - (existing - managed)))
