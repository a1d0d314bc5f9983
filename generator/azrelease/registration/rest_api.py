"""Resources of the REST API: their locations, their versions, and the permissions that they need.

Locations and versions: azure-devops 7.1.0b4 (the client modules). Scopes: learn.microsoft.com/azure/devops/integrate/
get-started/authentication/oauth#scopes. Roles: learn.microsoft.com/azure/devops/organizations/security/permissions.
"""

from typing import NamedTuple


class TokenScope(NamedTuple):
    """A scope of tokens: its name without `(read)` or the like, and the name of its variant for changes."""

    name: str
    write: str = "read & manage"


class RestResource(NamedTuple):
    """A resource of the REST API.

    Attributes:
        location: the id of its location.
        version: the version of the API.
        scope: the scope that a token needs.
        role: the permission or role that the owner of the token needs to change it.
        area: the id of the area whose host serves it; empty for the host of the organization.
    """

    location: str
    version: str
    scope: TokenScope
    role: str = ""
    area: str = ""


_RELEASE_AREA = "efc2f575-36ef-48e9-b672-0c6fb4a48ac5"
_IDENTITY_AREA = "8a3d49b8-91f0-46ef-b33d-dda338c25db3"

_PROJECT = TokenScope("Project and Team")
_BUILD = TokenScope("Build", "read & execute")
_ENVIRONMENT = TokenScope("Environment")
_PERMISSIONS = TokenScope("Pipeline Resources", "use and manage")
_GROUPS = TokenScope("Variable Groups", "read, create & manage")
_POOLS = TokenScope("Agent Pools")
_CONNECTIONS = TokenScope("Service Connections")
_CODE = TokenScope("Code", "read & write")
_POLICY = TokenScope("Code", "status, or full")
_RELEASE = TokenScope("Release", "read, write & execute")
_TESTS = TokenScope("Test Management")

_EDIT_PIPELINE = "the permission `Edit build pipeline`"
_QUEUE_BUILDS = "the permission `Queue builds`"
_APPROVER = "being one of the approvers"
_ENVIRONMENT_ROLE = "the role Creator for environments, or Administrator on this one"
_GROUP_ROLE = "the role Administrator on the variable group, or Creator in the library"
_PUSH = "the permissions `Contribute` and `Create branch` in the repository"

RESOURCE_AREAS = RestResource("e81700f7-3be2-46de-8624-2eb35882fcaa", "7.1-preview.1", _PROJECT)
CONNECTION_DATA = RestResource("00d9565f-ed9c-4a06-9a50-00e7896ccab4", "7.1-preview.1", TokenScope("User Profile"))
PROJECTS = RestResource("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "7.1-preview.4", _PROJECT)
IDENTITIES = RestResource(
    "28010c54-d0c0-4c89-a5b0-1c9e188b9fb7", "7.1-preview.1", TokenScope("Identity"), "", _IDENTITY_AREA
)

DEFINITIONS = RestResource("dbeaf647-6167-421a-bda9-c9327b25e2e6", "7.1-preview.7", _BUILD, _EDIT_PIPELINE)
FOLDERS = RestResource("a906531b-d2da-4f55-bda7-f3e676cc50d9", "7.1-preview.2", _BUILD, _EDIT_PIPELINE)
BUILDS = RestResource("0cd358e1-9217-4d94-8269-1c1ee6f93dcf", "7.1-preview.7", _BUILD, _QUEUE_BUILDS)
TIMELINES = RestResource("8baac422-4c6e-4de5-8532-db96d92acffa", "7.1-preview.2", _BUILD)
RUNS = RestResource("7859261e-d2e9-4a68-b820-a5d84cc5bb3d", "7.1-preview.1", _BUILD, _QUEUE_BUILDS)
PREVIEW = RestResource("53df2d18-29ea-46a9-bee0-933540f80abf", "7.1-preview.1", _BUILD, _QUEUE_BUILDS)
APPROVALS = RestResource("37794717-f36f-4d78-b2bf-4dc30d0cfbcd", "7.1", _BUILD, _APPROVER)

ENVIRONMENTS = RestResource("8572b1fc-2482-47fa-8f74-7e3ed53ee54b", "7.1-preview.1", _ENVIRONMENT, _ENVIRONMENT_ROLE)
CHECKS = RestResource(
    "86c8381e-5aee-4cde-8ae4-25c0c7f5eaea", "7.1-preview.1", _ENVIRONMENT, "the role Administrator on the environment"
)
CHECK_QUERY = RestResource("5f3d0e64-f943-4584-8811-77eb495e831e", "7.1-preview.1", _ENVIRONMENT)
PERMISSIONS = RestResource(
    "b5b9a4a4-e6cd-4096-853c-ab7d8b0c4eb2", "7.1-preview.1", _PERMISSIONS, "the role Administrator on the resource"
)
VARIABLE_GROUPS = RestResource("f5b09dd5-9d54-45a1-8b5a-1c8287d634cc", "7.1-preview.2", _GROUPS)
VARIABLE_GROUP_CHANGES = RestResource("ef5b7057-ffc3-4c77-bbad-c10b4a4abcc7", "7.1-preview.2", _GROUPS, _GROUP_ROLE)
QUEUES = RestResource("900fa995-c559-4923-aae7-f8424fe4fbea", "7.1-preview.1", _POOLS)
DEPLOYMENT_GROUPS = RestResource(
    "083c4d89-ab35-45af-aa11-7cf66895c53e", "7.1-preview.1", TokenScope("Deployment group")
)
TASK_GROUPS = RestResource("6c08ffbf-dbf1-4f9a-94e5-a1cbd47005e7", "7.1-preview.1", TokenScope("Task Groups"))
TASKS = RestResource("60aac929-f0cd-4bc8-9ce4-6b30e8f1b1bd", "7.1-preview.1", _POOLS)
SERVICE_CONNECTIONS = RestResource("e85f1c62-adfc-4b74-b618-11a150fb195e", "7.1-preview.4", _CONNECTIONS)
CONNECTION_HISTORY = RestResource("10a16738-9299-4cd1-9a81-fd23ad6200d0", "7.1-preview.1", _CONNECTIONS)

POLICIES = RestResource(
    "dad91cbe-d183-45f8-9c6e-9c1164472121", "7.1-preview.1", _POLICY, "the permission `Edit policies` on the branch"
)
REPOSITORIES = RestResource("225f7195-f9c7-4d14-ab28-a83f7ff77e1f", "7.1-preview.1", _CODE)
PUSHES = RestResource("ea98d07b-3c87-4971-8ede-a613694ffb55", "7.1-preview.2", _CODE, _PUSH)
REFS = RestResource(
    "2d874a60-a811-4f62-9c9f-963a6ea0a55b", "7.1-preview.1", _CODE, "the permission `Create branch` in the repository"
)
ITEMS = RestResource("fb93c0db-47ed-4a31-8c20-47552878fb44", "7.1-preview.1", _CODE)
PULL_REQUESTS = RestResource(
    "9946fd70-0d40-406e-b686-b4744cbbcc37", "7.1-preview.1", _CODE, "the permission `Contribute to pull requests`"
)

RELEASE_DEFINITIONS = RestResource(
    "d8f96f24-8ea7-4cb6-baab-2df8fc515665",
    "7.1-preview.4",
    _RELEASE,
    "the permission `Edit release pipeline`",
    _RELEASE_AREA,
)
RELEASES = RestResource(
    "a166fde7-27ad-408e-ba75-703c2cc9d500", "7.1-preview.8", _RELEASE, "the permission `Create releases`", _RELEASE_AREA
)
RELEASE_APPROVALS = RestResource("b47c6458-e73b-47cb-a770-4df1e8813a91", "7.1-preview.3", _RELEASE, "", _RELEASE_AREA)
RELEASE_APPROVAL = RestResource(
    "9328e074-59fb-465a-89d9-b09c82ee5109", "7.1-preview.3", _RELEASE, _APPROVER, _RELEASE_AREA
)

TEST_RUNS = RestResource("cadb3810-d47d-4a3c-a234-fe5f3be50138", "7.1-preview.3", _TESTS)
TEST_RESULTS = RestResource("4637d869-3a76-4468-8057-0bb02aa385cf", "7.1-preview.6", _TESTS)
