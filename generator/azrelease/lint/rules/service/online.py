"""AZR9xx: what only the service knows. `azrelease check --online` asks it."""

from azrelease import diagnostics as codes
from azrelease.lint.rule import Rule

RULES = (
    Rule(
        code=codes.REFUSED_BY_SERVICE,
        summary="the service refuses the YAML",
        why=(
            "`azrelease check --online` sends the rendered YAML of a release to the service, which compiles it as for a run and "
            "reports what is wrong (learn.microsoft.com/rest/api/azure/devops/pipelines/preview). It runs nothing."
        ),
    ),
    Rule(
        code=codes.NOT_IN_PROJECT,
        summary="the release names something that the project does not have",
        why=(
            "A run stops at a service connection, a variable group or an agent pool that does not exist. An environment that does not exist is created "
            "by the first run, without any check on it, so nothing waits for an approval. `azrelease check --online` finds both."
        ),
    ),
    Rule(
        code=codes.NOT_REGISTERED,
        summary="the release has no pipeline in the project yet",
        why="The service compiles only the YAML of a registered pipeline. `azrelease apply` creates it.",
    ),
    Rule(
        code=codes.ENDING_CONNECTION,
        summary="a service connection that is about to stop working",
        why=(
            "The service disables service connections that were not used for 100 days, which a quarterly release reaches; azrelease warns from the 80th day on. "
            "Federated connections with the issuer of Azure DevOps (`vstoken.dev.azure.com`) stop on 2027-07-01; those with the issuer of Microsoft Entra "
            "keep working (learn.microsoft.com/azure/devops/release-notes). `azrelease check --online` checks both."
        ),
    ),
)
