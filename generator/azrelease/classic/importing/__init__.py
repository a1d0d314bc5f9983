"""A classic release definition becomes a release."""

from azrelease.classic.importing.definition import Import, import_definition

__all__ = ["Import", "import_definition"]
