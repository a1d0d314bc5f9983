"""Steps that change something outside of the run: deploy, push an image or package, publish a release."""

import re

from azrelease.lint.facts.deployments import deploys_by_task
from azrelease.lint.linted_file import LintedFile
from azrelease.syntax import StepOutline
from azrelease.syntax.embedded import is_computed

_COMMANDS = re.compile(
    r"(?:^|[\s;&|(\"'])(?:"
    r"docker (?:image )?push|npm publish|yarn (?:npm )?publish|pnpm publish|twine upload|git push|cargo publish"
    r"|dotnet nuget push|nuget push|gh release create|helm (?:upgrade|install)|terraform apply|terragrunt apply"
    r"|kubectl (?:apply|create|set|rollout|replace|patch)|pulumi up|cdk deploy|databricks bundle deploy"
    r"|serverless deploy|sls deploy|func azure functionapp publish|azd (?:deploy|up)"
    r"|az (?:webapp|functionapp|containerapp|spring|staticwebapp|deployment|ml|acr|aks|storage blob|vmss?|sql)\b"
    r"[^\n]*? (?:create|update|deploy|up|upload|upload-batch|import|build|swap|config-zip|restart)"
    r")\b",
    re.MULTILINE,
)
_TASKS = {
    "docker": ("command", ("push", "buildandpush")),
    "dotnetcorecli": ("command", ("push",)),
    "nugetcommand": ("command", ("push",)),
    "npm": ("command", ("publish",)),
    "universalpackages": ("command", ("publish",)),
}
_ALWAYS = frozenset(("azurefilecopy", "githubrelease", "copyfilesoverssh", "ftpupload", "npmpublish"))


def goes_outward(file: LintedFile, step: StepOutline) -> bool:
    """Whether a step deploys, pushes or publishes, as far as its task or its commands show."""
    if step.action == "task" and (deploys_by_task(step) or step.task_name in _ALWAYS):
        return True
    if step.task_name in _TASKS:
        name, values = _TASKS[step.task_name]
        given = step.input(name)
        return given is not None and not is_computed(given) and given.casefold() in values
    return any(_COMMANDS.search(script.lines_joined_as_in_sh.replace("\\\n", " ")) for script in file.scripts_of(step))
