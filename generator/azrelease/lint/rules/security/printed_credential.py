"""AZR526: commands whose output is a credential, printed to the log."""

import re

from azrelease.lint.facts.script_patterns import matches
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_AZ = (
    r"az[ \t]+(?:storage[ \t]+account[ \t]+(?:keys[ \t]+(?:list|renew)|show-connection-string|generate-sas)"
    r"|storage[ \t]+(?:blob|container|share|file|queue|table|fs)[ \t]+(?:[\w-]+[ \t]+)?generate-sas"
    r"|acr[ \t]+(?:credential[ \t]+(?:show|renew)|token[ \t]+(?:create|credential[ \t]+generate))|account[ \t]+get-access-token"
    r"|keyvault[ \t]+secret[ \t]+(?:show|set)|ad[ \t]+(?:sp[ \t]+create-for-rbac|(?:sp|app)[ \t]+credential[ \t]+reset)"
    r"|cosmosdb[ \t]+keys[ \t]+(?:list|regenerate)|cognitiveservices[ \t]+account[ \t]+keys[ \t]+(?:list|regenerate)"
    r"|search[ \t]+(?:admin|query)-key[ \t]+(?:show|list|renew)|redis[ \t]+(?:list-keys|regenerate-keys)"
    r"|(?:servicebus|eventhubs|relay)[ \t]+[\w -]*?authorization-rule[ \t]+keys[ \t]+(?:list|renew)"
    r"|functionapp[ \t]+(?:function[ \t]+)?keys[ \t]+list|(?:webapp|functionapp)[ \t]+deployment[ \t]+list-publishing-(?:profiles|credentials)"
    r"|(?:webapp|functionapp)[ \t]+config[ \t]+(?:appsettings|connection-string)[ \t]+(?:list|set)"
    r"|(?:iot[ \t]+hub|appconfig|signalr|maps[ \t]+account)[ \t]+(?:connection-string[ \t]+show|credential[ \t]+list|key[ \t]+list|keys[ \t]+list)"
    r"|ml[ \t]+(?:online|batch)-endpoint[ \t]+get-credentials|aks[ \t]+get-credentials(?=[^\n]*[ \t](?:-f|--file)[ =]-)"
    r"|batch[ \t]+account[ \t]+keys[ \t]+(?:list|renew)|devops[ \t]+[\w-]+[ \t]+token)"
)
_KUBECTL = r"kubectl[ \t]+get[ \t]+secrets?\b(?=[^\n|;]*[ \t](?:-o|--output)[ =]?(?:yaml|json|go-template|jsonpath))|kubectl[ \t]+config[ \t]+view\b(?=[^\n|;]*--raw)"
_POWERSHELL = r"Get-AzStorageAccountKey|Get-AzAccessToken|Get-AzKeyVaultSecret(?=[^\n|;]*-AsPlainText)|Get-AzContainerRegistryCredential|New-AzStorage\w*SASToken|Get-AzWebAppPublishingProfile|Get-AzBatchAccountKey|Get-AzCosmosDBAccountKey"
_COMMAND = re.compile(
    rf"(?:^|(?<=&&)|(?<=;)|(?<=\bthen )|(?<=\bdo ))[ \t]*(?P<command>{_AZ}|{_KUBECTL}|{_POWERSHELL})(?![\w-])(?P<rest>(?:\\\n|[^\n;&])*)",
    re.MULTILINE | re.IGNORECASE,
)
_QUIET = re.compile(
    r"[|>]|(?:^|\s)(?:-o|--output)[ \t=]*[\"']?none\b|--only-show-errors[^\n]*-o[ \t]*none", re.IGNORECASE
)
_QUERY = re.compile(r"--query[ \t=]+(?P<query>\"[^\"]*\"|'[^']*'|\S+)")
_SECRET_FIELD = re.compile(r"key|value|pass|secret|token|connection|sas|\*|@|^[\"']?\[\d*\][\"']?$", re.IGNORECASE)


def check(file: LintedFile) -> Findings:
    """Such commands whose output is neither captured, piped, redirected nor switched off; secrets of a cluster that a task shows."""
    text = file.document.text
    if "az " in text or "kubectl" in text or "-Az" in text:
        for script in file.scripts:
            for match in matches(script, _COMMAND) if script.language != "python" else ():
                if not _QUIET.search(match["rest"]) and _asks_for_secret(match["rest"]):
                    name = " ".join(match["command"].split())
                    message = f"`{name}` prints a credential to the log, where nothing masks it"
                    hint = (
                        "Add `--output none`, or keep the answer in a variable that you mask: `##vso[task.setsecret]`."
                    )
                    if not name.startswith("az "):
                        hint = (
                            "Do not print it: keep the answer in a variable that you mask with `##vso[task.setsecret]`."
                        )
                    yield file.in_script(
                        RULE.code, message, (script, match.start("command"), match.end("command")), hint
                    )
    for step in file.outline.steps:
        if step.task_name != "kubernetes" or (step.input("command") or "").casefold() != "get":
            continue
        arguments = (step.input("arguments") or "").split()
        shows = (step.input("outputFormat") or "json").casefold() in ("json", "yaml")
        if arguments and arguments[0].casefold().partition("/")[0] in ("secret", "secrets") and shows:
            message = "this prints the secrets of the cluster to the log, in base64, where nothing masks them"
            yield file.finding(
                RULE.code, message, step.inputs["arguments"], "Set `outputFormat: none`, or leave the step out."
            )


def _asks_for_secret(rest: str) -> bool:
    query = _QUERY.search(rest)
    return query is None or _SECRET_FIELD.search(query["query"].strip("\"'")) is not None


RULE = Rule(
    code=Code("AZR526", "printed-credential", Severity.WARNING),
    summary="a command prints a credential to the log",
    why=(
        "The agent masks the secrets that it knows; a key that a service answers with is none of them (learn.microsoft.com/azure/devops/pipelines/security/secrets: "
        "commands of the Azure CLI that output sensitive information). It asks the scripts of the file for commands of `az`, `kubectl` and Az PowerShell whose answer is a key, a token "
        "or a connection string. What is kept in a variable, piped, written to a file, queried for another field or switched off is not reported."
    ),
    wrong="steps:\n- bash: az acr credential show --name churn\n",
    right="steps:\n- bash: az acr show --name churn --output table\n",
    check=check,
)
