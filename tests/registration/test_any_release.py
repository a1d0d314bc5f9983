"""Whatever a release asks for: applied once, there is nothing left to do."""

from typing import Any

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from azrelease.registration import Plan
from azrelease.registration.credentials import secret_variable
from azrelease.release import Release
from fake_azure_devops import Organization, Service, serve
from support.registering import apply, plan, seed
from support.release_data import fixed, identifiers, minutes, optional, releases, shell_texts, variables
from support.thorough import examples

branches = st.from_regex(r"[a-z.*#%&+-]{1,6}(/[a-zé]{1,4})?", fullmatch=True)
files = st.from_regex(r"[a-z]{1,6}(/[a-z ]{0,3}[a-z]){0,2}\.yml", fullmatch=True)
names = st.lists(fixed, min_size=1, max_size=3, unique_by=lambda name: name.casefold())
times = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda time: f"{time[0]:02}:{time[1]:02}")
days = st.lists(st.sampled_from(["Monday", "Tuesday", "Sunday"]), min_size=1, max_size=3, unique=True)
gate = st.fixed_dictionaries(
    {
        "task": st.just("InvokeRESTAPI@1"),
        "display_name": shell_texts,
        "inputs": st.fixed_dictionaries(
            {"connectionType": st.just("connectedServiceName"), "serviceConnection": st.just("incidents")},
            optional={"urlSuffix": shell_texts, "method": st.sampled_from(["GET", "POST"])},
        ),
    }
)
gates = st.fixed_dictionaries(
    {"tasks": st.lists(gate, min_size=1, max_size=2)}, optional={"timeout": minutes, "interval": minutes}
)
checks = optional(
    branches=st.fixed_dictionaries(
        {"allowed": st.lists(branches, min_size=1, max_size=3, unique=True)}, optional={"protected": st.booleans()}
    ),
    business_hours=st.fixed_dictionaries({"start": times, "end": times}, optional={"days": days}),
    required_templates=st.lists(st.fixed_dictionaries({"path": files, "repository": fixed}), max_size=2),
)
groups = st.fixed_dictionaries(
    {"name": fixed},
    optional={"description": shell_texts, "variables": variables, "secrets": st.lists(identifiers, max_size=2)},
)
pull_request_checks = st.fixed_dictionaries(
    {"yaml": files}, optional={"paths": names, "valid_for": minutes, "blocking": st.booleans(), "branch": branches}
)
registrations = optional(
    default_branch=branches,
    yaml=files,
    variable_groups=st.lists(groups, max_size=2),
    pull_request_check=pull_request_checks,
)
more = optional(
    folder=st.from_regex(r"[A-Za-z0-9_-]{1,6}(\\[A-Za-z0-9_-]{1,6})?", fullmatch=True),
    tags=names,
    secrets=st.lists(identifiers, max_size=2),
    registration=registrations,
)
more_of_a_stage = optional(
    lock=st.sampled_from(["sequential", "latest"]),
    checks=checks,
    gates=gates,
    secrets=st.lists(identifiers, max_size=2),
)


@st.composite
def registered_releases(draw: st.DrawFn) -> Release:
    data: dict[str, Any] = draw(releases()) | draw(more)
    data["stages"] = [stage | draw(more_of_a_stage) for stage in data["stages"]]
    try:
        return Release.model_validate(data)
    except ValidationError:
        assume(False)
        raise


def provide(service: Service, found: Plan) -> None:
    """Make what has to be there first."""
    project = service.organization.project("MLOps")
    for missing in found.prerequisites:
        if missing.what.startswith("service connection "):
            project.add_endpoint(missing.what.removeprefix("service connection "))
        elif missing.what.startswith("agent pool "):
            project.add_queue(missing.what.removeprefix("agent pool "))
        elif missing.what.startswith("variable group "):
            project.add_variable_group(missing.what.removeprefix("variable group "), {"color": "blue"})
        elif missing.what.startswith("repository "):
            project.add_repository(missing.what.removeprefix("repository "), {"README.md": "#"})
        elif missing.what.startswith("approver "):
            name = missing.what.removeprefix("approver ")
            service.organization.add_identity(name, mail=f"{len(service.organization.identities)}@example.com")
        else:
            raise AssertionError(missing)


@pytest.mark.no_cover
@settings(max_examples=examples(15), phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(registered_releases())
def test_applied_once_there_is_nothing_left_to_do(release: Release) -> None:
    with pytest.MonkeyPatch.context() as patch, serve(Organization("org")) as service:
        for scope in (release.secrets, *(s.secrets for s in release.stages), *_secrets_of_groups(release)):
            for name in scope:
                patch.setenv(secret_variable(name), f"value of {name}")
        seed(service)
        provide(service, plan(service, release))
        first = plan(service, release)
        assert first.prerequisites == ()
        applied = apply(service, release)
        assert applied.failed is None
        again = plan(service, release)
        assert again.changes == ()
        assert not [other for other in again.unmanaged if other.removable]


def _secrets_of_groups(release: Release) -> list[tuple[str, ...]]:
    return [group.secrets for group in release.registration.variable_groups] if release.registration else []
