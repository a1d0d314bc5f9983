"""AZR512: downloads that run as they come."""

import re

from azrelease.lint.facts.script_patterns import is_local, matches
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_SHELL = r"(?:/(?:usr/)?(?:local/)?bin/)?(?:(?:ba|da|z|k)?sh|pwsh|powershell(?:\.exe)?)(?![\w.:/=-])"
_INTERPRETER = rf"(?:{_SHELL}|(?:python[\d.]*|perl|node|ruby|php)(?=[ \t]*(?:-[ \t]|-$|-\n|$|\n|[;&|)}}])))"
_BEFORE = r"(?:(?:sudo|env|exec)[ \t]+(?:-\w+[ \t]+)*)*(?:\w+=\S*[ \t]+)*"
_IN_SH = re.compile(
    rf"(?P<get>\b(?:curl|wget)[ \t](?:[^\n|;]|\\\n)*?)\|(?:[ \t]|\\?\n)*{_BEFORE}{_INTERPRETER}"
    rf"|(?:{_SHELL}|\bsource|(?<![^\s;&|])\.)[ \t]+(?:-\w+[ \t]+)*<\((?P<substituted>(?:curl|wget)[ \t][^)\n]*)\)"
    rf"|(?:{_SHELL}[ \t]+-\w*c|\beval)[ \t]+[\"']?(?:\$\(|`)[ \t]*(?P<evaluated>(?:curl|wget)[ \t][^)`\n]*)[)`]",
    re.MULTILINE,
)
_RUNS = r"(?:\biex|\bInvoke-Expression)\b"
_GETS = r"(?:\b(?:iwr|irm|curl|wget|Invoke-WebRequest|Invoke-RestMethod)[ \t]|\.DownloadString[ \t]*\()"
_IN_POWERSHELL = re.compile(
    rf"{_RUNS}(?P<get>[^\n|;]*{_GETS}[^\n;]*)"
    rf"|(?P<piped>{_GETS}[^\n|;]*)\|[ \t]*{_RUNS}"
    rf"|\[scriptblock\]::create[ \t]*\((?P<block>[^\n;]*{_GETS}[^\n;]*)",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s\"')]+", re.IGNORECASE)
_UNCHECKED = re.compile(r"(?<!\S)(?:-k|--insecure|--no-check-certificate|-SkipCertificateCheck)(?!\S)", re.IGNORECASE)
_PROGRAMS = ("curl", "wget", "iwr", "irm", "downloadstring", "invoke-webrequest", "invoke-restmethod")


def check(file: LintedFile) -> Findings:
    """A download in a pipe, a substitution or an expression that a shell or an interpreter runs."""
    text = file.document.text.casefold()
    if not any(program in text for program in _PROGRAMS):
        return
    for script in file.scripts:
        patterns = {"bash": (_IN_SH,), "powershell": (_IN_POWERSHELL,), "python": ()}
        for pattern in patterns.get(script.language or "", (_IN_SH, _IN_POWERSHELL)):
            for match in matches(script, pattern):
                got = next((text for text in match.groups() if text), "")
                url = _URL.search(got)
                if url is not None and is_local(url[0]):
                    continue
                open_to_all = (url is not None and url[0].casefold().startswith("http:")) or _UNCHECKED.search(got)
                message = "this runs what the server sends, unchecked: who changes the download runs commands here"
                if open_to_all:
                    message = "this runs what anybody between here and the server sends: the connection is not verified"
                level = Severity.WARNING if open_to_all else None
                hint = "Download a version into a file, compare its checksum (`sha256sum --check`), and run that; or use a task or package."
                yield file.in_script(RULE.code, message, (script, match.start(), match.end()), hint, level)


RULE = Rule(
    code=Code("AZR512", "piped-download", Severity.INFO),
    summary="a download runs without a check",
    why=(
        "`curl … | bash` runs whatever the server sends at that moment, with the secrets and connections of the job; a download cut off runs "
        "half. OWASP counts it to the abuse of dependencies (CICD-SEC-3), and Codecov's uploader was changed that way in 2021. It is information, "
        "as many tools are installed so; over `http://`, or without verification of the certificate, it is a warning. It asks the texts "
        "of scripts in the file; what is downloaded into a file first is not reported, nor what comes from the machine itself."
    ),
    wrong="steps:\n- bash: curl -fsSL https://example.com/install.sh | bash\n",
    right=(
        "steps:\n- bash: |\n    curl -fsSLO https://example.com/1.4.2/install.sh\n"
        '    echo "$INSTALLER_SHA256  install.sh" | sha256sum --check\n    bash install.sh\n'
        "  env:\n    INSTALLER_SHA256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\n"
    ),
    check=check,
)
