"""Where each resource is: the records that OPTIONS answers, and the areas."""

from typing import Any

# id, name, host part of the base ("" for the organization itself)
AREAS = [
    ("965220d5-5bb9-42cf-8d67-9b146df2a5a4", "Build", ""),
    ("79134c72-4a58-4b42-976c-04e7115f32bf", "core", ""),
    ("a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd", "distributedtask", ""),
    ("4e080c62-fa21-4fbc-8fef-2a10a2b38049", "git", ""),
    ("fb13a388-40dd-4a04-b530-013a739c72ef", "policy", ""),
    ("1814ab31-2f4f-4a9f-8761-f4d77dc5a5d7", "serviceendpoint", ""),
    ("2e0bf237-8973-4ec9-a581-9c3d679d1776", "pipelines", ""),
    ("4a933897-0488-45af-bd82-6fd3ad33f46a", "PipelinesChecks", ""),
    ("a81a0441-de52-4000-aa15-ff0e07bfbbaa", "pipelinePermissions", ""),
    ("5b55a9b6-2e0f-40d7-829d-3741d2b8c4e4", "approval", ""),
    ("0a833654-df2a-437e-8253-fe6b63b82035", "environments", ""),
    ("c2aa639c-3ccc-4740-b3b6-ce2a1e1d984e", "Test", ""),
    ("c83eaf52-edf3-4034-ae11-17d38f25404c", "testresults", ""),
    ("efc2f575-36ef-48e9-b672-0c6fb4a48ac5", "Release", "vsrm"),
    ("8a3d49b8-91f0-46ef-b33d-dda338c25db3", "IMS", "vssps"),
]

# id, area, resource, route, resource version, least version, released version
_EVERYWHERE = [
    ("00d9565f-ed9c-4a06-9a50-00e7896ccab4", "Location", "ConnectionData", "_apis/{resource}", 1, "1.0", "0.0"),
    ("e81700f7-3be2-46de-8624-2eb35882fcaa", "Location", "ResourceAreas", "_apis/{resource}/{areaId}", 1, "3.2", "0.0"),
]  # fmt: skip
_MAIN = [
    ("0cd358e1-9217-4d94-8269-1c1ee6f93dcf", "Build", "Builds", "{project}/_apis/build/{resource}/{buildId}", 7, "1.0", "7.1"),
    ("dbeaf647-6167-421a-bda9-c9327b25e2e6", "Build", "Definitions", "{project}/_apis/build/{resource}/{definitionId}", 7, "1.0", "7.1"),
    ("1db06c96-014e-44e1-ac91-90b2d4b3e984", "build", "artifacts", "{project}/_apis/{area}/builds/{buildId}/{resource}/{artifactName}", 5, "2.0", "7.1"),
    ("35a80daf-7f30-45fc-86e8-6b813d9c90df", "build", "logs", "{project}/_apis/{area}/builds/{buildId}/{resource}/{logId}", 2, "2.0", "7.1"),
    ("b8aac6c9-744b-46e1-88fc-3550969f9313", "build", "stages", "{project}/_apis/{area}/builds/{buildId}/{resource}/{stageRefName}", 5, "5.2", "7.1"),
    ("8baac422-4c6e-4de5-8532-db96d92acffa", "build", "Timeline", "{project}/_apis/{area}/builds/{buildId}/{resource}/{timelineId}", 3, "2.0", "7.1"),
    ("7c3df3a1-7e51-4150-8cf7-540347f8697f", "build", "yaml", "{project}/_apis/{area}/definitions/{definitionId}/{resource}", 1, "6.0", "7.1"),
    ("a906531b-d2da-4f55-bda7-f3e676cc50d9", "build", "folders", "{project}/_apis/{area}/{resource}/{*path}", 2, "3.0", "0.0"),
    ("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "core", "projects", "_apis/{resource}/{*projectId}", 4, "1.0", "7.1"),
    ("2d874a60-a811-4f62-9c9f-963a6ea0a55b", "git", "refs", "{project}/_apis/{area}/repositories/{repositoryId}/{resource}/{*filter}", 2, "1.0", "7.1"),
    ("fb93c0db-47ed-4a31-8c20-47552878fb44", "git", "items", "{project}/_apis/{area}/repositories/{repositoryId}/{resource}/{*path}", 1, "1.0", "7.1"),
    ("c2570c3b-5b3f-41b8-98bf-5407bfde8d58", "git", "commits", "{project}/_apis/{area}/repositories/{repositoryId}/{resource}/{commitId}", 2, "1.0", "7.1"),
    ("9946fd70-0d40-406e-b686-b4744cbbcc37", "git", "pullRequests", "{project}/_apis/{area}/repositories/{repositoryId}/{resource}/{pullRequestId}", 2, "1.0", "7.1"),
    ("ea98d07b-3c87-4971-8ede-a613694ffb55", "git", "pushes", "{project}/_apis/{area}/repositories/{repositoryId}/{resource}/{pushId}", 3, "1.0", "7.1"),
    ("225f7195-f9c7-4d14-ab28-a83f7ff77e1f", "git", "repositories", "{project}/_apis/{area}/{resource}/{repositoryId}", 1, "1.0", "7.1"),
    ("b5b9a4a4-e6cd-4096-853c-ab7d8b0c4eb2", "pipelinePermissions", "pipelinePermissions", "{project}/_apis/pipelines/{resource}/{resourceType}/{resourceId}", 1, "5.1", "0.0"),
    ("28e1305e-2afe-47bf-abaf-cbb0e6a91988", "Pipelines", "pipelines", "{project}/_apis/{area}/{pipelineId}", 1, "5.1", "7.1"),
    ("53df2d18-29ea-46a9-bee0-933540f80abf", "pipelines", "preview", "{project}/_apis/{area}/{pipelineId}/{resource}", 2, "5.1", "7.1"),
    ("7859261e-d2e9-4a68-b820-a5d84cc5bb3d", "Pipelines", "runs", "{project}/_apis/{area}/{pipelineId}/{resource}/{runId}", 2, "5.1", "7.1"),
    ("5f3d0e64-f943-4584-8811-77eb495e831e", "PipelinesChecks", "queryconfigurations", "{project}/_apis/pipelines/checks/{resource}", 1, "5.2", "0.0"),
    ("86c8381e-5aee-4cde-8ae4-25c0c7f5eaea", "PipelinesChecks", "configurations", "{project}/_apis/pipelines/checks/{resource}/{id}", 1, "5.1", "0.0"),
    ("dad91cbe-d183-45f8-9c6e-9c1164472121", "policy", "configurations", "{project}/_apis/{area}/{resource}/{configurationId}", 1, "2.0", "7.1"),
    ("44096322-2d3d-466a-bb30-d1b7de69f61f", "policy", "types", "{project}/_apis/{area}/{resource}/{typeId}", 1, "2.0", "7.1"),
    ("14e48fdc-2c8b-41ce-a0c3-e26f6cc55bd0", "serviceendpoint", "endpoints", "_apis/{area}/{resource}/{endpointId}", 4, "5.2", "7.1"),
    ("10a16738-9299-4cd1-9a81-fd23ad6200d0", "serviceendpoint", "executionhistory", "{project}/_apis/{area}/{endpointId}/{resource}", 1, "4.1", "7.1"),
    ("e85f1c62-adfc-4b74-b618-11a150fb195e", "serviceendpoint", "endpoints", "{project}/_apis/{area}/{resource}/{endpointId}", 4, "4.1", "7.1"),
    ("1f9990b9-1dba-441f-9c2e-6485888c42b6", "distributedtask", "yamlschema", "_apis/{area}/{resource}", 1, "5.0", "7.1"),
    ("ef5b7057-ffc3-4c77-bbad-c10b4a4abcc7", "distributedtask", "variablegroups", "_apis/{area}/{resource}/{groupId}", 2, "5.2", "7.1"),
    ("a8c47e17-4d56-4a56-92bb-de7ea7dc65be", "distributedtask", "pools", "_apis/{area}/{resource}/{poolId}", 1, "1.0", "7.1"),
    ("51bb5d21-4305-4ea6-9dbb-b7488af73334", "distributedtask", "environmentdeploymentRecords", "{project}/_apis/{area}/environments/{environmentId}/{resource}", 1, "5.0", "7.1"),
    ("083c4d89-ab35-45af-aa11-7cf66895c53e", "distributedtask", "deploymentgroups", "{project}/_apis/{area}/{resource}/{deploymentGroupId}", 1, "3.2", "7.1"),
    ("8572b1fc-2482-47fa-8f74-7e3ed53ee54b", "distributedtask", "environments", "{project}/_apis/{area}/{resource}/{environmentId}", 1, "5.0", "7.1"),
    ("f5b09dd5-9d54-45a1-8b5a-1c8287d634cc", "distributedtask", "variablegroups", "{project}/_apis/{area}/{resource}/{groupId}", 2, "3.1", "7.1"),
    ("900fa995-c559-4923-aae7-f8424fe4fbea", "distributedtask", "queues", "{project}/_apis/{area}/{resource}/{queueId}", 1, "2.0", "7.1"),
    ("6c08ffbf-dbf1-4f9a-94e5-a1cbd47005e7", "distributedtask", "taskgroups", "{project}/_apis/{area}/{resource}/{taskGroupId}", 1, "3.0", "7.1"),
    ("4637d869-3a76-4468-8057-0bb02aa385cf", "Test", "Results", "{project}/_apis/test/Runs/{runId}/{resource}/{testCaseResultId}", 6, "1.0", "7.1"),
    ("cadb3810-d47d-4a3c-a234-fe5f3be50138", "Test", "Runs", "{project}/_apis/test/{resource}/{runId}", 3, "1.0", "7.1"),
    ("37794717-f36f-4d78-b2bf-4dc30d0cfbcd", "approval", "approvals", "{project}/_apis/pipelines/{resource}/{approvalId}", 2, "5.1", "7.1"),
    ("60aac929-f0cd-4bc8-9ce4-6b30e8f1b1bd", "distributedtask", "tasks", "_apis/{area}/{resource}/{taskId}/{versionString}", 1, "1.0", "7.1"),
]  # fmt: skip
# The routes of this area were derived: no OPTIONS answer of its host is known.
_RELEASE = [
    ("a7e426b1-03dc-48af-9dfe-c98bac612dcb", "Release", "environments", "{project}/_apis/Release/releases/{releaseId}/environments/{environmentId}", 7, "1.0", "7.1"),
    ("b47c6458-e73b-47cb-a770-4df1e8813a91", "Release", "approvals", "{project}/_apis/release/approvals", 3, "1.0", "7.1"),
    ("9328e074-59fb-465a-89d9-b09c82ee5109", "Release", "approvals", "{project}/_apis/release/approvals/{approvalId}", 3, "1.0", "7.1"),
    ("d8f96f24-8ea7-4cb6-baab-2df8fc515665", "Release", "definitions", "{project}/_apis/release/definitions/{definitionId}", 4, "1.0", "7.1"),
    ("a166fde7-27ad-408e-ba75-703c2cc9d500", "Release", "releases", "{project}/_apis/release/releases/{releaseId}", 8, "1.0", "7.1"),
]  # fmt: skip
_IDENTITY = [
    ("28010c54-d0c0-4c89-a5b0-1c9e188b9fb7", "IMS", "Identities", "_apis/{resource}/{identityId}", 1, "1.0", "7.1"),
]  # fmt: skip
_HOSTS = {"": _MAIN, "vsrm": _RELEASE, "vssps": _IDENTITY}
_KEYS = ("id", "area", "resourceName", "routeTemplate", "resourceVersion", "minVersion", "releasedVersion")


def locations(host: str) -> list[dict[str, Any]]:
    """The records of one host."""
    rows = [*_EVERYWHERE, *_HOSTS[host]]
    return [dict(zip(_KEYS, row, strict=True)) | {"maxVersion": "7.2"} for row in rows]
