"""How templates are compiled, and where the compiled form is kept.

It is kept where Python keeps compiled modules: in `__pycache__` beside the source. Compiling the shipped templates
takes longer than everything else in rendering a release. As with modules, nothing is written when Python is told not
to, or cannot, and a changed source is compiled anew.
"""

import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame

from azrelease.version import VERSION


class ValueQuotingCodeGenerator(CodeGenerator):
    """Leaves every `{{ … }}` to be written when the template is rendered, literals too.

    Jinja writes a literal such as `{{ "a & b" }}` when it compiles, and escapes it as HTML before `finalize` sees it.
    """

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:  # noqa: ANN401  (Jinja's)
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)


class CompiledCache(BytecodeCache):
    """A cache for the templates of one folder; those of any other are compiled each time.

    Args:
        folder: the folder.
        settings: whatever else the compiled code depends on; other settings make it stale.
    """

    def __init__(self, folder: Path, settings: str) -> None:
        self._prefix = f"{folder}{os.sep}"
        self._settings = f"{VERSION} {settings} "

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The file of the template: all that is needed to find its compiled form."""
        return filename or name

    def get_source_checksum(self, source: str) -> str:
        """Changes with the source, and with whatever else the compiled code depends on."""
        return super().get_source_checksum(self._settings + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read the compiled form, if there is one."""
        if bucket.key.startswith(self._prefix):
            with (
                suppress(OSError, ValueError, EOFError, TypeError),
                Path(cache_from_source(bucket.key)).open("rb") as file,
            ):
                bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write the compiled form, in one step; a folder that cannot be written to is left alone."""
        if sys.dont_write_bytecode or not bucket.key.startswith(self._prefix):
            return
        path = Path(cache_from_source(bucket.key))
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                bucket.write_bytecode(file)
            temporary.replace(path)
