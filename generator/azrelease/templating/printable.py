"""Which characters are written into a generated file as they are.

Defined here, and not by the Unicode tables of the Python that runs: those grow with every version, and the same release
has to give the same bytes on all of them.
"""

import re

# Controls; the soft hyphen; blanks other than U+0020 (but the ideographic one, which is ordinary text in East Asia);
# marks without a width and those that turn the direction of text (Unicode technical report 36); surrogates, private
# use, non-characters and tags.
_UNPRINTABLE = re.compile(
    "[\\x00-\\x1f\\x7f-\\xa0\\xad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f"
    "\\u205f-\\u206f\\u3164\\ud800-\\uf8ff\\ufdd0-\\ufdef\\ufe00-\\ufe0e\\ufeff\\uffa0\\ufff0-\\uffff\\U000e0000-\\U0010ffff]"
)


def is_printable(text: str) -> bool:
    """Whether all characters of a text can be seen, and seen where they are."""
    return _UNPRINTABLE.search(text) is None


def printable(text: str, keep: str = "") -> str:
    """One character for one: tabs as blanks, whatever a terminal or an agent might act on, or would not show, as a dot.

    Args:
        text: the text.
        keep: characters that stay although they are not printed.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else " " if c == "\t" else "·" for c in text)
