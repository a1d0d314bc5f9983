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

RULES = (REFUSED_BY_SERVICE, NOT_IN_PROJECT, NOT_REGISTERED)
