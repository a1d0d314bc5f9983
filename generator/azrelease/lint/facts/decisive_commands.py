"""Commands whose failure has to fail a step: those that test, and those that deploy or publish."""

from collections.abc import Sequence

_TESTS = {
    "pytest": (),
    "py.test": (),
    "tox": (),
    "nox": (),
    "ctest": (),
    "rspec": (),
    "bats": (),
    "npm": ("test", "t", "tst", "run test*", "run-script test*", "run e2e*"),
    "yarn": ("test*", "run test*", "e2e*"),
    "pnpm": ("test*", "run test*"),
    "npx": ("jest", "vitest", "mocha", "playwright test", "cypress run", "ng test", "nx test"),
    "ng": ("test", "e2e"),
    "jest": (),
    "mocha": (),
    "dotnet": ("test", "vstest"),
    "vstest.console": (),
    "vstest.console.exe": (),
    "cargo": ("test", "nextest run"),
    "go": ("test",),
    "swift": ("test",),
    "mvn": ("test", "verify"),
    "mvnw": ("test", "verify"),
    "gradle": ("test", "check"),
    "gradlew": ("test", "check"),
    "make": ("test", "check", "tests", "test-*"),
    "python": ("-m pytest", "-m unittest", "-m tox", "-m nox", "manage.py test"),
    "python3": ("-m pytest", "-m unittest", "-m tox", "-m nox", "manage.py test"),
    "poetry": ("run pytest",),
    "uv": ("run pytest",),
}
_DEPLOYS = {
    "helm": ("upgrade", "install"),
    "kubectl": ("apply", "rollout status", "create -f", "replace"),
    "terraform": ("apply",),
    "tofu": ("apply",),
    "pulumi": ("up",),
    "docker": ("push",),
    "npm": ("publish",),
    "yarn": ("publish", "npm publish"),
    "twine": ("upload",),
    "git": ("push",),
    "gh": ("release create",),
    "databricks": ("bundle deploy",),
    "azd": ("deploy", "up"),
    "cargo": ("publish",),
    "dotnet": ("nuget push",),
    "nuget": ("push",),
    "az": (
        *(
            "deployment group create",
            "deployment sub create",
            "webapp deploy",
            "webapp deployment slot swap",
            "acr build",
        ),
        *("functionapp deployment source config-zip", "containerapp update", "containerapp up", "staticwebapp deploy"),
        *(
            "ml online-endpoint create",
            "ml online-endpoint update",
            "ml online-deployment create",
            "ml online-deployment update",
        ),
        *("ml batch-deployment create", "ml batch-endpoint create", "ml model create", "ml job create"),
    ),
}


def is_decisive(program: str, words: Sequence[str]) -> bool:
    """Whether a command tests or deploys.

    Args:
        program: the name of the program, without folder, in lower case.
        words: the words behind it.
    """
    return is_test(program, words) or deploys_or_publishes(program, words)


def deploys_or_publishes(program: str, words: Sequence[str]) -> bool:
    """Whether a command deploys or publishes."""
    return _is_one_of(_DEPLOYS, program, words)


def is_test(program: str, words: Sequence[str]) -> bool:
    """Whether a command runs tests."""
    return _is_one_of(_TESTS, program, words)


def _is_one_of(table: dict[str, tuple[str, ...]], program: str, words: Sequence[str]) -> bool:
    forms = table.get(program)
    if forms is None or any(word in ("--help", "-h", "--version", "--dry-run", "--collect-only") for word in words):
        return False
    if not forms:
        return True
    plain = [word for word in words if not word.startswith("-") or word == "-m"]
    return any(_begins_with(plain, form.split()) for form in forms) or (
        program in _WITH_GOALS and any(word in forms for word in plain)
    )


_WITH_GOALS = frozenset(("mvn", "mvnw", "gradle", "gradlew"))
"""Programs whose words are goals in any order."""


def _begins_with(words: Sequence[str], form: Sequence[str]) -> bool:
    return len(words) >= len(form) and all(
        word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
        for word, wanted in zip(words, form, strict=False)
    )
