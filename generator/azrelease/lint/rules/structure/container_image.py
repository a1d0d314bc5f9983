"""AZR119: container resources without an image."""

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity


def check(file: LintedFile) -> Findings:
    """Containers of another type than ACR that name no image."""
    for resource in file.resources("containers").values():
        block = resource.block
        kind = (block.text("type") or "").casefold()
        if kind == "acr" or block.open or block.entry("image") is not None or "$" in kind:
            continue
        hint = "Write `image: REGISTRY/REPOSITORY:TAG`; `registry` and `repository` belong to `type: ACR`."
        yield file.finding(RULE.code, f"the container `{resource.alias}` has no image", resource.node, hint)


_RESOURCE = "resources:\n  containers:\n  - container: tools\n    endpoint: docker-hub\n{}container: tools\npool:\n  vmImage: ubuntu-24.04\nsteps:\n- script: make\n"

RULE = Rule(
    code=Code("AZR119", "container-image", Severity.ERROR),
    summary="a container without an image",
    why=(
        "The service refuses the file: *'image' key is not defined*. Only containers of the type ACR have `registry` and `repository` instead "
        "(learn.microsoft.com/azure/devops/pipelines/yaml-schema/resources-containers-container)."
    ),
    wrong=_RESOURCE.format("    registry: example\n    repository: tools\n"),
    right=_RESOURCE.format("    image: example/tools:1.4\n"),
    check=check,
)
