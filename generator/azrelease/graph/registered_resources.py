"""The resources that registration creates in Azure DevOps, as far as the release alone determines them."""

from collections.abc import Iterator

from azrelease.graph.model import Fact
from azrelease.graph.release_gates import gates_before
from azrelease.release import Release


def registered_resources(release: Release) -> Iterator[Fact]:
    """The resources that `azrelease plan` manages for a completed release, each as kind and name."""
    folder = (release.folder or "").strip("\\")
    yield Fact("pipeline", "\\" + "\\".join(filter(None, (folder, release.name))))
    registration = release.registration
    for group in registration.variable_groups if registration else ():
        yield Fact("variable group", group.name)
    done: set[str] = set()
    for stage in release.stages:
        environment = stage.environment or stage.name
        # Stages that share an environment share its checks.
        if environment.casefold() in done:
            continue
        done.add(environment.casefold())
        yield Fact("environment", environment)
        for gate in gates_before(stage):
            if gate.place.startswith("check on"):
                yield Fact(f"{gate.kind} of {environment}", gate.title)
    check = registration.pull_request_check if registration else None
    if check is not None:
        name = check.name or f"{release.name} pull request"
        yield Fact("pipeline", "\\" + "\\".join(filter(None, (folder, name))))
        yield Fact("build validation", f"{name}, {'required' if check.blocking else 'optional'} for pull requests")
    yield Fact("permissions", "of this pipeline alone, for the resources it uses")
