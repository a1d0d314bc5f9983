"""What is said of tasks and images goes by the day: removed is not deprecated."""

from datetime import date

import pytest

from support.linting import check

BEFORE, AFTER = date(2026, 11, 1), date(2026, 12, 1)


def told(task: str, code: str, today: date) -> list[tuple[str, str]]:
    found = check(f"steps:\n- task: {task}\n", today=today)
    return [(str(d.severity), d.message) for d in found if d.code.id == code]


@pytest.mark.parametrize(
    ("task", "today", "message"),
    [
        (
            "NuGetAuthenticate@0",
            AFTER,
            "NuGetAuthenticate@0 is deprecated, and its removal was announced for 2024-01-31",
        ),
        (
            "NuGetAuthenticate@0",
            date(2024, 1, 30),
            "NuGetAuthenticate@0 is deprecated, and its removal is announced for 2024-01-31",
        ),
        ("AndroidSigning@2", BEFORE, "AndroidSigning@2 is deprecated, and its removal is announced for 2026-11-24"),
        ("AndroidSigning@2", AFTER, "AndroidSigning@2 is deprecated, and its removal was announced for 2026-11-24"),
        ("AppCenterTest@1", AFTER, "AppCenterTest@1 is deprecated, and its removal was announced for 2026-11-26"),
        ("NodeTool@0", AFTER, "NodeTool@0 is deprecated"),
    ],
)
def test_the_announced_removal_of_a_task_is_told(task: str, today: date, message: str) -> None:
    assert told(task, "AZR407", today) == [("warning", message)]


def test_the_runners_of_old_versions_of_node_have_left_the_agent() -> None:
    text = "NuGetAuthenticate@0 runs on Node 16, whose runner {} the agent on 2026-11-24"
    assert told("NuGetAuthenticate@0", "AZR707", BEFORE) == [("info", text.format("leaves"))]
    assert told("NuGetAuthenticate@0", "AZR707", AFTER) == [("warning", text.format("left"))]


@pytest.mark.parametrize("label", ["windows-2025-vs2026", "ubuntu-26.04-arm", "macOS-26-arm64", "macos-26-arm64-xl"])
def test_a_label_that_is_announced_is_not_judged(label: str) -> None:
    assert check(f"pool:\n  vmImage: {label}\nsteps:\n- script: echo one\n") == []
