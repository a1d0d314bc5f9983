"""Pictures of the samples, and of text that wants to be something else than text."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from azrelease.graph import Graph, release_graph
from azrelease.lint import FileReport
from azrelease.release import Release, load
from azrelease.report.graphs import graph_mermaid, graph_page, graph_svg, graph_text
from support.release_data import releases
from support.thorough import examples

ROOT = Path(__file__).parent.parent.parent
GOLDEN = Path(__file__).parent / "graphs"
NAMES = sorted(path.parent.name for path in (ROOT / "samples").glob("*/release.yml"))
HOSTILE = """<b>&"'`</script><img src=x onerror=alert(1)>#quot;{{ x }}%%{init}%%"""


def drawn(name: str) -> Graph:
    return release_graph(load(ROOT / "samples" / name / "release.yml").release, f"samples/{name}/release.yml")


@pytest.mark.parametrize("name", NAMES)
def test_the_pictures_of_a_sample_are_those_that_were_looked_at(name: str, update_golden: bool) -> None:
    graph = drawn(name)
    for suffix, text in (("txt", graph_text(graph)), ("mmd", graph_mermaid(graph)), ("svg", graph_svg(graph))):
        file = GOLDEN / f"{name}.{suffix}"
        if update_golden:
            file.write_text(text, encoding="utf-8", newline="")
        assert file.read_text(encoding="utf-8") == text, "pytest --update-golden writes them"


class Words(HTMLParser):
    """All text of a page, and every element in it."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.words += data


def hostile() -> Graph:
    graph = drawn("insurance-many-regions")
    stage = graph.stages[0]
    own = stage._replace(
        title=HOSTILE, endpoint=HOSTILE, target=HOSTILE, tests=(HOSTILE,), rollout=HOSTILE,
        jobs=tuple(
            job._replace(
                title=HOSTILE,
                parts=tuple(p._replace(steps=tuple(s._replace(title=HOSTILE, script=HOSTILE) for s in p.steps)) for p in job.parts),
            )
            for job in stage.jobs
        ),
    )  # fmt: skip
    return graph._replace(name=HOSTILE, description=HOSTILE, file=HOSTILE, stages=(own, *graph.stages[1:]))


def test_text_stays_text() -> None:
    page = Words()
    page.feed(str(graph_page(hostile(), FileReport("a", ()))))
    assert HOSTILE in page.words
    assert not page.elements & {"script", "img", "b"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    svg = ET.fromstring(graph_svg(hostile()))
    assert HOSTILE in {element.text for element in svg.iter()}


def test_labels_of_mermaid_hold_nothing_that_it_acts_on() -> None:
    for line in graph_mermaid(hostile()).splitlines()[1:-1]:
        for label in re.findall(r'"([^"]*)"', line):
            assert re.fullmatch(r"(?:[\w ./:·…,+=→%-]|#\d+;)*", label)
        assert re.fullmatch(r'\s+(?:\w+(?:\[\(|\[\[|\[|\(\(|\(|\{\{|>)"[^"]*"[\])}]+|\w+ (?:-->|-\.->) \w+)', line), (
            line
        )


def test_no_agent_acts_on_the_text_of_a_picture() -> None:
    graph = drawn("minimal")._replace(description="##vso[task.setvariable variable=x]y")
    assert "##vso[" not in graph_text(graph)


@pytest.mark.no_cover
@settings(max_examples=examples(80))
@given(releases())
def test_any_release_can_be_drawn(data: dict[str, Any]) -> None:
    graph = release_graph(Release.model_validate(data), "release.yml")
    assert graph_text(graph)
    assert graph_mermaid(graph)
    ET.fromstring(graph_svg(graph))
    page = Words()
    page.feed(str(graph_page(graph, FileReport("release.yml", ()))))
    assert "svg" in page.elements
