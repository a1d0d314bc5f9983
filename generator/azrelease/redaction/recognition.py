"""Recognizes names and texts of secrets."""

import re
from functools import lru_cache

from azrelease.name_words import name_words

_LAST_WORDS = frozenset(("password", "passwd", "pwd", "secret", "token", "passphrase", "pat", "apikey", "accesskey"))
_KEYS = frozenset(
    ("api", "access", "account", "private", "storage", "shared", "encryption", "signing", "primary", "secondary",
     "subscription", "license", "client", "auth", "scoring", "score", "secret")
)  # fmt: skip
_QUESTIONS = frozenset(("is", "has", "use", "with", "enable", "allow", "require"))
_NO_SECRETS = {
    "token": frozenset(("next", "page", "continuation", "cancellation", "sync")),
    "secret": frozenset(("vault", "keyvault")),
}
"""Words before the last that change its meaning: the continuation of a list, the name of a secret in a vault."""

_PLACEHOLDER = re.compile(
    r"[<\[{].*[>\]}]|x+|\*+|\.+|-+|none|null|todo|change[-_]?me|your.*|my.*|dummy|example|test|placeholder|redacted|secret",
    re.IGNORECASE,
)
_COMMANDS = frozenset(("pwd",))  # `$(pwd)` is a command, far more often than a password
_COMPUTED = re.compile(r"\$\(|\$\{\{|\$\[")
_LEAST_LENGTH = 6

_NAMES_OF_SECRETS = frozenset(("pull", "tls", "kubernetes", "k8s"))
"""Words before `secret` in settings that take the name of a secret in a cluster, such as `imagePullSecret`."""

_CREDENTIALS = frozenset(("cred", "credential"))
_REPEATED = re.compile(r"([^\W_])(?:\1|-)*")
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)+")
_DUMMY = re.compile(r"([A-Za-z0-9])\1{15,}=*$|EXAMPLE(?:KEY)?=*$")

_FORMATS = re.compile(
    r"gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,}|AKIA[0-9A-Z]{16}|AccountKey=[A-Za-z0-9+/=]{40,}"
    r"|SharedAccessKey=[A-Za-z0-9+/=]{40,}|-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?s:.*?)"
    r"(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\Z)"
    r"|xox[baprs]-[0-9A-Za-z-]{20,}"
    r"|[?&]sig=[A-Za-z0-9%+/]{40,}|npm_[A-Za-z0-9]{36}|dapi[0-9a-f]{32}|AIza[0-9A-Za-z_-]{35}"
    r"|(?<!\w)[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?!\w)|(?<![\w~.-])[\w~.-]{3}[78]Q~[\w~.-]{31,34}(?![\w~.-])"
    r"|(?<![\w+/])[A-Za-z0-9+/]{76}(?:\+ASt|ACDb|APIM)[A-Za-z0-9+/]{6}==|(?<!\w)[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}(?!\w)"
    r"|(?<![\w+/])[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9+/]{5}(?![\w+/])|(?<!\w)[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}(?!\w)"
    r"|(?<![\w-])[\w-]{44}AzFu[\w-]{5}[AQgw]==|pypi-AgEIcHlwaS5vcmc[\w-]{50,}|glpat-[\w-]{20,}|dckr_pat_[\w-]{27}"
    r"|(?<!\w)hf_[A-Za-z]{34}(?!\w)|(?<!\w)sk-[\w-]{20,}T3BlbkFJ[\w-]{20,}|(?<!\w)SG\.[\w-]{22}\.[\w-]{43}(?!\w)"
    r"|(?<!\w)oy2[a-z0-9]{43}(?!\w)|[rs]k_live_[A-Za-z0-9]{24,}|(?<!\w)eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}"
    r"|LS0tLS1CRUdJTi(?:BSU0EgUFJJVkFURSBLRVkt|BQUklWQVRFIEtFWS0t|BPUEVOU1NIIFBSSVZBVEUg|BFQyBQUklWQVRFIEtFWS|BFTkNSWVBURUQg)"
    r"[A-Za-z0-9+/=]{20,}"
)
"""Secrets of a known form: tokens of GitHub, AWS, Azure Storage and Service Bus, Slack, npm, Databricks and Google; of
Azure DevOps, Entra ID, Cosmos DB, container registries, search and functions; of PyPI, GitLab, Docker, Hugging Face,
OpenAI, SendGrid, NuGet and Stripe; JSON web tokens; private keys up to their last line, or to the end of the text where
that is missing, also in base64."""

_SIGNS = (
    "_pat_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "AKIA", "AccountKey=", "AccessKey=", "PRIVATE KEY", "xox", "sig=",
    "npm_", "dapi", "AIza", "AZDO", "Q~", "+ASt", "ACDb", "APIM", "JQQJ99", "+ACR", "AzSe", "AzFu", "pypi-Ag",
    "glpat-", "hf_", "sk-", "SG.", "oy2", "k_live_", ".eyJ", "LS0tLS1CRUdJTi",
)  # fmt: skip
"""Every such token contains one of these. Searching for them first is faster."""

_SECRET_FILES = re.compile(
    r"\.env(?!\.(?:example|sample|template)$)(?:\..*)?|\.netrc|\.npmrc|\.pypirc|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519)"
    r"|.+\.(?:env|pem|key|pfx|p12|jks|kdbx|publishsettings|tfstate)",
    re.IGNORECASE,
)
"""Names of files that usually hold a secret."""

_ABOUT_A_SECRET = frozenset(
    ("name", "names", "file", "files", "path", "folder", "dir", "directory", "id", "ids", "url", "uri", "endpoint",
     "type", "version", "vault", "count", "length", "limit", "filter", "policy", "prefix", "suffix", "size", "scope",
     "scopes", "expiry", "ttl", "hours", "issecret")
)  # fmt: skip
"""Last words of names that describe a secret, such as its path."""

_ENDS = ("password", "passwd", "passphrase", "secret", "token", "apikey", "accountkey", "accesskey", "privatekey")
"""The ends of compound words: `clientsecret`, `PGPASSWORD`."""

_MORE_WORDS = frozenset(("pass", "authorization", "jwt", "sas", "sshpass"))
_KEYS_OF_DATA = frozenset(
    ("public", "partition", "sort", "foreign", "row", "hash", "cache", "routing", "feature", "project")
)
_COUNTS = frozenset(("max", "min", "num", "eos", "pad", "bos"))


@lru_cache(maxsize=4096)
def names_secret(name: str) -> bool:
    """Whether a variable or input of that name has a secret as value, by the last word of the name."""
    words = name_words(name)
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    if not words or name.casefold() in _COMMANDS:
        return False
    if words[0] in _QUESTIONS or (len(words) > 1 and words[-2] in _NO_SECRETS.get(words[-1], ())):
        return False
    if words[-1] in _LAST_WORDS:
        return True
    joined = "".join(words[-2:])
    return joined in _LAST_WORDS or (words[-1] == "key" and len(words) > 1 and words[-2] in _KEYS)


def names_secret_file(name: str) -> bool:
    """Whether a file of that name usually contains a secret, such as a private key or a `.env` file."""
    return _SECRET_FILES.fullmatch(name) is not None


@lru_cache(maxsize=4096)
def may_name_secret(name: str) -> bool:
    """Whether to redact a value of that name: in doubt, yes. For findings, use `names_secret`."""
    words = name_words(name)
    if not words or name.casefold() in _COMMANDS or words[-1] in _ABOUT_A_SECRET or words[0] in _QUESTIONS:
        return False
    if _COUNTS.intersection(words) or (words[-1] == "key" and len(words) > 1 and words[-2] in _KEYS_OF_DATA):
        return False
    if names_secret(name) or (words[-1] == "key" and len(words) > 1) or words in (["credential"], ["credentials"]):
        return True
    return any(word in _LAST_WORDS or word in _MORE_WORDS or word.removesuffix("s").endswith(_ENDS) for word in words)


def is_secret(name: str, value: str) -> bool:
    """Whether the value of a variable or input seems to be a secret in plain text."""
    return bool(name) and names_secret(name) and is_secret_value(value) and not _is_name(name, value)


def _is_name(name: str, value: str) -> bool:
    """Whether a value is the name of a secret, such as `registry-secret` and `API_KEY`, or one letter repeated."""
    text, words = value.strip(), name_words(name)
    if words[-1] == "secret" and _NAMES_OF_SECRETS.intersection(words[-2:]):
        return True
    if text.casefold() == name.casefold() or _REPEATED.fullmatch(text):
        return True
    return _WORDS.fullmatch(text) is not None and (
        names_secret(text.removesuffix("s")) or name_words(text)[-1].removesuffix("s") in _CREDENTIALS
    )


_OF_EMULATORS = frozenset(
    (
        "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    )
)
"""The keys of the emulators of Cosmos DB and Azure Storage, which are the same on every machine.

Source: learn.microsoft.com/azure/cosmos-db/emulator and learn.microsoft.com/azure/storage/common/storage-use-azurite.
"""


def is_secret_value(text: str) -> bool:
    """Whether a text may be a secret: literal, long enough, and not a placeholder."""
    stripped = text.strip()
    if stripped in _OF_EMULATORS or len(stripped) < _LEAST_LENGTH or _COMPUTED.search(stripped):
        return False
    if stripped.casefold() in ("true", "false") or _PLACEHOLDER.fullmatch(stripped):
        return False
    # A URL, a path or a variable of the shell refers to a secret.
    return (
        "://" not in stripped and "/" not in stripped[:2] and not stripped.startswith(("$", "@", "%", "~", "#{", "__"))
    )


def may_hold_secrets(text: str) -> bool:
    """Whether a text contains a secret of a known form."""
    return bool(secret_texts(text))


def real_secrets(text: str) -> list[tuple[int, int]]:
    """The spans of `secret_texts`, without dummies: one repeated letter, examples of documentation."""
    return [(start, end) for start, end in secret_texts(text) if not _is_dummy(text[start:end])]


def _is_dummy(secret: str) -> bool:
    return _DUMMY.search(secret) is not None or any(key in secret for key in _OF_EMULATORS)


def secret_texts(text: str) -> list[tuple[int, int]]:
    """The spans of secrets of a known form in a text."""
    return [match.span() for match in _FORMATS.finditer(text)] if any(sign in text for sign in _SIGNS) else []
