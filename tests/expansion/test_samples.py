"""What azrelease renders needs no expansion: there is nothing unknown in it, and nothing that the service refuses."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from azrelease import load, render
from azrelease.expansion import ExpansionRequest, normal_form, plain, yaml_text
from azrelease.scaffold import Answers, project_of_answers
from conftest import ROOT as TOP
from expansion.pipelines import ROOT, expand, messages
from expansion.trees import mapping
from support.yaml_text import safe_load

SAMPLES = sorted(TOP.glob("samples/*/azure-pipelines.yml"))
TARGETS = ("managed", "kubernetes:cluster", "batch")


def answers(target: str) -> Answers:
    return Answers.model_validate(
        {
            "name": "churn",
            "resource_group": "rg",
            "workspace": "ws",
            "service_connection": "azure",
            "pipeline": "churn-training",
            "artifact": "model",
            "image": "ubuntu-24.04",
            "staging": target,
            "production": target,
        }
    )


def written(target: str) -> Iterator[tuple[str, str]]:
    """The pipelines that `init` writes."""
    for file in project_of_answers(answers(target)):
        if Path(file.path).name.startswith("azure-pipelines"):
            yield file.path, file.content.decode()


def check(text: str) -> None:
    expansion = expand({ROOT: text}, ExpansionRequest())
    assert messages(expansion) == []
    assert [unknown.text for unknown in expansion.unknowns] == []
    expected = normal_form(mapping(text))
    found = normal_form(expansion.pipeline)
    assert plain(found) == plain(expected)
    assert plain(expansion.pipeline) == plain(mapping(text))
    for form in (found, expansion.pipeline):
        assert plain(mapping(yaml_text(form))) == plain(form)
        assert json.loads(json.dumps(plain(form))) == plain(form)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.parent.name)
def test_the_expansion_of_a_sample_is_what_was_rendered(sample: Path) -> None:
    """Written in one file: the other layout is compared with that by the tests of the layouts."""
    check(render(load(sample.with_name("release.yml")).release))


@pytest.mark.parametrize("target", TARGETS)
def test_the_expansion_of_a_new_project_is_what_was_written(target: str) -> None:
    pipelines = dict(written(target))
    assert pipelines
    for text in pipelines.values():
        assert safe_load(text)
        if "- template: " not in text:
            check(text)
