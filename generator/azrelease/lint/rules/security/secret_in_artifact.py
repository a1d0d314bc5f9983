"""AZR527: secrets in folders that are published."""

import re

from azrelease.lint.facts.script_patterns import matches
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import JobOutline, StepOutline

_PUBLISHING = {
    "publishpipelineartifact": ("targetpath", "path"),
    "publishbuildartifacts": ("pathtopublish",),
}
_DEFAULTS = {
    "publishbuildartifacts": "$(Build.ArtifactStagingDirectory)",
    "publishpipelineartifact": "$(Pipeline.Workspace)",
}
_COPIES = re.compile(
    r"\b(?:cp|mv|install|Copy-Item|copy)[ \t]+(?:-\S+[ \t]+)*[\"']?(?P<source>\$\(\w+\.secureFilePath\))[\"']?[ \t]+(?:-\w+[ \t]+)?[\"']?(?P<to>[^\s\"';&|]+)",
    re.IGNORECASE,
)
_WRITES = re.compile(
    r">{1,2}[ \t]*[\"']?(?P<to>[^\s\"'|;&]+)|\|[ \t]*(?:tee|Out-File|Set-Content)[ \t]+(?:-\w+[ \t]+)*[\"']?(?P<piped>[^\s\"'|;&]+)",
    re.IGNORECASE,
)
_FOLDERS = re.compile(
    r"\$\((?:Build\.SourcesDirectory|System\.DefaultWorkingDirectory)\)/|\$\{?(?:BUILD_SOURCESDIRECTORY|SYSTEM_DEFAULTWORKINGDIRECTORY)\}?/|^\./",
    re.IGNORECASE,
)
_STAGING = re.compile(r"\$\{?BUILD_ARTIFACTSTAGINGDIRECTORY\}?|\$\((?:Build\.StagingDirectory)\)", re.IGNORECASE)


def check(file: LintedFile) -> Findings:
    """Secret files and files with a secret that a script puts below a folder that a later step of the job publishes."""
    text = file.document.text
    if "ublish" not in text:
        return
    for script in file.scripts:
        if "$" not in script.text or not (_COPIES.search(script.text) or _WRITES.search(script.text)):
            continue
        published = _published(script.step.job, script.step)
        if published:
            yield from _copied(file, script, published)
            yield from _written(file, script, published)


def _copied(file: LintedFile, script: Script, published: list[str]) -> Findings:
    for match in matches(script, _COPIES):
        if _is_below(match["to"], published):
            message = (
                "this puts a secure file into a folder that is published: everybody who may see the run can download it"
            )
            where = (script, match.start("source"), match.end("to"))
            yield file.in_script(
                RULE.code, message, where, "Leave it where it is: the agent deletes it when the job ends."
            )


def _written(file: LintedFile, script: Script, published: list[str]) -> Findings:
    references = file.secret_references(script)
    for match in matches(script, _WRITES) if references else ():
        target = match["to"] or match["piped"]
        if not _is_below(target, published):
            continue
        start = script.text.rfind("\n", 0, match.start()) + 1
        found = next((r for r in references if start <= r.start < match.start()), None)
        if found is not None and "##vso" not in script.text[start : match.start()]:
            message = f"`{found.name}` is written to a folder that is published: everybody who may see the run can download it"
            yield file.in_script(
                RULE.code, message, (script, found.start, found.end), "Write it to a folder that is not published."
            )


def _published(job: JobOutline, after: StepOutline) -> list[str]:
    """The folders that steps behind a step of a job publish, without the folder of the sources before them."""
    found: list[str] = []
    behind = False
    for step in job.steps:
        behind = behind or step is after
        if not behind:
            continue
        if step.action == "publish":
            found.append(step.block.text("publish") or "")
        for name in _PUBLISHING.get(step.task_name, ()):
            if name in step.inputs:
                found.append(step.inputs[name].value)
                break
        else:
            if step.task_name in _DEFAULTS:
                found.append(_DEFAULTS[step.task_name])
    return [folder for folder in map(_normal, found) if folder and "*" not in folder]


def _normal(path: str) -> str:
    plain = _STAGING.sub("$(build.artifactstagingdirectory)", path.strip().replace("\\", "/"))
    return _FOLDERS.sub("", plain).rstrip("/").casefold()


def _is_below(path: str, folders: list[str]) -> bool:
    normal = _normal(path)
    return any(normal == folder or normal.startswith(f"{folder}/") for folder in folders)


RULE = Rule(
    code=Code("AZR527", "secret-in-artifact", Severity.WARNING),
    summary="a secret is in a folder that is published",
    why=(
        "Everybody who may see a run can download its artifacts, and nothing masks what is in them. The agent deletes a secure file when the job ends "
        "(learn.microsoft.com/azure/devops/pipelines/library/secure-files), but not a copy of it in an artifact. It asks the scripts of a job for copies of `secureFilePath`, and for secrets that they write to files, "
        "and the later steps of the job for what they publish. Folders that a script changes into are not known, and not reported."
    ),
    wrong='steps:\n- bash: echo "API_KEY=$API_KEY" > site/.env\n  env:\n    API_KEY: $(scoringApiKey)\n- publish: site\n  artifact: site\n',
    right="steps:\n- bash: make -C site\n  env:\n    API_KEY: $(scoringApiKey)\n- publish: site\n  artifact: site\n",
    check=check,
)
