"""AZR512: downloads that run as they come."""

import re

from azrelease.lint.facts.script_patterns import is_local, matches
from azrelease.lint.facts.scripts import Script
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
_HINT = "Download a version into a file, compare its checksum (`sha256sum --check`), and run that; or use a task or package."
_SAVED = re.compile(
    r"\b(?:curl|wget)\b(?P<get>(?:\\\n|[^\n|;&])*?https?://(?:\\\n|[^\n|;&])*)(?P<between>[\s\S]*?)"
    r"^[ \t]*(?:&&[ \t]*)?(?:sudo[ \t]+)?(?:chmod[ \t]+(?:-\w+[ \t]+)*(?:[ugoa]*\+r?x|0?[0-7]*[75][0-7]*)|(?:ba|z)?sh|dpkg[ \t]+-i)[ \t]+[\"']?(?:\S*/)?(?P<file>[\w.-]+)",
    re.MULTILINE,
)
_CHECKS = re.compile(
    r"sha\d+sum|shasum|md5sum|gpgv?\b|cosign|minisign|openssl[ \t]+dgst|Get-FileHash|sha256|slsa-verifier|gh[ \t]+attestation",
    re.IGNORECASE,
)
_MOVES = re.compile(r"latest|/(?:master|main|HEAD|nightly|edge)/", re.IGNORECASE)
_PROGRAMS = ("curl", "wget", "iwr", "irm", "downloadstring", "invoke-webrequest", "invoke-restmethod")


def check(file: LintedFile) -> Findings:
    """A download in a pipe, a substitution or an expression that a shell or an interpreter runs."""
    text = file.document.text.casefold()
    if not any(program in text for program in _PROGRAMS):
        return
    for script in file.scripts:
        yield from _saved(file, script)
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
                yield file.in_script(RULE.code, message, (script, match.start(), match.end()), _HINT)


def _saved(file: LintedFile, script: Script) -> Findings:
    """A download into a file that is run then, in a script without any check."""
    if script.language not in ("bash", None) or _CHECKS.search(script.text):
        return
    for match in matches(script, _SAVED):
        url = _URL.search(match["get"])
        name = re.escape(match["file"])
        if (
            url is None
            or is_local(url[0])
            or not re.search(rf"(?:/|-o[ \t]*\S*|-O[ \t]*\S*|--output[ =]\S*){name}(?![\w.-])", match["get"])
        ):
            continue
        level = None if _MOVES.search(url[0]) or url[0].startswith("http:") else Severity.INFO
        message = (
            f"`{match['file']}` is downloaded and run without a check: who changes the download runs commands here"
        )
        end = match.end("get")
        yield file.in_script(
            RULE.code,
            message,
            (script, match.start(), match.start() + len(script.text[match.start() : end].rstrip())),
            _HINT,
            level,
        )


RULE = Rule(
    code=Code("AZR512", "piped-download", Severity.WARNING),
    summary="a download runs without a check",
    why=(
        "`curl … | bash` runs whatever the server sends at that moment, with the secrets and connections of the job; a download cut off runs "
        "half. OWASP counts it to the abuse of dependencies (CICD-SEC-3), and Codecov's uploader was changed that way in 2021. A "
        "file that is downloaded and then run is the same, unless the script checks it; where its address names a version, that is information. It asks the texts "
        "of scripts in the file; what comes from the machine itself is not reported."
    ),
    wrong="steps:\n- bash: curl -fsSL https://example.com/install.sh | bash\n",
    right=(
        "steps:\n- bash: |\n    curl -fsSLO https://example.com/1.4.2/install.sh\n"
        '    echo "$INSTALLER_SHA256  install.sh" | sha256sum --check\n    bash install.sh\n'
        "  env:\n    INSTALLER_SHA256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\n"
    ),
    check=check,
)
