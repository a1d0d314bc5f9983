"""What only the service can say: `azrelease check --online` asks it."""

from azrelease import diagnostics as codes
from azrelease.lint.rule import Rule

REFUSED_BY_SERVICE = Rule(
    codes.REFUSED_BY_SERVICE,
    "the service does not take the YAML",
    "`azrelease check --online` hands the YAML that a release is rendered to to the service, which compiles it as for a run and "
    "says what is wrong (learn.microsoft.com/rest/api/azure/devops/pipelines/preview). Nothing is run.",
    "",
    "",
)

NOT_IN_PROJECT = Rule(
    codes.NOT_IN_PROJECT,
    "something that the release names is not in the project",
    "A run stops at a service connection, a variable group or an agent pool that is not there. An environment that is not there is made "
    "by the first run, without any check on it: then nothing waits for an approval. `azrelease check --online` finds both.",
    "",
    "",
)

NOT_REGISTERED = Rule(
    codes.NOT_REGISTERED,
    "the release has no pipeline in the project yet",
    "The service compiles the YAML of a pipeline that is there. `azrelease apply` makes it.",
    "",
    "",
)

ENDING_CONNECTION = Rule(
    codes.ENDING_CONNECTION,
    "a service connection that is about to stop working",
    "The service disables service connections that were not used for 100 days, which a release each quarter reaches; it is told from the 80th day on. "
    "Federated connections with the issuer of Azure DevOps (`vstoken.dev.azure.com`) stop on 2027-07-01; those with the issuer of Microsoft Entra "
    "go on (learn.microsoft.com/azure/devops/release-notes). `azrelease check --online` looks at both.",
    "",
    "",
)

RULES = (REFUSED_BY_SERVICE, NOT_IN_PROJECT, NOT_REGISTERED, ENDING_CONNECTION)
