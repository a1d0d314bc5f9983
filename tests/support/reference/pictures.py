"""The pictures of docs/images: what commands print, drawn."""

import io
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from support.pages import ROOT, blocks
from support.process import PATIENT, CliHere

# Rich's own form names fonts of a server on the internet.
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">
  <style>
    .{unique_id}-matrix {{ font: {char_height}px ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }}
    .{unique_id}-title {{ font: bold 18px system-ui, sans-serif; }}
    {styles}
  </style>
  <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect width="{terminal_width}" height="{terminal_height}"/>
    </clipPath>
    {lines}
  </defs>
  {chrome}
  <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
      {matrix}
    </g>
  </g>
</svg>
"""


def release_picture(folder: Path) -> str:
    """The release of README.md, as `azrelease graph` draws it."""
    cli = _pages_files("README.md", folder)
    return cli("graph", "release.yml", "--format", "svg").out


def check_picture(folder: Path) -> str:
    """`azrelease check` in a terminal, on the pipeline of its how-to."""
    import pexpect  # there is none for Windows

    _pages_files("docs/how-to/check.md", folder)
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI")}
    output = pexpect.run(
        f"{sys.executable} -m azrelease check",
        cwd=str(folder),
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm-256color"},
        timeout=PATIENT,
    )
    return terminal_svg("$ azrelease check\n" + output.decode().replace("\r\n", "\n"), "azrelease check")


def terminal_svg(text: str, title: str) -> str:
    """Text with the colours of a terminal, as a picture of one."""
    printed = Text.from_ansi(text.rstrip("\n"))
    console = Console(record=True, file=io.StringIO(), width=max(map(len, printed.plain.splitlines())) + 1)
    console.print(printed)
    svg = console.export_svg(title=title, code_format=_SVG, unique_id="terminal")
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines() if line.strip())


def _pages_files(page: str, folder: Path) -> CliHere:
    cli = CliHere(folder)
    for block in blocks((ROOT / page).read_text(encoding="utf-8")):
        if "file" in block.notes:
            cli.write(block.notes["file"], block.text)
    return cli
