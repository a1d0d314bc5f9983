"""Secrets in plain text where a program, a URL or a connection string takes one."""

import re
from collections.abc import Iterator

from azrelease.lint.facts.script_patterns import is_local
from azrelease.redaction import is_secret, is_secret_value

_LITERAL = r"(?P<value>\"[^\"\n$]+\"|'[^'\n]+'|[^\s\"'$;|&<>(){}\[\]`]+)"
_URL = re.compile(
    r"(?P<url>\b[a-z][a-z0-9+.-]*://[^\s/@:\"'<>]*:(?P<value>[^\s@/$\"'<>{}%*]+)@[^\s\"']+)", re.IGNORECASE
)
_CONNECTION = re.compile(
    r"\b(?:Server|Data Source|Host|Addr(?:ess)?|Endpoint|User ID|Uid|User|Database|Initial Catalog)[ ]*="
    r"[^\n\"']*?;[ ]*(?:Password|Pwd)[ ]*=[ ]*(?P<value>[^;\n\"'$]+)",
    re.IGNORECASE,
)
_LOCAL_SERVER = re.compile(
    r"\b(?:Server|Data Source|Host|Addr(?:ess)?)[ ]*=[ ]*(?:tcp:)?"
    r"(?:localhost|127\.|\(local|\.\\|\.;|host\.docker|sql(?:server)?[,;]|db[,;]|postgres[,;])",
    re.IGNORECASE,
)
_IN_SCRIPTS = (
    re.compile(r"\b(?:Bearer|Basic)[ ]+(?P<value>[A-Za-z0-9+/=_.~-]{16,})"),
    re.compile(r"\bConvertTo-SecureString[ \t]+(?:-String[ \t]+)?(?P<value>\"[^\"$\n]+\"|'[^'\n]+')", re.IGNORECASE),
    re.compile(
        rf"\b(?:docker|podman|helm[ \t]+registry|oras|az)[ \t]+login\b[^\n;&|]*?[ \t](?:-p|--password)[ \t=]+{_LITERAL}"
    ),
    re.compile(rf"\bsshpass[ \t]+-p[ \t]*{_LITERAL}"),
    re.compile(r"\bcurl\b[^\n;&|]*?[ \t](?:-u|--user)[ \t=]*[\"']?[^\s:\"'$]*:(?P<value>[^\s\"'$;|&]+)"),
    re.compile(r"##vso\[task\.setvariable[^\]\n]*issecret=true[^\]\n]*\](?P<value>[^\s\"'$%{]+)", re.IGNORECASE),
    re.compile(rf"\becho[ \t]+(?:-n[ \t]+)?{_LITERAL}[ \t]*\|[^\n]*--password-stdin"),
)
_ASSIGNMENT = re.compile(
    r"(?:^|[;&|(][ \t]*|\b(?:export|set|local|readonly|declare)[ \t]+)[ \t]*\$?(?:env:)?\"?(?P<name>[A-Za-z_]\w*)"
    rf"[ \t]*=[ \t]*{_LITERAL}(?=[ \t]*(?:$|[;&|\")]))",
    re.MULTILINE,
)
_OPTION = re.compile(rf"(?<!\S)--?(?P<name>[A-Za-z][\w-]*)[ \t=]+{_LITERAL}(?=\s|$|[;|&)])", re.MULTILINE)
_DECODED = re.compile(
    r"(?:echo[ \t]+(?:-n[ \t]+)?[\"']?(?P<value>[A-Za-z0-9+/]{8,}={0,2})[\"']?[ \t]*\|"
    r"[ \t]*base64[ \t]+(?:-d|-D|--decode)"
    r"|FromBase64String\([\"'](?P<powershell>[A-Za-z0-9+/]{8,}={0,2})[\"']\))"
)
_OF_A_SECRET = re.compile(
    r"--password-stdin|(?:pass(?:word|wd)?|secret|token|key|pwd|cred\w*)[\"']?[ \t]*=", re.IGNORECASE
)
_NOT_A_VALUE = re.compile(r"[-/].*|\w+=[^=\s].*|.*[*<>].*|\d{1,4}|(?:true|false|null|none|read|get-\w+)", re.IGNORECASE)


def plain_secrets(text: str, *, is_script: bool) -> Iterator[tuple[int, int]]:
    """The spans of secrets in a text where something takes a secret; a script has more such places."""
    if "://" in text and "@" in text:
        for match in _URL.finditer(text):
            behind = match["url"].rpartition("@")[2]
            if _is_value(match["value"]) and not is_local(behind):
                yield match.span("value")
    if "=" in text and ";" in text:
        for match in _CONNECTION.finditer(text):
            if _is_value(match["value"]) and not _LOCAL_SERVER.search(match[0]):
                yield match.span("value")
    if is_script:
        yield from _in_script(text)


def _in_script(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _IN_SCRIPTS:
        for match in pattern.finditer(text):
            if _is_value(match["value"]) and not _is_in_comment(text, match.start()):
                yield _inside(match)
    for pattern in (_ASSIGNMENT, _OPTION):
        for match in pattern.finditer(text):
            value = match["value"].strip("\"'")
            if is_secret(match["name"], value) and _is_value(value) and not _is_in_comment(text, match.start("name")):
                yield _inside(match)
    for match in _DECODED.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        if _OF_A_SECRET.search(text[start : len(text) if end < 0 else end]) and not _is_in_comment(text, match.start()):
            yield match.span("value" if match["value"] else "powershell")


def _inside(match: re.Match[str]) -> tuple[int, int]:
    """The span of a value without its quotes."""
    start, end = match.span("value")
    quoted = match["value"][0] in "\"'"
    return (start + 1, end - 1) if quoted else (start, end)


def _is_value(text: str) -> bool:
    bare = text.strip("\"'")
    return is_secret_value(bare) and not _NOT_A_VALUE.fullmatch(bare)


def _is_in_comment(text: str, position: int) -> bool:
    return text[text.rfind("\n", 0, position) + 1 : position + 1].lstrip().startswith("#")
