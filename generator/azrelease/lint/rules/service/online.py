"""What only the service can say: `azrelease check --online` asks it."""

from azrelease import diagnostics as codes
from azrelease.lint.rule import Rule

RULES = (
    Rule(
        code=codes.REFUSED_BY_SERVICE,
        summary="the service does not take the YAML",
        why=(
            "`azrelease check --online` hands the YAML that a release is rendered to to the service, which compiles it as for a run and "
            "says what is wrong (learn.microsoft.com/rest/api/azure/devops/pipelines/preview). Nothing is run."
        ),
    ),
    Rule(
        code=codes.NOT_IN_PROJECT,
        summary="something that the release names is not in the project",
        why=(
            "A run stops at a service connection, a variable group or an agent pool that is not there. An environment that is not there is made "
            "by the first run, without any check on it: then nothing waits for an approval. `azrelease check --online` finds both."
        ),
    ),
    Rule(
        code=codes.NOT_REGISTERED,
        summary="the release has no pipeline in the project yet",
        why="The service compiles the YAML of a pipeline that is there. `azrelease apply` makes it.",
    ),
    Rule(
        code=codes.ENDING_CONNECTION,
        summary="a service connection that is about to stop working",
        why=(
            "The service disables service connections that were not used for 100 days, which a release each quarter reaches; it is told from the 80th day on. "
            "Federated connections with the issuer of Azure DevOps (`vstoken.dev.azure.com`) stop on 2027-07-01; those with the issuer of Microsoft Entra "
            "go on (learn.microsoft.com/azure/devops/release-notes). `azrelease check --online` looks at both."
        ),
    ),
)
