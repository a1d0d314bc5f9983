"""AZR520: containers that control the machine they run on."""

import re
from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.lint.facts.pools import own_pool_node
from azrelease.lint.facts.scopes import scopes
from azrelease.lint.facts.script_patterns import matches
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block

_OPTION = re.compile(
    r"(?<!\S)(?:--privileged(?:=true)?|--(?:pid|ipc|userns|uts)[ =]host|--cap-add[ =](?:ALL|SYS_ADMIN|CAP_SYS_ADMIN)|--security-opt[ =](?:seccomp|apparmor)[=:]unconfined)(?!\S)",
    re.IGNORECASE,
)
_MOUNT = re.compile(
    r"(?:(?<!\S)(?:-v|--volume)[ =][\"']?|^)(?P<mount>(?:/var/run/docker\.sock|/var/run|/run/docker\.sock|/etc|/root|/):/[^\s\"']*)"
)
_CALL = re.compile(r"\b(?:docker|podman)[ \t]+(?:container[ \t]+)?(?:run|create)\b(?:\\\n|[^\n;|&])*")
_EMULATION = re.compile(r"multiarch/qemu-user-static|tonistiigi/binfmt|docker:[\w.-]*dind")
"""Images that register emulators with the kernel, or contain a Docker of their own, and need the privilege for that."""


def check(file: LintedFile) -> Findings:
    """Options, volumes and the socket of containers, in resources, jobs and calls of `docker run`."""
    text = file.document.text
    if not any(sign in text for sign in ("--", "docker.sock", "mapDockerSocket", "volumes")):
        return
    level = None if _has_own_pool(file) else Severity.INFO
    for container in _containers(file):
        yield from _declared(file, container, level)
    for script in file.scripts:
        for call in matches(script, _CALL) if "docker" in script.text or "podman" in script.text else ():
            if not _EMULATION.search(call[0]):
                yield from _findings(file, script.node, call[0], call.start(), level)


def _declared(file: LintedFile, container: Block, level: Severity | None) -> Findings:
    for node in container.texts("options"):
        yield from _findings(file, node, node.value, 0, level)
    for node in container.texts("volumes"):
        if _MOUNT.match(node.value) and not node.value.endswith(":ro"):
            yield file.finding(RULE.code, _MOUNTED.format(node.value), node, _HINT, level=level)
    socket = container.scalar("mapDockerSocket")
    if socket is not None and socket.value.casefold() == "true":
        message = "every step in this container controls the Docker of the agent, and so the machine"
        yield file.finding(RULE.code, message, socket, "Give the steps that need Docker `target: host`.", level=level)


def _findings(file: LintedFile, node: ScalarNode, text: str, offset: int, level: Severity | None) -> Findings:
    """The options and mounts in a text that begins at an offset of a scalar."""
    for match in _OPTION.finditer(text):
        span = file.document.text_span(node, offset + match.start(), offset + match.end())
        yield file.finding(RULE.code, _OPTIONS.format(match[0]), span, _HINT)
    for match in _MOUNT.finditer(text):
        if not match["mount"].endswith(":ro"):
            span = file.document.text_span(node, offset + match.start("mount"), offset + match.end("mount"))
            yield file.finding(RULE.code, _MOUNTED.format(match["mount"]), span, _HINT, level=level)


_OPTIONS = "`{}` lets what runs in the container control the machine"
_MOUNTED = "`{}` lets what runs in the container control or change the machine"
_HINT = "Leave it out, or mount less and read-only; build images in a job without a container."


def _containers(file: LintedFile) -> Iterator[Block]:
    yield from (resource.block for resource in file.resources("containers").values())
    for job in file.outline.jobs:
        block = job.block.block("container")
        if block is not None:
            yield block


def _has_own_pool(file: LintedFile) -> bool:
    return any(own_pool_node(block) is not None for block in scopes(file))


_FILE = (
    "resources:\n  containers:\n  - container: tools\n    image: example.azurecr.io/tools:1.2.3\n{}"
    "jobs:\n- job: train\n  pool: gpu-agents\n  container: tools\n  steps:\n  - bash: make train\n"
)

RULE = Rule(
    code=Code("AZR520", "container-control", Severity.WARNING),
    summary="a container controls the machine it runs on",
    why=(
        "`--privileged`, the socket of Docker, and folders of the machine that are mounted to be written take away what a container is for: what runs in it "
        "controls the agent, and on an agent of your own every later job (learn.microsoft.com/azure/devops/pipelines/security/misc, docs.docker.com/engine/security). "
        "The socket of Docker and mounted folders are information where all agents in the file are hosted by Microsoft, whose machines are deleted after each job. It asks containers and their calls in the file; "
        "images that need the privilege to register emulators are not reported."
    ),
    wrong=_FILE.format("    options: --privileged\n"),
    right=_FILE.format(""),
    check=check,
)
