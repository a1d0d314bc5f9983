"""Variable groups of a release."""

from collections.abc import Iterator

from azrelease.ownership import shortened
from azrelease.registration.desired_state.context import DESCRIPTION, DesiredStateContext
from azrelease.registration.kinds import permission
from azrelease.registration.kinds.variable_group import CONNECTION, VAULT
from azrelease.registration.kinds.variable_values import MANAGED_VARIABLES, OF_VAULT, VARIABLE
from azrelease.registration.resource import DesiredResource, Prerequisite, ResourceKind, Value
from azrelease.release import Release
from azrelease.release.registration import VariableGroup


def groups(context: DesiredStateContext) -> Iterator[DesiredResource | Prerequisite]:
    """The declared groups, those for the secrets of one stage, and missing ones."""
    declared = {group.name.lower() for group in context.registration.variable_groups}
    created = created_groups(context.release)
    for group in context.registration.variable_groups:
        yield from _group(context, group)
    for name, secrets in own_groups(context.release):
        if name.lower() not in declared:
            text = shortened(f"Secrets of a stage of release {context.release.name}.")
            fields = {DESCRIPTION: text, VAULT: None, CONNECTION: None, **context.variable_fields({}, secrets)}
            yield context.resource(ResourceKind.VARIABLE_GROUP, name, fields)
    for name in context.named.variable_groups:
        if name.lower() not in created and context.project.variable_groups.find(name) is None:
            yield Prerequisite(f"variable group {name}", "Create it, or declare it in `registration.variable_groups`.")


def created_groups(release: Release) -> frozenset[str]:
    """Names, in lower case, of the groups that `apply` creates for a release."""
    declared = release.registration.variable_groups if release.registration else ()
    return frozenset(name.lower() for name in (*(g.name for g in declared), *(name for name, _ in own_groups(release))))


def own_groups(release: Release) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Variable groups for the secrets of one stage, as an import names them: `<release>-<stage>`."""
    for stage in release.stages:
        name = f"{release.name}-{stage.name}"
        if stage.secrets and name.lower() in map(str.lower, stage.variable_groups):
            yield name, stage.secrets


def _group(context: DesiredStateContext, group: VariableGroup) -> Iterator[DesiredResource | Prerequisite]:
    fields: dict[str, Value] = {DESCRIPTION: shortened(group.description or "")}
    if group.key_vault is not None:
        connection = group.key_vault.service_connection
        yield from context.needs("service connection", connection)
        connection = context.name("service connection", connection)
        fields |= {
            VAULT: group.key_vault.name,
            CONNECTION: connection,
            MANAGED_VARIABLES: sorted(group.key_vault.secrets),
        }
        fields |= {VARIABLE + name: OF_VAULT for name in group.key_vault.secrets}
    else:
        fields |= {VAULT: None, CONNECTION: None, **context.variable_fields(group.variables, group.secrets)}
    yield context.resource(ResourceKind.VARIABLE_GROUP, group.name, fields)
    if group.all_pipelines:
        where = permission.place("variable group", group.name)
        yield context.resource(ResourceKind.PERMISSION, permission.ALL, {permission.AUTHORIZED: True}, where)
