"""Parameters of templates and pipelines, in words."""

from azrelease.redaction import redacted_setting
from azrelease.syntax import Parameter


def parameter_documentation(parameter: Parameter) -> str:
    """The default and the allowed values of a parameter, in Markdown; a default that may be a secret is masked."""
    parts = []
    if parameter.default is not None:
        parts.append(f"Default: `{redacted_setting(parameter.name, parameter.default)}`.")
    if parameter.values is not None:
        parts.append("One of: " + ", ".join(f"`{value}`" for value in parameter.values) + ".")
    return " ".join(parts)


def parameter_text(parameter: Parameter) -> str:
    """What a parameter is, in Markdown."""
    needed = "" if parameter.has_default else ", required"
    what = f"Parameter **{parameter.name}** ({parameter.type or 'any'}{needed})."
    return f"{what} {parameter_documentation(parameter)}".rstrip()
