import pytest

from azrelease.templating.printable import is_printable


@pytest.mark.parametrize("text", ["", "plain text", "é", "部署", "\u3000", "😀", "\U0001fae8", "\U0002ffff", "ب"])
def test_what_can_be_seen(text: str) -> None:
    assert is_printable(text)


@pytest.mark.parametrize(
    "point",
    [
        0,
        9,
        10,
        13,
        0x1B,
        0x7F,
        0x85,
        0xA0,
        0xAD,
        0x200B,
        0x200D,
        0x202E,
        0x2028,
        0x2066,
        0xE000,
        0xFEFF,
        0xFFFE,
        0xE0001,
    ],
)
def test_what_cannot(point: int) -> None:
    assert not is_printable(f"a{chr(point)}b")
