"""AZR708: Docker in a container job without its socket."""

from yaml import ScalarNode

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block, JobOutline, StepOutline
from azrelease.syntax.embedded import is_computed

_TASKS = frozenset(("docker", "dockercompose"))
_SOCKET = "docker.sock"
_HOST = "DOCKER_HOST"


def check(file: LintedFile) -> Findings:
    """Docker tasks and commands in jobs whose container neither mentions nor maps the socket."""
    hint = "Give the step `target: host`: then it runs beside the container, with the Docker of the agent."
    jobs = {id(job) for job in file.outline.jobs if _lacks_socket(file, job)}
    calls = {
        id(script.step): (script, command[0])
        for script in file.scripts
        if id(script.step.job) in jobs and script.language in ("bash", None)
        for command in reversed(list(script.calls("docker")))
    }
    message = "this container cannot reach Docker: agents from 5.279.0 on do not map its socket by default"
    for step in file.outline.steps:
        if id(step.job) not in jobs or step.block.entry("target") or _elsewhere(step):
            continue
        if step.task_name in _TASKS:
            yield file.finding(RULE.code, message, step.head, hint)
        elif id(step) in calls:
            script, word = calls[id(step)]
            yield file.in_script(RULE.code, message, (script, word.start, word.end), hint)


def _lacks_socket(file: LintedFile, job: JobOutline) -> bool:
    entry = job.block.entry("container")
    if entry is None or entry.guards:
        return False
    container = entry.value
    if isinstance(container, ScalarNode):
        if not container.value or is_computed(container.value):
            return False
        resource = file.resources("containers").get(container.value.casefold())
        if resource is None:
            return not file.resources_open  # an image by its name
        container = resource.block
    if not isinstance(container, Block) or container.open or container.entry("alias"):
        return False
    texts = [node.value for key in ("volumes", "options") for node in container.texts(key)]
    env = container.entry("env")
    return container.entry("mapDockerSocket") is None and env is None and not any(_SOCKET in text for text in texts)


def _elsewhere(step: StepOutline) -> bool:
    """Whether a step sets where its Docker is."""
    return any(entry.name == _HOST for entry in step.environment)


_FILE = (
    "pool:\n  vmImage: ubuntu-24.04\ncontainer:\n  image: example.azurecr.io/tools:1.2.3\nsteps:\n"
    "- bash: docker build --tag scorer .\n{}"
)

RULE = Rule(
    code=Code("AZR708", "docker-socket", Severity.WARNING),
    summary="Docker in a container job without its socket",
    why=(
        "Since 5.279.0 agents do not map the socket of Docker into the containers of jobs by default, so `docker` fails there (release notes of "
        "sprint 279). Access to the socket is control of the machine: map it only where that is intended."
    ),
    wrong=_FILE.format(""),
    right=_FILE.format("  target: host\n"),
    check=check,
)
