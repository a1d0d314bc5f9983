"""Jinja templates whose values are data: quoted for YAML, or quoted for the shell, by the environment itself.

No template has to remember to quote, so none can forget.
"""

from azrelease.templating.scripts import EnvironmentWord, Option, RenderedScript
from azrelease.templating.templates import Templates, shipped_templates, templates_for
from azrelease.templating.yaml_data import yaml_text

__all__ = [
    "EnvironmentWord",
    "Option",
    "RenderedScript",
    "Templates",
    "shipped_templates",
    "templates_for",
    "yaml_text",
]
