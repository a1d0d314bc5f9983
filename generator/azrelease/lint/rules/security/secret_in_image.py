"""AZR525: secrets as build arguments of images."""

import re

from azrelease.lint.facts.script_patterns import in_comment
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_ARGUMENT = re.compile(r"--build-arg[ =][\"']?(?P<name>\w+)=[\"']?(?P<value>[^\s\"']*)")


def check(file: LintedFile) -> Findings:
    """`--build-arg` with a secret, in scripts and in the arguments of the task Docker."""
    if "--build-arg" not in file.document.text and "arguments" not in file.document.text:
        return
    for script in file.scripts:
        yield from _in_text(file, script)
    for step in file.outline.steps:
        for name in ("arguments", "buildarguments") if step.task_name == "docker" else ():
            node = step.inputs.get(name)
            if node is not None:
                yield from _in_text(file, Script(step, node, None))


def _in_text(file: LintedFile, script: Script) -> Findings:
    if "--build-arg" not in script.text:
        return
    references = file.secret_references(script)
    for match in _ARGUMENT.finditer(script.lines_joined_as_in_sh):
        found = next((r for r in references if match.start("value") <= r.start < match.end("value")), None)
        if found is not None and not in_comment(script, match.start()):
            message = f"the image keeps `{found.name}`: its history shows build arguments to everybody who can pull it"
            name = match["name"].lower().replace("_", "-")
            hint = f"Mount it for the one command that needs it: `--secret id={name},env={match['name']}`, with `{match['name']}` in the `env` of the step."
            yield file.in_script(RULE.code, message, (script, found.start, found.end), hint)


RULE = Rule(
    code=Code("AZR525", "secret-in-image", Severity.WARNING),
    summary="a secret is a build argument of an image",
    why=(
        "Docker records build arguments in the metadata of the image: `docker history` shows them (docs.docker.com/build/building/secrets). A secret mount "
        "is there for one command only. It asks the scripts of the file and the arguments of the task Docker for macros with the name of a secret, and for variables that `env` maps from one."
    ),
    wrong="steps:\n- bash: docker build --build-arg FEED_TOKEN=$(feedToken) --tag churn:1 .\n",
    right="steps:\n- bash: docker build --secret id=feed-token,env=FEED_TOKEN --tag churn:1 .\n  env:\n    FEED_TOKEN: $(feedToken)\n",
    check=check,
)
