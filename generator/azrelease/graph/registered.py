"""What registering a release makes in Azure DevOps, as far as the release alone says it."""

from collections.abc import Iterator

from azrelease.graph.gates import holds_before
from azrelease.graph.model import Fact
from azrelease.release import Release


def registered(release: Release) -> Iterator[Fact]:
    """The things that `azrelease plan` looks after, each as kind and name.

    Args:
        release: the release in full.
    """
    folder = (release.folder or "").strip("\\")
    path = "\\" + "\\".join(filter(None, (folder, release.name)))
    yield Fact("pipeline", path)
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
        for hold in holds_before(stage):
            if hold.place.startswith("check on"):
                yield Fact(f"{hold.kind} of {environment}", hold.title)
    check = registration.pull_request_check if registration else None
    if check is not None:
        name = check.name or f"{release.name} pull request"
        yield Fact("pipeline", "\\" + "\\".join(filter(None, (folder, name))))
        blocks = "has to succeed" if check.blocking else "is shown"
        yield Fact("build validation", f"{name} {blocks} before pull requests are completed")
    yield Fact("permissions", "of the pipeline alone, for what it uses")
