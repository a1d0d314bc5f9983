"""AZR210: steps, services and packages of resources that are not declared."""

from yaml import ScalarNode

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import misspelled, suggestion
from azrelease.syntax import Block, StepOutline
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Findings:
    """The `target` of steps, the services of jobs and packages. The `container` of a job may be any image."""
    if file.resources_open:
        return
    yield from _targets(file)
    yield from _of_jobs(file)
    packages = file.resources("packages")
    for step in file.outline.steps:
        node = step.block.scalar("getPackage")
        if node is not None and node.value and not is_computed(node.value) and node.value.casefold() not in packages:
            names = [resource.alias for resource in packages.values()]
            hint = suggestion(node.value, names, "Declare it: `resources: packages: - package: …`.")
            message = f"the package resource `{node.value}` is not declared"
            yield file.finding(RULE.code, message, node, hint, level=Severity.WARNING)


def _of_jobs(file: LintedFile) -> Findings:
    """The services of jobs, and containers whose name is a slip of a declared one."""
    names = [resource.alias for resource in file.resources("containers").values()]
    folded = {name.casefold() for name in names}
    for job in file.outline.jobs:
        for services, _ in job.block.blocks("services"):
            for entry in services.entries:
                node = entry.value
                if isinstance(node, ScalarNode) and _is_alias(node) and node.value.casefold() not in folded:
                    message = f"the container resource `{node.value}` of this service is not declared"
                    hint = suggestion(node.value, names, "Declare it: `resources: containers: - container: …`.")
                    yield file.finding(RULE.code, message, node, hint, level=Severity.WARNING)
        container = job.block.scalar("container")
        close = misspelled(container.value, names) if container is not None and _is_alias(container) else None
        if container is not None and close is not None:
            message = (
                f"`{container.value}` may not be the image that it is taken for: no container resource has that name"
            )
            yield file.finding(RULE.code, message, container, f"Did you mean `{close}`?", level=Severity.WARNING)


def _is_alias(node: ScalarNode) -> bool:
    """Whether a text can be the name of a resource, and is not an image with a registry, tag or digest."""
    return bool(node.value) and not is_computed(node.value) and not any(sign in node.value for sign in "/:@")


def _targets(file: LintedFile) -> Findings:
    declared = file.resources("containers")
    for step in file.outline.steps:
        node = _target(step)
        if node is None or is_computed(node.value) or not node.value:
            continue
        if node.value.casefold() not in declared and node.value.casefold() != "host":
            message = f"the container resource `{node.value}` is not declared"
            names = [resource.alias for resource in declared.values()]
            hint = suggestion(node.value, [*names, "host"], "Declare it: `resources: containers: - container: …`.")
            yield file.finding(RULE.code, message, node, hint)


def _target(step: StepOutline) -> ScalarNode | None:
    entry = step.block.entry("target")
    if entry is None:
        return None
    if isinstance(entry.value, Block):
        return entry.value.scalar("container")
    return entry.value if isinstance(entry.value, ScalarNode) else None


_FILE = (
    "resources:\n  containers:\n  - container: tools\n    image: example.azurecr.io/tools:1.2.3\nsteps:\n- script: echo one\n"
    "  target: {}\n"
)

RULE = Rule(
    code=Code("AZR210", "undeclared-container", Severity.ERROR),
    summary="a container or package resource that is not declared",
    why=(
        "The service refuses the file: `target` takes `host`, or the name of a container resource. Services of a job and packages name resources, too; a `container` that is a slip "
        "of a declared one is taken for an image (learn.microsoft.com/azure/devops/pipelines/process/service-containers): these are warnings."
    ),
    wrong=_FILE.format("tool"),
    right=_FILE.format("tools"),
    check=check,
)
