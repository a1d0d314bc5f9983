"""Small releases to test with."""

import textwrap

from azrelease.release import Release, load_document
from azrelease.yaml_document import YamlDocument

HEAD = """\
name: demo
artifact:
  pipeline: training
  name: drop
workspace:
  resource_group: rg
  name: ws
  service_connection: azure
"""


def document(text: str) -> YamlDocument:
    return YamlDocument.parse(textwrap.dedent(text), "release.yml")


def release(stages: str) -> Release:
    """A release with the given stages (the YAML below `stages:`)."""
    text = HEAD + "stages:\n" + textwrap.indent(textwrap.dedent(stages), "  ")
    return load_document(YamlDocument.parse(text, "release.yml")).release


def stage_with(task: str) -> str:
    """One stage with one task (its YAML, beginning `task: `)."""
    lines = textwrap.indent(textwrap.dedent(task).strip(), "      ").lstrip()
    return f"- name: test\n  service: svc\n  tasks:\n    - {lines}\n"
