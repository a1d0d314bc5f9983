"""Refusals in the form of the service."""

from typing import Any

from fake_azure_devops.messages import Answer

_BUILD = ("Microsoft.TeamFoundation.Build.WebApi", "Microsoft.TeamFoundation.Build2.WebApi")
_TASK = ("Microsoft.TeamFoundation.DistributedTask.WebApi", "Microsoft.TeamFoundation.DistributedTask.WebApi")
_APPROVAL = ("Microsoft.Azure.Pipelines.Approval.WebApi", "Microsoft.Azure.Pipelines.Approval.WebApi")
_CHECKS = ("Microsoft.Azure.Pipelines.Checks.WebApi", "Microsoft.Azure.Pipelines.Checks.WebApi")
_GIT = ("Microsoft.TeamFoundation.Git.Server", "Microsoft.TeamFoundation.Git.Server")
_RELEASE = (
    "Microsoft.VisualStudio.Services.ReleaseManagement.Data.Exceptions",
    "Microsoft.VisualStudio.Services.ReleaseManagement2.Data",
)
_CORE = ("Microsoft.TeamFoundation.Core.WebApi", "Microsoft.TeamFoundation.Core.WebApi")
_COMMON = ("Microsoft.VisualStudio.Services.Common", "Microsoft.VisualStudio.Services.Common")
_SYSTEM = ("System", "mscorlib")

# typeKey: (status, (namespace, assembly)). The statuses of build, distributedtask, checks, approvals and git are those
# of the exception maps of Azure DevOps Server 2022.
KINDS: dict[str, tuple[int, tuple[str, str]]] = {
    "AccessDeniedException": (403, _BUILD),
    "ApprovalAlreadyCompletedException": (409, _APPROVAL),
    "ApprovalNotFoundException": (404, _APPROVAL),
    "ArgumentException": (400, _SYSTEM),
    "ArtifactNotFoundException": (404, _BUILD),
    "BuildNotFoundException": (404, _BUILD),
    "CheckConfigurationNotFoundException": (404, _CHECKS),
    "DefinitionExistsException": (400, _BUILD),
    "DefinitionNotFoundException": (404, _BUILD),
    "DefinitionNotMatchedException": (400, _BUILD),
    "DeploymentGroupNotFoundException": (404, _TASK),
    "EnvironmentExistsException": (409, _TASK),
    "EnvironmentNotFoundException": (404, _TASK),
    "FolderExistsException": (400, _BUILD),
    "FolderNotFoundException": (404, _BUILD),
    "GitItemNotFoundException": (404, _GIT),
    "GitPullRequestExistsException": (409, _GIT),
    "GitPullRequestNotFoundException": (404, _GIT),
    "GitReferenceStaleException": (409, _GIT),
    "GitRepositoryNotFoundException": (404, _GIT),
    "GitUnresolvableToCommitException": (404, _GIT),
    "IdentityNotFoundException": (404, ("Microsoft.VisualStudio.Services.Identity",) * 2),
    "InvalidCheckConfigurationException": (400, _CHECKS),
    "InvalidCheckTypeException": (404, _CHECKS),
    "InvalidContinuationTokenException": (400, _TASK),
    "InvalidDefinitionException": (400, _BUILD),
    "InvalidDefinitionQueryException": (400, _BUILD),
    "InvalidFolderException": (400, _BUILD),
    "InvalidRequestException": (400, _RELEASE),
    "NotFoundException": (404, _COMMON),
    "PipelineNotFoundException": (404, ("Microsoft.Azure.Pipelines.WebApi",) * 2),
    "PipelineValidationException": (400, ("Microsoft.Azure.Pipelines.WebApi",) * 2),
    "PolicyConfigurationNotFoundException": (404, ("Microsoft.TeamFoundation.Policy.WebApi",) * 2),
    "PolicyTypeNotFoundException": (404, ("Microsoft.TeamFoundation.Policy.WebApi",) * 2),
    "ProjectDoesNotExistException": (404, _CORE),
    "ProjectDoesNotExistWithNameException": (404, _CORE),
    "ReleaseApprovalNotFoundException": (404, _RELEASE),
    "ReleaseDefinitionAlreadyExistsException": (400, _RELEASE),
    "ReleaseDefinitionAlreadyUpdatedException": (409, _RELEASE),
    "ReleaseDefinitionNotFoundException": (404, _RELEASE),
    "ReleaseEnvironmentNotFoundException": (404, _RELEASE),
    "ReleaseNotFoundException": (404, _RELEASE),
    "ServiceEndpointNotFoundException": (404, ("Microsoft.VisualStudio.Services.ServiceEndpoints.WebApi",) * 2),
    "TaskAgentPoolNotFoundException": (404, _TASK),
    "TaskAgentQueueNotFoundException": (404, _TASK),
    "TestObjectNotFoundException": (404, ("Microsoft.TeamFoundation.TestManagement.WebApi",) * 2),
    "TimelineNotFoundException": (404, _BUILD),
    "UnauthorizedRequestException": (401, ("Microsoft.TeamFoundation.Framework.Server",) * 2),
    "VariableGroupExistsException": (409, _TASK),
    "VariableGroupNotFoundException": (404, _TASK),
    "VssPropertyValidationException": (400, _COMMON),
}


class ServiceError(Exception):
    """A refusal by the service, identified by its typeKey."""

    def __init__(self, key: str, message: str, status: int | None = None, **more: Any) -> None:
        super().__init__(message)
        self.key = key
        self.message = message
        self.status = status or KINDS[key][0]
        self.more = more

    def answer(self) -> Answer:
        """The error body in full."""
        return Answer(self.status, error_body(self.message, self.key) | self.more)


class InvalidBodyError(ServiceError):
    """A body whose fields do not fit, in the form of model validation."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(
            "VssPropertyValidationException",
            f"{message}\nParameter name: {field}",
            customProperties={"ValidationResults": [{"result": "error", "message": message}]},
        )


def error_body(message: str, key: str) -> dict[str, Any]:
    """The body of an error without what only some have."""
    namespace, assembly = KINDS[key][1] if key in KINDS else _COMMON
    return {
        "$id": "1",
        "innerException": None,
        "message": message,
        "typeName": f"{namespace}.{key}, {assembly}",
        "typeKey": key,
        "errorCode": 0,
        "eventId": 3000,
    }
