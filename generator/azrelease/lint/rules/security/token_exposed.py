"""AZR517: secrets in URLs, in files and on the way to other hosts."""

import re

from azrelease.lint.facts.script_patterns import in_comment
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.secrets import SecretReference
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_KEEPS = re.compile(r"\bgit\b[^\n;&|]*\b(?:clone|remote[ \t]+(?:add|set-url)|submodule[ \t]+add)\b")
_CONFIGURES = re.compile(r"\bgit[ \t]+config\b[^\n;&|]*(?:extra[hH]eader|insteadOf)")
_BEFORE_IN_URL = re.compile(r"https?://[^\s\"'@/]*$")
_BEHIND_IN_URL = re.compile(r"[^\s\"'@/]*@")
_WRITES = re.compile(
    r"(?:\b(?:echo|printf|Write-Output)\b[^\n|;&]*?|^[ \t]*(?:\"[^\"\n]*\"|'[^'\n]*'|\$[\w:{}]+))[ \t]*>{1,2}(?![&(])[ \t]*[\"']?(?P<file>[^\s\"'|;&]+)"
    r"|\|[ \t]*(?:sudo[ \t]+)?tee[ \t]+(?:-a[ \t]+)?[\"']?(?P<tee>[^\s\"'|;&]+)"
    r"|\|[ \t]*(?:Out-File|Set-Content|Add-Content)[ \t]+(?:-\w+[ \t]+)*[\"']?(?P<piped>[^\s\"'|;]+)"
    r"|\b(?:Set-Content|Add-Content)\b(?P<content>[^\n]*)",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(
    r"\.(?:npmrc|yarnrc(?:\.yml)?|netrc|pypirc|git-credentials|pgpass|dockerconfigjson)\b|_netrc|nuget\.config|settings\.xml|pip\.conf|/dev/(?:null|std(?:out|err)|shm)|\.kube|\.ssh|id_\w+|\.env\b|\.pem|\.key|secret|credential",
    re.IGNORECASE,
)
_SENDS = re.compile(
    r"\b(?:curl|wget|iwr|irm|Invoke-RestMethod|Invoke-WebRequest|http|requests\.(?:get|post|put|patch|delete))\b",
    re.IGNORECASE,
)
_HOST = re.compile(r"https?://(?:[^\s/\"'@]*@)?(?P<host>[A-Za-z0-9][\w.-]*\.[A-Za-z]{2,})(?=[/:\"'\s?]|$)")
_OWN_HOSTS = re.compile(
    r"(?:.*\.)?(?:dev\.azure\.com|visualstudio\.com|azure\.com|microsoft\.com|windows\.net|localhost)", re.IGNORECASE
)


def check(file: LintedFile) -> Findings:
    """Secrets as credentials in URLs, the token of the job in files, and on the way to hosts other than Azure DevOps."""
    for script in file.scripts:
        if "$" not in script.text and "%" not in script.text:
            continue
        for reference in file.secret_references(script):
            if not in_comment(script, reference.start):
                yield from _in_line(file, script, reference)


def _in_line(file: LintedFile, script: Script, reference: SecretReference) -> Findings:
    text = script.lines_joined_as_in_sh
    start, end = _command(text, reference.start)
    line, where = text[start:end], (script, reference.start, reference.end)
    in_url = _BEFORE_IN_URL.search(text[start : reference.start]) and _BEHIND_IN_URL.match(text[reference.end : end])
    if in_url:
        keeps = _KEEPS.search(text[start : reference.start]) is not None
        message = (
            f"the repository keeps `{reference.name}` in the URL of its remote, for every later step and in errors of git"
            if keeps
            else f"`{reference.name}` is in a URL, which programs print, log and list among their arguments"
        )
        level = Severity.WARNING if keeps else Severity.INFO
        yield file.in_script(RULE.code, message, where, _URL_HINT, level)
        return
    configured = _CONFIGURES.search(text[start : reference.start])
    if configured and "--unset" not in line:
        message = f"the configuration of git keeps `{reference.name}`, for every later step"
        level = Severity.WARNING if re.search(r"--(?:global|system)", line) else Severity.INFO
        yield file.in_script(RULE.code, message, where, _URL_HINT, level)
        return
    written = _WRITES.search(text[start:end], max(reference.start - start - 200, 0)) if _may_write(line) else None
    if written:
        target = next((group for group in written.groups() if group), "")
        if target.startswith(("/dev/null", "$null")) or "##vso" in line:
            return
        message = f"`{reference.name}` is written to a file, which later steps and runs on the same machine can read"
        known = not reference.is_access_token or _CREDENTIALS.search(target)
        hint = "Pass it in the `env` of the step that needs it, or use a task that removes the file, such as `npmAuthenticate` or `PipAuthenticate`."
        yield file.in_script(RULE.code, message, where, hint, Severity.INFO if known else Severity.WARNING)
    elif reference.is_access_token and _SENDS.search(line):
        host = _HOST.search(line)
        if host is not None and not _OWN_HOSTS.fullmatch(host["host"]):
            message = f"the token of the job is sent to `{host['host']}`, which can use it for Azure DevOps until the job ends"
            yield file.in_script(RULE.code, message, where, "Use a secret of that service.", Severity.WARNING)


def _may_write(line: str) -> bool:
    return ">" in line or "tee" in line or "Content" in line or "Out-File" in line


def _command(text: str, position: int) -> tuple[int, int]:
    """Where the line of a position begins and ends, with the lines that continue it."""
    start, end = text.rfind("\n", 0, position) + 1, text.find("\n", position)
    while start > 1 and text[start - 2] == "\\":
        start = text.rfind("\n", 0, start - 1) + 1
    while end > 0 and text[end - 1] == "\\":
        end = text.find("\n", end + 1)
    return start, len(text) if end < 0 else end


_URL_HINT = (
    "Let the checkout of the pipeline fetch it (a repository resource), or give git the header for one command: "
    "`git -c http.extraHeader=…`, with the token from the `env` of the step."
)

RULE = Rule(
    code=Code("AZR517", "exposed-token", Severity.WARNING),
    summary="a secret is kept in a URL, a file or a configuration, or sent to another host",
    why=(
        "git keeps the URL of a clone with its credentials in `.git/config`, and `git config --global` keeps a header for the user of the agent: every "
        "later step can read it, on an agent of your own every later job. The token of the job opens what the build service may "
        "read or write (learn.microsoft.com/azure/devops/pipelines/process/access-tokens): no other host needs it. Credentials in other URLs, files that "
        "are made for credentials, and other secrets in files are information. It asks the scripts of the file and their `env`; a host in a variable is not known, and not reported."
    ),
    wrong="steps:\n- bash: git clone https://build:$(System.AccessToken)@dev.azure.com/example/ml/_git/tools\n",
    right=(
        'steps:\n- bash: |\n    git -c http.extraHeader="Authorization: Bearer $TOKEN" clone https://dev.azure.com/example/ml/_git/tools\n'
        "  env:\n    TOKEN: $(System.AccessToken)\n"
    ),
    check=check,
)
