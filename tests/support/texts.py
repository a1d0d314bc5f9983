"""Arbitrary text, with everything that YAML, Jinja, the shell and Azure Pipelines give a meaning to."""

from hypothesis import strategies as st

from azrelease.release.fields import leaves_folder

SPECIAL = (
    "{{ x }}", "{% x %}", "{# x #}", "${{ parameters.x }}", "$(macro)", "$[ x ]", ": ", " #", "#", "- ", "? ", "| ", "> ",
    "&a", "*a", "!tag", "%", "@", "`", "'", '"', "\\", "\n", "\r\n", "\t", "\x00", "\x07", "\x1b", "\x85", "\u2028", "\ufeff",
    "\u200b", "\u202e", "é", "中", "😀", "...", "---", "<<", "=", "~", "null", "yes", "on", "3.10", "0x1F", "1:30", "2026-01-01",
    "1e3", ".inf", " ", "  ", ",", "[", "]", "{", "}", ";", "$x", "$", "`id`", "$(id)", "&&", "|", ">", "<", "(", ")", "*", "~/",
    "-", "--", "=", "!", "##vso[task.setvariable variable=a]b",
)  # fmt: skip

pieces = st.one_of(st.sampled_from(SPECIAL), st.text(max_size=8))
texts = st.lists(pieces, max_size=6).map("".join)
"""Any text, empty too."""

shell_texts = texts.map(lambda text: text.replace("\0", "")).filter(str.strip)
"""Any text that a release field takes: not blank, no NUL."""

paths = shell_texts.map(lambda text: text.replace("\\", "/") + "x").filter(lambda text: not leaves_folder(text))
"""Any path inside the artifact."""
