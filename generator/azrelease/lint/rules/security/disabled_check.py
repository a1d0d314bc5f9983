"""AZR515: settings that switch off the verification of connections."""

import re

from azrelease.lint.facts.script_patterns import is_local, matches
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import Command
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_OFF = r"[\"']?(?:false|0|no|off|\$false)\b"
_SETTINGS = re.compile(
    rf"(?P<ssh>\bStrictHostKeyChecking[ \t=]+(?:no|off)\b)"
    rf"|(?P<git>\bhttp(?:\.\S+?)?\.sslVerify[ \t=]+{_OFF}|\bGIT_SSL_NO_VERIFY[ \t]*=[ \t]*[\"']?(?:1|true|\$true)\b)"
    rf"|(?P<node>\bNODE_TLS_REJECT_UNAUTHORIZED[ \t]*=[ \t]*[\"']?0\b|\bstrict-ssl[ \t=]+{_OFF}|\benableStrictSsl[ \t]+false\b)"
    rf"|(?P<python>\bPYTHONHTTPSVERIFY[ \t]*=[ \t]*[\"']?0\b|\bverify[ \t]*=[ \t]*False\b|\bssl\._create_unverified_context\b|\bREQUESTS_CA_BUNDLE[ \t]*=[ \t]*(?:\"\"|'')(?!\S))"
    rf"|(?P<azure>\bAZURE_CLI_DISABLE_CONNECTION_VERIFICATION[ \t]*=[ \t]*[\"']?(?:1|true)\b)"
    rf"|(?P<ansible>\bANSIBLE_HOST_KEY_CHECKING[ \t]*=[ \t]*{_OFF})"
    rf"|(?P<powershell>\bServerCertificateValidationCallback[ \t]*=[ \t]*\{{[ \t]*(?:return[ \t]+)?\$true[ \t]*\}}|-SkipCertificateCheck\b(?!:\$false)|-SkipCACheck\b|-SkipCNCheck\b)"
    rf"|(?P<tls>(?<!\S)--insecure-skip-tls-verify(?:=true)?(?![\w=-])|(?<!\S)--no-check-certificate(?!\S)|(?<!\S)--tls-verify=false\b|(?<!\S)--no-verify-ssl(?!\S)|(?<!\S)--disable-ssl-verification\b)",
    re.IGNORECASE,
)
_CURL_WITH_VALUE = "oHdXuAeFTmbwcDKQrtxyYzCE"
"""Short options of curl that take the rest of the word as their value."""

_VARIABLES = {
    "node_tls_reject_unauthorized": ("0",),
    "git_ssl_no_verify": ("1", "true"),
    "pythonhttpsverify": ("0",),
    "azure_cli_disable_connection_verification": ("1", "true"),
    "npm_config_strict_ssl": ("false",),
    "yarn_enable_strict_ssl": ("false", "0"),
    "ansible_host_key_checking": ("false", "0", "no"),
    "agent.skipcertvalidation": ("true",),
}
_URL = re.compile(r"(?:https?|ssh)://[^\s\"']+")
_HINTS = {
    "ssh": "Add the key of the host with the task `InstallSSHKey` (`knownHostsEntry`), or use `StrictHostKeyChecking=yes`.",
    "ansible": "Add the key of the host with the task `InstallSSHKey` (`knownHostsEntry`).",
}
_HINT = "Install the certificate of the authority, and name it: `--cacert`, `http.sslCAInfo`, `NODE_EXTRA_CA_CERTS`, `REQUESTS_CA_BUNDLE`."
_SIGNS = ("stricthostkey", "sslverify", "ssl_no_verify", "node_tls", "strict-ssl", "strictssl", "strict_ssl", "pythonhttps", "verify",
          "unverified", "ca_bundle", "connection_verification", "host_key", "skipc", "certificate", "insecure", "curl", "tls-verify", "trustssl")  # fmt: skip


def check(file: LintedFile) -> Findings:
    """Options and settings in scripts, variables, and the environment of steps."""
    text = file.document.text.casefold()
    if not any(sign in text for sign in _SIGNS):
        return
    for script in file.scripts:
        yield from _settings(file, script)
        if "curl" in script.text:
            yield from _calls_of_curl(file, script)
    for step in file.outline.steps:
        for name in _INPUTS.get(step.task_name, ()):
            node = step.inputs.get(name)
            if node is not None and node.value.casefold() == "true":
                hint = "Use a certificate that the agent trusts, and leave this out."
                yield file.finding(RULE.code, _message(f"{name}: true"), node, hint)
    for name, node in file.settings:
        if node.value.strip().casefold() in _VARIABLES.get(name.casefold(), ()):
            hint = _HINTS.get(name.split("_")[0].casefold(), _HINT)
            yield file.finding(RULE.code, _message(f"{name}: {node.value}"), node, hint)


_INPUTS = {
    "ftpupload": ("trustssl",),
    "azurefilecopy": ("skipcacheck",),
    "iiswebappdeployment": ("testcertificate",),
    "powershellontargetmachines": ("testcertificate",),
    "sqlserverdacpacdeployment": ("testcertificate",),
}
"""Inputs that, when true, make a task accept any certificate (help of the tasks)."""


def _settings(file: LintedFile, script: Script) -> Findings:
    for match in matches(script, _SETTINGS):
        kind = match.lastgroup or ""
        is_code = kind == "python" and match[0].startswith(("verify", "ssl"))
        url = _URL.search(_line(script.text, match.start()))
        if (is_code and script.language != "python" and "python" not in script.text) or (url and is_local(url[0])):
            continue
        setting = match[0].replace('"', "").replace("'", "")
        yield file.in_script(RULE.code, _message(setting), (script, *match.span()), _HINTS.get(kind, _HINT))


def _calls_of_curl(file: LintedFile, script: Script) -> Findings:
    for call in script.calls("curl", "curl.exe"):
        word = next((word for word in call[1:] if _is_insecure(word.text)), None)
        if word is not None and not _is_local_call(call):
            yield file.in_script(RULE.code, _message(f"curl {word.text}"), (script, word.start, word.end), _HINT)


def _line(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text[start : len(text) if end < 0 else end]


def _message(setting: str) -> str:
    return f"`{setting}` switches the verification of the other side off: anybody in between can answer"


def _is_insecure(word: str) -> bool:
    if word in ("--insecure", "--proxy-insecure"):
        return True
    if not word.startswith("-") or word.startswith("--"):
        return False
    for letter in word[1:]:
        if letter == "k":
            return True
        if letter in _CURL_WITH_VALUE or not letter.isalnum():
            return False
    return False


def _is_local_call(call: Command) -> bool:
    addresses = [word.text for word in call[1:] if "://" in word.text or word.text.startswith(("localhost", "127."))]
    return bool(addresses) and all(is_local(address) for address in addresses)


RULE = Rule(
    code=Code("AZR515", "disabled-verification", Severity.WARNING),
    summary="the verification of a connection is switched off",
    why=(
        "Without the certificate or the key of the host, anybody between the agent and the server can answer in its place, read the credentials "
        "that are sent, and send other content. The documentation of each program says so: curl (`--insecure`), git (`http.sslVerify`), Node.js "
        "(`NODE_TLS_REJECT_UNAUTHORIZED`), ssh (`StrictHostKeyChecking`), the Azure CLI. It asks scripts, variables and `env`; calls of the machine itself "
        "are not reported, nor is `StrictHostKeyChecking=accept-new`."
    ),
    wrong="steps:\n- bash: curl -sk https://registry.example.com/models.json -o models.json\n",
    right="steps:\n- bash: curl -s --cacert ca.pem https://registry.example.com/models.json -o models.json\n",
    check=check,
)
