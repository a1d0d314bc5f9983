"""What a repository says for all its releases: azrelease.toml, or `[tool.azrelease]` of pyproject.toml."""

from azrelease.settings.checked_out import EXPAND, repository_folders
from azrelease.settings.own_templates import TEMPLATES, misnamed_templates, templates_folder
from azrelease.settings.rendering import (
    RENDER,
    LayoutName,
    RenderSettings,
    StepTemplateRepository,
    render_settings,
)
from azrelease.settings.settings_file import SettingsFile, find_settings_file, is_settings_file, read_settings_file
from azrelease.settings.shared import DEFAULTS, RELEASES, release_patterns, shared_defaults, shared_problems

__all__ = [
    "DEFAULTS",
    "EXPAND",
    "RELEASES",
    "RENDER",
    "TEMPLATES",
    "LayoutName",
    "RenderSettings",
    "SettingsFile",
    "StepTemplateRepository",
    "find_settings_file",
    "is_settings_file",
    "misnamed_templates",
    "read_settings_file",
    "release_patterns",
    "render_settings",
    "repository_folders",
    "shared_defaults",
    "shared_problems",
    "templates_folder",
]
