"""AZR832: shell variables that end with their step."""

import re

from azrelease.lint.facts.environment_names import environment_name, names_set, reads
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_OF_IMAGES = re.compile(
    r"(?:.*_)?(?:PATH|HOME|ROOT|DIR)|.*PATH|CI|HOME|USER|SHELL|LANG|LC_\w+|TMP|TEMP|TMPDIR|IFS|PWD|RANDOM|SECONDS|HOSTNAME|DEBIAN_FRONTEND|_"
)
"""Names that the image, the shell or a tool may set as well."""

_LOADS = re.compile(
    r"(?:^|[\s;&|])(?:source|\.)\s+\S|\beval\b|BASH_ENV|\bset\s+-a\b|Import-Module|^\s*\.\s", re.MULTILINE
)
_FILES = re.compile(r"BASH_ENV|GITHUB_ENV|\.bashrc|\.profile|SetEnvironmentVariable|\bsetx\b", re.IGNORECASE)


def check(file: LintedFile) -> Findings:
    """Scripts that read what only a script of an earlier step of their job gave a value."""
    by_job: dict[int, list[Script]] = {}
    for script in file.scripts:
        by_job.setdefault(id(script.step.job), []).append(script)
    for scripts in by_job.values():
        if len(scripts) > 1:
            yield from _of_job(file, scripts)


def _of_job(file: LintedFile, scripts: list[Script]) -> Findings:
    variables = file.run_variables.of(scripts[0].step.job)
    if variables.is_open or any(_FILES.search(script.text) for script in scripts):
        return
    known = {environment_name(each.name) for each in variables.variables}
    earlier: dict[str, Script] = {}
    for script in scripts:
        own = names_set(script) | {entry.name.upper() for entry in script.step.environment}
        if earlier and not _LOADS.search(script.text):
            seen: set[str] = set()
            for read in reads(script):
                name = read.shell_name.upper()
                setter = earlier.get(name)
                if setter is None or name in own or name in known or name in seen or read.has_default:
                    continue
                if setter.language != script.language:
                    continue
                seen.add(name)
                message = f"`{read.shell_name}` ends with the step that sets it: this is empty"
                hint = f"Set it with `##vso[task.setvariable variable={read.shell_name}]…`, or in `variables`."
                yield file.in_script(RULE.code, message, (script, read.start, read.end), hint)
        for name in own - known:
            if not _OF_IMAGES.fullmatch(name) and name in names_set(script):
                earlier[name] = script


RULE = Rule(
    code=Code("AZR832", "lost-shell-variable", Severity.WARNING),
    summary="a script reads what a script of an earlier step has set in its own shell",
    why=(
        "Each step is a process of its own: what it exports ends with it. Other steps get what `##vso[task.setvariable]` sets "
        "(learn.microsoft.com/azure/devops/pipelines/process/set-variables-scripts). The rule asks for the names that the scripts of a job set and read, and for "
        "its variables. It says nothing in a job whose variables cannot all be seen, of scripts that load a file, and of names that an image or tool may set."
    ),
    wrong='steps:\n- bash: export TAG=$(git rev-parse HEAD)\n- bash: ./push.sh "$TAG"\npool:\n  vmImage: ubuntu-24.04\n',
    right=(
        'steps:\n- bash: echo "##vso[task.setvariable variable=TAG]$(git rev-parse HEAD)"\n- bash: ./push.sh "$TAG"\npool:\n  vmImage: ubuntu-24.04\n'
    ),
    check=check,
)
