"""Which changes make a control weaker, value by value; and what a plan's parts are equal by."""

import pytest

from azrelease.registration.kinds import build_validation, check_types, permission, pipeline
from azrelease.registration.kinds.variable_values import PLAIN, SECRET, SETTABLE, VARIABLE
from azrelease.registration.resource import (
    DUPLICATE,
    ActualResource,
    DesiredResource,
    FieldChange,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    differences,
    reference,
)
from azrelease.registration.weakening import weakened_by_change, weakened_by_creation, weakened_by_removal


def weakened(key: ResourceKey, old: dict[str, object], new: dict[str, object]) -> list[str]:
    thing, found = DesiredResource(key, new, ("churn",)), ActualResource(old, "1")
    return list(weakened_by_change(thing, found, tuple(differences(new, old))))


HOURS = ResourceKey(ResourceKind.CHECK, check_types.HOURS, "live")


def hours(span: str) -> dict[str, object]:
    start, _, end = span.partition("-")
    return {"start": start, "end": end, "days": ["Monday"], "time_zone": "UTC"}


@pytest.mark.parametrize(
    ("before", "after", "weaker"),
    [
        ("09:00-17:00", "09:00-17:00", False),
        ("09:00-17:00", "09:01-16:59", False),
        ("09:00-17:00", "09:00-17:01", True),
        ("09:00-17:00", "08:59-17:00", True),
        ("18:00-08:00", "18:00-08:00", False),
        ("18:00-08:00", "20:00-06:00", False),
        ("18:00-08:00", "23:00-23:30", False),
        ("18:00-08:00", "00:00-08:00", False),
        ("18:00-08:00", "18:00-23:59", False),
        ("18:00-08:00", "18:00-08:01", True),
        ("18:00-08:00", "17:59-08:00", True),
        ("18:00-08:00", "09:00-17:00", True),
        ("09:00-17:00", "18:00-08:00", True),
        ("00:00-23:59", "18:00-08:00", False),
        ("18:00-08:00", "00:00-23:59", True),
        ("00:00-00:00", "00:00-00:01", True),
    ],
)
def test_hours_over_midnight(before: str, after: str, weaker: bool) -> None:
    said = [f"environment live accepts runs at other hours: {after} instead of {before}"] if weaker else []
    assert weakened(HOURS, hours(before), hours(after)) == said


POLICY = ResourceKey(ResourceKind.BUILD_VALIDATION, "churn pull request", "models, main")
FOR_EVER, UNTIL_THE_TARGET_CHANGES = 0, None


@pytest.mark.parametrize(
    ("before", "after", "weaker"),
    [
        (720, FOR_EVER, True),
        (UNTIL_THE_TARGET_CHANGES, FOR_EVER, True),
        (UNTIL_THE_TARGET_CHANGES, 1, True),
        (720, 721, True),
        (FOR_EVER, 43200, False),
        (FOR_EVER, UNTIL_THE_TARGET_CHANGES, False),
        (720, 719, False),
        (720, UNTIL_THE_TARGET_CHANGES, False),
    ],
)
def test_how_long_a_result_is_valid(before: int | None, after: int | None, weaker: bool) -> None:
    field = build_validation.VALID_FOR
    said = ["an older result of the check stays valid"] if weaker else []
    assert weakened(POLICY, {field: before}, {field: after}) == said


@pytest.mark.parametrize(
    ("before", "after", "weaker"),
    [
        (["/a/*"], [], False),
        ([], ["/a/*"], True),
        (["/a/*"], ["/*"], False),
        (["/a/*", "/b/*"], ["/a/*"], True),
        (["/a/*"], ["/a/*", "!/a/x/*"], True),
        (["!/a/*", "/b/*"], ["/b/*", "!/a/*"], True),
    ],
)
def test_paths_that_are_checked(before: list[str], after: list[str], weaker: bool) -> None:
    said = ["pull requests that change other paths are no longer checked"] if weaker else []
    assert weakened(POLICY, {build_validation.PATHS: before}, {build_validation.PATHS: after}) == said


APPROVAL = ResourceKey(ResourceKind.CHECK, check_types.APPROVAL, "live")
ADA, BOB, EVE = (reference(name[0] * 8, name) for name in ("Ada", "Bob", "Eve"))


def approval(*approvers: object, **more: object) -> dict[str, object]:
    return {"approvers": list(approvers), "minimum": "all", "order": "any", "requester_may_approve": False, **more}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (approval(ADA), approval(ADA, BOB), []),
        (approval(ADA, BOB, minimum=1), approval(ADA, BOB), []),
        (approval(ADA, BOB), approval(ADA, BOB, minimum=2), []),
        (approval(ADA, BOB), approval(ADA, BOB, minimum=1), ["environment live needs fewer approvals: 1 instead of 2"]),
        (approval(ADA, BOB), approval(ADA), ["environment live no longer has the approvers Bob"]),
        (
            approval(ADA, BOB, minimum=1),
            approval(ADA, BOB, EVE, minimum=1),
            ["environment live has more possible approvers: Eve"],
        ),
        (
            approval(ADA, BOB, order="sequence"),
            approval(ADA, BOB),
            ["the approvers of environment live no longer approve in sequence"],
        ),
        (approval(ADA, BOB), approval(ADA, BOB, order="sequence"), []),
        (
            approval(ADA),
            approval(ADA, requester_may_approve=True),
            ["the requester of a run may approve it for environment live"],
        ),
        (approval(ADA, requester_may_approve=True), approval(ADA), []),
    ],
)
def test_approvers(before: dict[str, object], after: dict[str, object], said: list[str]) -> None:
    assert weakened(APPROVAL, before, after) == said


@pytest.mark.parametrize(
    ("before", "after", "weaker"),
    [
        (["refs/heads/main"], ["refs/heads/MAIN"], False),
        (["refs/heads/*"], ["refs/heads/release/*"], False),
        (["refs/heads/release/*"], ["refs/heads/*"], True),
        (["refs/heads/[a]"], ["refs/heads/a"], True),
    ],
)
def test_branches(before: list[str], after: list[str], weaker: bool) -> None:
    old, new = ({"allowed": allowed, "protected": True} for allowed in (before, after))
    found = weakened(ResourceKey(ResourceKind.CHECK, check_types.BRANCHES, "live"), old, new)
    assert bool(found) is weaker


def test_variables_and_pipelines() -> None:
    key = ResourceKey(ResourceKind.PIPELINE, "\\churn")
    token, settable = VARIABLE + "token", SETTABLE + "token"
    assert weakened(key, {token: SECRET}, {token: "x"}) == ["token is no longer secret"]
    assert weakened(key, {token: PLAIN}, {token: SECRET}) == []
    assert weakened(key, {settable: False}, {settable: True}) == ["token can be set when a run is started"]
    assert weakened(key, {settable: True}, {settable: False}) == []
    on, off = {pipeline.ENABLED: True}, {pipeline.ENABLED: False}
    assert weakened(key, off, on) == ["pipeline \\churn is enabled again"]
    assert weakened(key, on, off) == []


def test_what_comes_and_what_goes() -> None:
    def gone(kind: ResourceKind, note: str = "") -> list[str]:
        return list(
            weakened_by_removal(UnmanagedResource(ResourceKey(kind, "x", "live"), "1", removable=True, note=note))
        )

    assert gone(ResourceKind.CHECK) == ["environment live loses its x"]
    assert gone(ResourceKind.CHECK, DUPLICATE) == []
    assert gone(ResourceKind.ENVIRONMENT) == ["environment x is removed with its checks"]
    assert gone(ResourceKind.PERMISSION) == []
    everybody = ResourceKey(ResourceKind.PERMISSION, permission.ALL, "variable group x")
    assert list(weakened_by_creation(everybody)) == ["every pipeline of the project may use the variable group x"]
    assert list(weakened_by_creation(everybody._replace(name="pipeline \\x"))) == []


def test_case_does_not_count_in_what_things_are_called() -> None:
    key = ResourceKey(ResourceKind.CHECK, "Approval", "Churn-Production")
    assert key.folded == ResourceKey(ResourceKind.CHECK, "approval", "churn-production").folded
    assert key.folded != key._replace(within="other").folded
    assert key.folded != key._replace(kind=ResourceKind.ENVIRONMENT).folded


def test_differences_of_values() -> None:
    def found(wanted: object, there: object) -> list[FieldChange]:
        return list(differences({"x": wanted}, {"x": there}))

    assert found(reference("AB", "new name"), reference("ab", "old name")) == []
    assert found([reference("a", "A")], [reference("a", "B")]) == []
    assert found([reference("a", "A")], [reference("b", "A")]) != []
    assert found({"y": ""}, {}) == []
    assert found("", None) == [FieldChange("x", None, "")]
    assert found([{"name": "a", "v": 1}, {"name": "a", "v": 2}], [{"name": "a", "v": 1}, {"name": "a", "v": 3}]) == [
        FieldChange("x[a].v", 3, 2)
    ]
    assert found([{"name": "b"}, {"name": "a"}], [{"name": "a"}, {"name": "b"}]) != []
    assert list(differences({"x": 1}, {"x": 2}, frozenset(("x",)))) == []
