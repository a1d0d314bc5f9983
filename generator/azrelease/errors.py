"""The exceptions of azrelease.

AzreleaseError                 anything a caller may want to catch
├── ServiceError               Azure DevOps does not answer, or refuses: exit code 3
└── UserError                  the user can correct it: exit code 2, shown without a traceback
    ├── InvalidFileError       a file of the user's, with a diagnostic for each problem in it
    ├── TemplateError          a Jinja template, with its file and line
    ├── PluginError            a task or rule of another package that cannot be used
    └── OverwriteError         a file that a user wrote or edited would be replaced
"""

from collections.abc import Mapping, Sequence

from azrelease.diagnostics import Diagnostic


class AzreleaseError(Exception):
    """The root of all errors raised on purpose."""


class ServiceError(AzreleaseError):
    """Azure DevOps does not answer, or refuses. The message names the request and the service, and no secret."""


class UserError(AzreleaseError):
    """Something the user gave cannot be used. The message says what, where and what to do."""


class InvalidFileError(UserError):
    """A file that cannot be used.

    Attributes:
        diagnostics: every problem found, in the order of the file.
        texts: the texts of the files they are about, by path, for showing the lines; without those that could not be
            decoded.
        summary: how many of several files cannot be used, and what that means; None for a single file.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], texts: Mapping[str, str], summary: str | None = None) -> None:
        super().__init__("; ".join(f"{d.file}:{d.span.line}:{d.span.column}: {d.message}" for d in diagnostics))
        self.diagnostics = tuple(diagnostics)
        self.texts = dict(texts)
        self.summary = summary


class TemplateError(UserError):
    """A template that does not compile, or uses an undefined name."""


class PluginError(UserError):
    """A plugin that another package declares cannot be used. The message names the package."""


class OverwriteError(UserError):
    """Writing would replace what a user wrote."""
