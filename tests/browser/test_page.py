"""The page in a real browser: nothing is asked of a network, nobody is left out, everything can be read.

Where there is no browser, these tests are skipped.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from support.browser import started_browser
from support.process import CliHere
from support.thorough import some_of

ROOT = Path(__file__).parent.parent.parent
SCHEMES = [
    ("insurance", "light"),
    ("insurance", "dark"),
    ("mixed-jobs", "dark"),
    ("mixed-jobs", "light"),
    ("insurance-many-regions", "light"),
    ("insurance-many-regions", "dark"),
]
"""Of each sample one in a run, and both schemes."""

pytestmark = pytest.mark.no_cover


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser() as found:
        yield found


@pytest.fixture
def cli(tmp_path: Path) -> CliHere:
    return CliHere(tmp_path)


def drawn(cli: CliHere, release: Path, form: str = "html") -> Path:
    done = cli("graph", str(release), "--format", form, "--output", f"page.{form}")
    assert (done.code, done.err) == (0, "")
    return cli.folder / f"page.{form}"


def shown(browser: Browser, page: Path, **settings: Any) -> tuple[Page, list[str]]:
    """The page as it is shown, and what it said or asked for meanwhile."""
    view = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings}).new_page()
    told: list[str] = []
    view.on("console", lambda message: told.append(message.text))
    view.on("pageerror", lambda error: told.append(str(error)))
    view.on("request", lambda request: told.append(request.url))
    view.goto(page.as_uri())
    asked = [line for line in told if line not in (page.as_uri(), "data:,")]
    return view, asked


def long_release(count: int) -> str:
    """Stages one after the other, and of every third two beside each other."""
    lines = ["name: long", "artifact: {pipeline: training, name: model}"]
    lines += ["workspace: {resource_group: rg, name: ws, service_connection: azure}", "stages:"]
    for number in range(count):
        after = "" if number % 3 != 1 or number < 2 else f", depends_on: [stage_{number - 2}]"
        lines.append(
            f"  - {{name: stage_{number}, display_name: 'A stage of some length {number}', endpoint: endpoint-{number}, "
            f"target: managed{after}, approval: {{approvers: [somebody.with.a.name@example.com]}}}}"
        )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("sample", "scheme"), some_of(SCHEMES, 1, 0))
def test_nothing_is_asked_for_and_nobody_is_left_out(browser: Browser, cli: CliHere, sample: str, scheme: str) -> None:
    view, told = shown(browser, drawn(cli, ROOT / "samples" / sample / "release.yml"), color_scheme=scheme)
    assert told == []
    # Everything is open, so that everything is looked at.
    for details in view.query_selector_all("details"):
        details.evaluate("node => { node.open = true }")
    found = Axe().run(view)
    assert found.violations_count == 0, found.generate_report()
    background = view.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}[scheme]


def test_the_colours_can_be_chosen(browser: Browser, cli: CliHere) -> None:
    view, _ = shown(browser, drawn(cli, ROOT / "samples" / "minimal" / "release.yml"), color_scheme="light")
    view.get_by_label("dark").check()
    assert view.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
    assert Axe().run(view).violations_count == 0
    view.emulate_media(media="print")
    assert view.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_keys_reach_everything(browser: Browser, cli: CliHere) -> None:
    view, _ = shown(browser, drawn(cli, ROOT / "samples" / "insurance" / "release.yml"))
    reached: list[str] = []
    for _step in range(60):
        view.keyboard.press("Tab")
        reached.append(view.evaluate("(document.activeElement.getAttribute('href') || document.activeElement.tagName)"))
    assert reached[0] == "#content"
    assert {"#stage-staging", "#stage-production", "#approvals", "#findings", "SUMMARY"} <= set(reached)
    link = view.locator("svg a").nth(1)
    link.focus()
    view.keyboard.press("Enter")
    assert view.url.endswith("#stage-staging")


@pytest.mark.parametrize("form", ["html", "svg"])
def test_thirty_stages_can_be_read(browser: Browser, cli: CliHere, form: str) -> None:
    release = cli.write("release.yml", long_release(30))
    view, told = shown(browser, drawn(cli, release, form))
    assert told == []
    boxes = view.evaluate(
        """() => [...document.querySelectorAll('.stage')].map(stage => {
            const box = stage.querySelector('.box').getBoundingClientRect();
            const texts = [...stage.querySelectorAll('text')].map(text => {
                const at = text.getBoundingClientRect();
                return {inside: at.left >= box.left && at.right <= box.right && at.top >= box.top && at.bottom <= box.bottom,
                        size: parseFloat(getComputedStyle(text).fontSize) * box.width / stage.querySelector('.box').width.baseVal.value,
                        text: text.textContent};
            });
            return {left: box.left, top: box.top, right: box.right, bottom: box.bottom, texts};
        })"""
    )
    assert len(boxes) == 30
    for box in boxes:
        assert [text for text in box["texts"] if not text["inside"]] == []
        assert min(text["size"] for text in box["texts"]) >= 11
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = one["right"] <= other["left"] or other["right"] <= one["left"]
            assert apart or one["bottom"] <= other["top"] or other["bottom"] <= one["top"]
    # Down the page as other pages go, not off its side.
    if form == "html":
        assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_page_of_many_leads_to_each(browser: Browser, cli: CliHere) -> None:
    for name in ("a", "b"):
        cli.write(f"{name}.release.yml", long_release(2).replace("name: long", f"name: long {name}"))
    done = cli("graph", "--format", "html", "--output", "pages")
    assert done.out == "wrote 3 files to pages\n"
    view, told = shown(browser, cli.folder / "pages" / "index.html")
    assert told == []
    assert Axe().run(view).violations_count == 0
    view.get_by_text("long b").click()
    assert view.title() == "long b: release"
