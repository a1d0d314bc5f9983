"""What Azure DevOps holds of a release beside its YAML: its pipeline, variable groups, the check of pull requests."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from azrelease.diagnostics import CONFLICTING_FIELDS, DUPLICATE_NAME, INVALID_VALUE, MISSING_FIELD
from azrelease.release.fields import (
    Boolean,
    BranchName,
    BranchPattern,
    FixedText,
    ListOf,
    Minutes,
    Text,
    VariableName,
    VariableValue,
    matching,
)
from azrelease.release.model import Model
from azrelease.release.problems import Problem, failure

FilePath = Annotated[
    str,
    *matching(
        r"(?!/)(?!.*\\)(?!(?:.*/)?\.\.(?:/|$)).+",
        "{} is not a path in a repository",
        "Write it from the top of the repository, with `/` between folders.",
    ),
]


class Repository(Model):
    """The repository that holds the release and its YAML."""

    type: Literal["azure_repos", "github"] = Field(
        default="azure_repos", description="Azure Repos (the default), or GitHub."
    )
    name: FixedText = Field(description="Name of the repository; of GitHub `owner/repository`.")
    service_connection: FixedText | None = Field(
        default=None, description="Service connection to GitHub, for repositories there."
    )

    def _problems(self) -> Iterator[Problem]:
        if self.type == "github" and self.service_connection is None:
            message = "a repository of GitHub is read through a service connection"
            yield Problem((), MISSING_FIELD, message, "Name it in `service_connection`.")
        if self.type == "azure_repos" and self.service_connection is not None:
            message = "a repository of Azure Repos needs no service connection"
            yield Problem(("service_connection",), CONFLICTING_FIELDS, message, "Remove it.")


class KeyVault(Model):
    """An Azure key vault whose secrets a variable group has."""

    name: FixedText = Field(description="Name of the vault.")
    service_connection: FixedText = Field(description="Azure service connection that may read its secrets.")
    secrets: ListOf[FixedText] = Field(min_length=1, description="Names of the secrets that the group has.")


class VariableGroup(Model):
    """A variable group that `apply` creates. Groups that exist already need no entry here."""

    name: FixedText = Field(description="Name of the group.")
    description: Text | None = Field(default=None, description="What it is for.")
    variables: dict[VariableName, VariableValue] = Field(default_factory=dict, description="Variables with values.")
    secrets: ListOf[VariableName] = Field(
        default=(),
        description="Names of secret variables. `apply` takes their values from environment variables of these names, "
        "in capitals and with `_` for `.` and `-`.",
    )
    key_vault: KeyVault | None = Field(default=None, description="The group has the secrets of a key vault instead.")
    all_pipelines: Boolean = Field(
        default=False, description="Let every pipeline of the project read it. Default: only those of the release."
    )

    def _problems(self) -> Iterator[Problem]:
        if self.key_vault is not None:
            for field in ("variables", "secrets"):
                if getattr(self, field):
                    message = f"a group with the secrets of a key vault has no `{field}` of its own"
                    yield Problem((field,), CONFLICTING_FIELDS, message, "Make two groups.")
        elif not self.variables and not self.secrets:
            hint = "Name `variables`, `secrets` or a `key_vault`."
            yield Problem((), MISSING_FIELD, f"the variable group `{self.name}` is empty", hint)
        first: dict[str, str] = {}
        for field, names in (("variables", tuple(self.variables)), ("secrets", self.secrets)):
            for name in names:
                if first.setdefault(name.casefold(), f"{field}.{name}") != f"{field}.{name}":
                    message = f"`{name}` is in the group twice; case does not count"
                    yield Problem((field,), DUPLICATE_NAME, message, "Rename or remove one.")


def _one_or_all_that_begin_alike(branch: str) -> str:
    if "*" in branch[:-1] or (branch.startswith("refs/") and not branch.startswith("refs/heads/")):
        hint = "A policy holds one branch, or with `*` at the end all that begin alike: `main`, `release/*`."
        raise failure(INVALID_VALUE, f"a policy cannot be for `{branch}`", hint)
    return branch


class PullRequestCheck(Model):
    """A pipeline that has to succeed before a pull request is completed."""

    yaml: FilePath = Field(description="Its YAML file, from the top of the repository.")
    name: FixedText | None = Field(default=None, description="Name of the pipeline. Default: `<release> pull request`.")
    branch: Annotated[BranchPattern, AfterValidator(_one_or_all_that_begin_alike)] | None = Field(
        default=None, description="Branch that pull requests go to; `release/*` for several. Default: `default_branch`."
    )
    blocking: Boolean = Field(default=True, description="`false` shows the result without asking for it.")
    paths: ListOf[FixedText] = Field(
        default=(), description="Only pull requests that change these: `/releases/*`, `!/docs/*`. Default: all."
    )
    valid_for: Minutes | None = Field(
        default=None,
        description="How long a result counts after its branch moved on. Default: as long as it did not.",
    )


class Registration(Model):
    """What `plan` and `apply` look after in Azure DevOps, beside environments and their checks."""

    repository: Repository | None = Field(
        default=None, description="The repository with the YAML. Default: the one of the git remote `origin`."
    )
    default_branch: BranchName = Field(
        default="main", description="Branch whose YAML is used by runs that name none. Default: main."
    )
    yaml: FilePath | None = Field(
        default=None,
        description="The pipeline's YAML file, from the top of the repository. Default: where `render` writes it.",
    )
    variable_groups: tuple[VariableGroup, ...] = Field(default=(), description="Variable groups that `apply` creates.")
    pull_request_check: PullRequestCheck | None = Field(
        default=None, description="A pipeline that checks pull requests, and the branch policy that asks for it."
    )

    def _problems(self) -> Iterator[Problem]:
        names: set[str] = set()
        for index, group in enumerate(self.variable_groups):
            if group.name.casefold() in names:
                message = f"two variable groups are named `{group.name}`"
                yield Problem(("variable_groups", index, "name"), DUPLICATE_NAME, message, "Remove one.")
            names.add(group.name.casefold())
        check = self.pull_request_check
        if check is not None and check.blocking and self.repository is not None and self.repository.type == "github":
            message = "a policy of Azure DevOps cannot block a pull request of GitHub"
            hint = "Set `blocking: false`, and ask for the pipeline in a branch protection rule of GitHub."
            yield Problem(("pull_request_check",), CONFLICTING_FIELDS, message, hint)
