"""AZR513, AZR514: sources of packages that others can fill."""

import re
from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.diagnostics import Span
from azrelease.lint.facts.script_patterns import is_local, matches
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Diagnostic, Findings, LintedFile, Rule, Severity

_PLAIN = re.compile(
    r"(?<![\w-])(?:-i|--index-url|--extra-index-url|--find-links|-f|--registry|--source|-s|--channel|--repo|--repository-url|--default-index|--index)"
    r"[ \t=]+[\"']?(?P<url>http://[^\s\"']+)"
    r"|\bconfig[ \t]+(?:--?\w+[ \t]+)*(?:set[ \t]+)?(?:--?\w+[ \t]+)*(?:\S*registry(?:Server)?|(?:global|site|user)\.(?:extra-)?index-url)[ \t=]+[\"']?(?P<set>http://[^\s\"']+)"
    r"|\b(?:sources?[ \t]+add|add[ \t]+source)[ \t][^\n;&|]*?(?P<added>http://[^\s\"']+)"
    r"|(?:^|[;&|\"'(][ \t]*)(?:echo[ \t]+[\"']?)?deb[ \t]+(?:\[[^\]\n]*\][ \t]+)?(?P<deb>http://[^\s\"']+)"
    r"|\bhelm[ \t]+repo[ \t]+add[ \t][^\n;&|]*?(?P<helm>http://[^\s\"']+)"
    r"|-(?:SourceLocation|Source|Repository)[ \t]+[\"']?(?P<ps>http://[^\s\"']+)",
    re.MULTILINE,
)
_TOOLS = re.compile(
    r"(?<![\w-])(?:pip[\d.]*|uv|poetry|pipenv|npm|npx|yarn|pnpm|dotnet|nuget(?:\.exe)?|conda|mamba|helm|twine|gem|Register-PSRepository|Install-Module|Install-Package|Register-PackageSource|choco|deb)(?![\w-])"
)
_TRUSTED = re.compile(
    r"--trusted-host[ \t=]+[\"']?(?P<host>[^\s\"']+)|\bglobal\.trusted-host[ \t]+[\"']?(?P<set>[^\s\"']+)"
)
_UNSIGNED = re.compile(
    r"\[[^\]\n]*\btrusted=yes\b[^\]\n]*\]|(?<!\S)--allow-(?:unauthenticated|insecure-repositories)(?!\S)|(?<!\S)--no-?gpg-?checks?(?!\S)|(?<!\S)--nosignature(?!\S)"
)
_EXTRA = re.compile(
    r"--extra-index-url[ \t=]+[\"']?(?P<url>[^\s\"']+)|\b(?:global|site|user)\.extra-index-url[ \t]+[\"']?(?P<set>[^\s\"']+)"
)
_PUBLIC = re.compile(
    r"https://(?:[^@/\s]*@)?(?:pypi\.org|test\.pypi\.org|download\.pytorch\.org|pypi\.nvidia\.com|pypi\.ngc\.nvidia\.com|data\.pyg\.org|download\.openmmlab\.com"
    r"|abetlen\.github\.io|storage\.googleapis\.com/jax-releases|pypi\.python\.org|www\.piwheels\.org)/",
    re.IGNORECASE,
)
_URL_VARIABLES = frozenset(
    (
        "pip_index_url",
        "pip_extra_index_url",
        "uv_index_url",
        "uv_default_index",
        "uv_extra_index_url",
        "npm_config_registry",
        "yarn_npm_registry_server",
        "npm_config__registry",
    )
)


def _check_plain(file: LintedFile) -> Findings:
    """Package sources over `http://`, hosts that pip does not verify, packages without a signature."""
    if not any(sign in file.document.text for sign in ("http://", "trusted", "--allow-", "--no", "PIP_")):
        return
    for script in file.scripts:
        yield from _plain_sources(file, script)
        yield from _unverified(file, script)
    for name, node in _settings(file):
        if node.value.startswith("http://") and name in _URL_VARIABLES and not is_local(node.value):
            yield _plain(file, node.value, node)
        elif name == "pip_trusted_host" and node.value.strip() and not is_local(node.value):
            yield file.finding(
                PLAIN.code, _trusted(node.value), node, "Remove it, and give pip the authority: `PIP_CERT`."
            )


def _plain_sources(file: LintedFile, script: Script) -> Findings:
    for match in matches(script, _PLAIN) if "http://" in script.text else ():
        name = next(name for name in match.groupdict() if match[name])
        line = script.text[script.text.rfind("\n", 0, match.start()) + 1 : match.end()]
        if name != "deb" and not is_local(match[name]) and _TOOLS.search(line):
            yield _plain(file, match[name], file.document.text_span(script.node, *match.span(name)))


def _unverified(file: LintedFile, script: Script) -> Findings:
    for match in matches(script, _TRUSTED) if "trusted-host" in script.text else ():
        host = match["host"] or match["set"]
        if not is_local(host):
            hint = "Remove it; for a server with a certificate of your own, give pip its authority: `--cert`."
            yield file.in_script(PLAIN.code, _trusted(host), (script, match.start(), match.end()), hint)
    for match in matches(script, _UNSIGNED):
        message = f"`{match[0]}` installs packages without a check of their signature"
        hint = "Import the key of the repository, and name it: `[signed-by=/etc/apt/keyrings/name.gpg]`."
        yield file.in_script(PLAIN.code, message, (script, match.start(), match.end()), hint)


def _trusted(host: str) -> str:
    return f"pip does not verify that `{host}` is what it says: anybody in between can send packages"


def _plain(file: LintedFile, url: str, at: ScalarNode | Span) -> Diagnostic:
    message = f"packages come from `{url}`: without TLS, anybody in between can change them"
    return file.finding(PLAIN.code, message, at, "Use `https://`.")


def _check_extra(file: LintedFile) -> Findings:
    """Further indexes of pip that are not public ones."""
    folded = file.document.text.casefold()
    if "extra-index-url" not in folded and "extra_index_url" not in folded:
        return
    message = "pip takes the higher version of two indexes: who publishes the name of your package on the other one runs code here"
    hint = "Use one feed, with PyPI as its upstream source: `--index-url`; for uv, pin packages to their index."
    for script in file.scripts:
        for match in matches(script, _EXTRA):
            url = match["url"] or match["set"]
            if not _PUBLIC.match(url) and not _is_uv(script.text, match.start()):
                yield file.in_script(EXTRA.code, message, (script, match.start(), match.end()), hint)
    for name, node in _settings(file):
        if name == "pip_extra_index_url" and node.value.strip() and not _PUBLIC.match(node.value):
            yield file.finding(EXTRA.code, message, node, hint)


def _is_uv(text: str, position: int) -> bool:
    """Whether uv reads the option, which takes a package from the first index that has it."""
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return re.search(r"(?<![\w-])uv[ \t]", line) is not None


def _settings(file: LintedFile) -> Iterator[tuple[str, ScalarNode]]:
    """The variables and the environment of the file, by name in lower case."""
    return ((name.casefold(), node) for name, node in file.settings)


_PLAIN_FILE = "steps:\n- script: pip install --index-url {} churn\n"
PLAIN = Rule(
    code=Code("AZR513", "unverified-packages", Severity.WARNING),
    summary="packages come over a connection, or from a source, that is not verified",
    why=(
        "Over `http://`, with `--trusted-host` and without the check of signatures anybody between the agent and the server can send other packages, "
        "and these run with the secrets of the job (pip.pypa.io/en/stable/cli/pip, manpages of apt-secure). It asks the scripts, the variables and "
        "`env` of the file. The machine itself, and mirrors of Debian and Ubuntu, whose packages are signed, are not reported."
    ),
    wrong=_PLAIN_FILE.format("http://packages.example.com/simple"),
    right=_PLAIN_FILE.format("https://packages.example.com/simple"),
    check=_check_plain,
)

EXTRA = Rule(
    code=Code("AZR514", "extra-index", Severity.WARNING),
    summary="pip installs from two indexes at once",
    why=(
        "pip has no order of indexes: it installs the highest version that any of them has. The documentation of pip calls "
        "`--extra-index-url` unsafe for private packages (pip.pypa.io/en/stable/cli/pip_install), as anybody can publish their names on PyPI: dependency "
        "confusion (CICD-SEC-3). Further indexes of public packages, such as that of PyTorch, are not reported, nor is uv, which takes the first index."
    ),
    wrong="steps:\n- script: pip install --extra-index-url https://pkgs.dev.azure.com/example/_packaging/ml/pypi/simple/ churn\n",
    right="steps:\n- script: pip install --index-url https://pkgs.dev.azure.com/example/_packaging/ml/pypi/simple/ churn\n",
    check=_check_extra,
)

RULES = (PLAIN, EXTRA)
