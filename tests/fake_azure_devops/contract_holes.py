"""What the published specifications lack, each with the reason. Nothing else may differ."""

# Calls that no specification file holds (path below the organization, as a pattern).
UNPUBLISHED = [
    r"/_apis/connectionData",  # location service: not published
    r"/_apis/ResourceAreas(/.*)?",  # location service: not published
    r"/_apis/identities(/.*)?",  # identity service: its file is not among those kept
    r"/_apis/distributedtask/tasks(/.*)?",  # the task listing is left out of taskAgent
    r"/[^/]+/_apis/distributedtask/deploymentgroups/[^/]+/targets(/.*)?",  # answered only by hand
]

# Calls that the service takes though the file has only a narrower path: (method, pattern, path in the file).
ALIASES = [
    # The path of a folder list may be left out; the file has it as a part of the path that is always there.
    ("GET", r"/[^/]+/_apis/build/folders", "/{organization}/{project}/_apis/build/folders/{path}"),
    # The timeline of a build is also given without its id.
    (
        "GET",
        r"/[^/]+/_apis/build/builds/\d+/timeline",
        "/{organization}/{project}/_apis/build/builds/{buildId}/timeline/{timelineId}",
    ),
    # The list of all repositories: the file keeps only the single repository.
    ("GET", r"/[^/]+/_apis/git/repositories", None),
    # The client puts the id into the path of an update; the file leaves it out.
    ("PUT", r"/[^/]+/_apis/release/definitions/\d+", "/{organization}/{project}/_apis/release/definitions"),
    # The whole list of task groups is the same call as one task group without its id.
    (
        "GET",
        r"/[^/]+/_apis/distributedtask/taskgroups",
        "/{organization}/{project}/_apis/distributedtask/taskgroups/{taskGroupId}",
    ),
]

# Properties of request bodies that the definition of the specification does not name; "*" is any.
PROPERTIES: dict[str, set[str]] = {
    # Settings are untyped: the file has subtypes for some kinds only; version is given for required templates.
    "CheckConfiguration": {"settings", "version"},
    # The configuration of a new pipeline is published with its type alone.
    "CreatePipelineConfigurationParameters": {"path", "repository"},
    # Only the empty base type is published: serviceEndpointId, vault, lastRefreshedOn.
    "VariableGroupProviderData": {"*"},
    # The base type: variables of a key vault also have enabled, contentType and expires.
    "VariableValue": {"enabled", "contentType", "expires"},
    # Any JSON, published as a type of two fields.
    "JObject": {"*"},
    # A free map of names to typed values.
    "PropertiesCollection": {"*"},
    # The YAML process is not published: yamlFilename, resources, errors; the designer's phases neither.
    "BuildProcess": {"yamlFilename", "resources", "errors", "phases", "target"},
    # Triggers are published as their base: settingsSourceType, batchChanges, filters, schedules, forks and so on.
    "BuildTrigger": {"*"},
    # Variables of a definition are the same as of a group to the service.
    "BuildDefinitionVariable": {"isReadOnly"},
    # Groups in a definition are written by id.
    "VariableGroup": {"id"},
    # Deploy phases and triggers of releases are base types without a discriminator.
    "DeployPhase": {"deploymentInput"},
    "ReleaseTriggerBase": {"*"},
    # Options of a stage that the service returns and takes, but the file lacks.
    "EnvironmentOptions": {"*"},
    # Gates and schedules are returned with more than is published.
    "EnvironmentTrigger": {"*"},
    # The publisher's own keys of a classic definition, which the service returns in every export.
    "ReleaseDefinition": {"comment", "pipelineProcess", "retentionPolicy"},
    # Links are a map; the published type wraps it once more.
    "ReferenceLinks": {"*"},
}

# Enumerations whose values the service reads without regard to case, or whose names differ from the published ones.
VALUES: dict[tuple[str, str], set[str]] = {
    ("ItemContent", "contentType"): {"rawtext", "base64encoded"},
    ("BuildDefinition", "jobAuthorizationScope"): {"project", "projectCollection"},
}

# Properties with another type than is published: (definition, property).
TYPES = {
    # A generic type, published as text: it is an object with a path.
    ("Change", "item"),
    ("GitChange", "item"),
}

# Parameters of the query that are not published but known from the client: (path in the file, name).
QUERY = {
    ("/{organization}/{project}/_apis/pipelines/approvals", "assignedTo"),
}

# Paths whose answers have another form than is published.
ANSWERS = {
    # One text is published, but JSON is a list of lines.
    "/{organization}/{project}/_apis/build/builds/{buildId}/logs/{logId}",
}
