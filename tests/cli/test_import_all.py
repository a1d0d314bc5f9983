"""`azrelease import --all`: many definitions in one go, and again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from azrelease.release import load
from fake_azure_devops import Fault, Organization, Service, serve
from fake_azure_devops.release_definitions import new_release_definition
from support.classic_data import definition, phase, stage
from support.process import CliHere, Result
from support.registering import seed, use

LOST = {"schedules": [{"daysToRelease": 1}]}


@pytest.fixture
def cli(tmp_path: Path) -> CliHere:
    return CliHere(tmp_path)


def put(cli: CliHere, file: str, title: str, /, **more: Any) -> None:
    cli.write(f"exports/{file}", json.dumps(definition(stage(**more), name=title)))


def run(cli: CliHere, *options: str) -> Result:
    return cli("import", "--all", "exports", "--output", "releases", *options)


def summary(cli: CliHere, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(cli, *options, "--format", "json").out)
    totals = found["summary"]
    assert totals["written"] + totals["already there"] + totals["stopped"] == totals["definitions"]
    assert len(found["releases"]) == totals["definitions"]
    return found


def outcomes(cli: CliHere, *options: str) -> dict[str, str]:
    return {Path(each["source"]).name: each["outcome"] for each in summary(cli, *options)["releases"]}


def written(cli: CliHere) -> list[str]:
    return sorted(
        path.relative_to(cli.folder / "releases").as_posix() for path in (cli.folder / "releases").rglob("*.*")
    )


def test_a_folder_is_imported_with_one_summary(cli: CliHere) -> None:
    put(cli, "web.json", "web")
    put(cli, "team/shop.json", "shop: EU")
    put(cli, "team/batch.json", "batch", **LOST)
    done = run(cli)
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines() == [
        "written        exports/web.json: releases/web.release.yml (all carried)",
        "written        exports/team/shop.json: releases/shop-EU.release.yml (1 carried with a change)",
        "stopped        exports/team/batch.json: batch",
        "  environments[0].schedules: Stage: schedule: a schedule starts a pipeline, not one of its stages",
        "    → Add a business hours check to the environment, or schedule the pipeline.",
        "    → --accept-loss writes the release without it",
        "",
        "3 definitions: 2 written, 0 already there, 1 stopped",
    ]
    assert written(cli) == ["shop-EU.release.yml", "web.release.yml"]
    assert load(cli.folder / "releases" / "web.release.yml").release.name == "web"
    assert cli("render", "releases").code == 0
    assert cli("check", "releases").code == 0


def test_a_second_run_goes_on_where_the_first_stopped(cli: CliHere) -> None:
    put(cli, "web.json", "web")
    put(cli, "batch.json", "batch", **LOST)
    assert outcomes(cli) == {"web.json": "written", "batch.json": "stopped"}
    web = cli.folder / "releases" / "web.release.yml"
    before = web.stat().st_mtime_ns
    assert outcomes(cli, "--accept-loss") == {"web.json": "already there", "batch.json": "written"}
    assert web.stat().st_mtime_ns == before
    # What was accepted once is not asked again.
    assert outcomes(cli) == {"web.json": "already there", "batch.json": "already there"}
    assert run(cli).code == 0
    batch = cli.folder / "releases" / "batch.release.yml"
    batch.write_text(batch.read_text(encoding="utf-8") + "description: mine\n", encoding="utf-8")
    assert outcomes(cli, "--force") == {"web.json": "already there", "batch.json": "stopped"}
    assert "mine" in batch.read_text(encoding="utf-8")


def test_a_definition_that_changed_is_written_again(cli: CliHere) -> None:
    put(cli, "web.json", "web")
    assert outcomes(cli) == {"web.json": "written"}
    put(cli, "web.json", "web", name="Test")
    assert outcomes(cli) == {"web.json": "written"}
    assert load(cli.folder / "releases" / "web.release.yml").release.stages[0].name == "Test"


def test_what_was_edited_by_hand_stays(cli: CliHere) -> None:
    put(cli, "web.json", "web")
    run(cli)
    path = cli.folder / "releases" / "web.release.yml"
    edited = path.read_text(encoding="utf-8") + "description: mine\n"
    path.write_text(edited, encoding="utf-8")
    done = run(cli)
    assert done.code == 0
    assert "releases/web.release.yml, edited by hand since" in done.out
    put(cli, "web.json", "web", name="Test")
    done = run(cli)
    assert done.code == 1
    assert "was edited by hand, and the import makes something else of the definition now" in done.out
    assert "--force replaces the file" in done.out
    assert path.read_text(encoding="utf-8") == edited
    assert outcomes(cli, "--force") == {"web.json": "written"}
    assert "mine" not in path.read_text(encoding="utf-8")


def test_a_file_of_others_stays(cli: CliHere) -> None:
    put(cli, "web.json", "web")
    cli.write("releases/web.release.yml", "name: theirs\n")
    done = run(cli)
    assert done.code == 1
    assert "releases/web.release.yml: already exists, and no import wrote it" in done.out
    assert (cli.folder / "releases" / "web.release.yml").read_text(encoding="utf-8") == "name: theirs\n"


def test_definitions_of_one_name_have_their_own_files_in_every_run(cli: CliHere) -> None:
    for number in (2, 3):
        put(cli, f"{number}.json", "web")
    assert outcomes(cli) == {"2.json": "written", "3.json": "written"}
    before = {path: path.read_bytes() for path in (cli.folder / "releases").iterdir()}
    assert [path.name for path in sorted(before)] == ["web-2.release.yml", "web.release.yml"]
    put(cli, "1.json", "WEB", name="Other")  # it comes first now, and may not take the file of another
    assert outcomes(cli) == {"1.json": "written", "2.json": "already there", "3.json": "already there"}
    assert all(path.read_bytes() == content for path, content in before.items())
    assert written(cli) == ["WEB-3.release.yml", "web-2.release.yml", "web.release.yml"]


def test_a_file_that_was_renamed_is_known(cli: CliHere) -> None:
    put(cli, "web.json", "web")
    run(cli)
    (cli.folder / "releases" / "web.release.yml").rename(cli.folder / "releases" / "shop.release.yml")
    assert outcomes(cli) == {"web.json": "already there"}
    assert written(cli) == ["shop.release.yml"]


def test_a_list_of_definitions(cli: CliHere) -> None:
    cli.write("exports/all.json", json.dumps({"count": 2, "value": [definition(name="a"), definition(name="b")]}))
    assert outcomes(cli) == {"all.json#1": "written", "all.json#2": "written"}
    assert written(cli) == ["a.release.yml", "b.release.yml"]


def test_other_files_are_named_and_broken_ones_stop(cli: CliHere) -> None:
    put(cli, "web.json", "web")
    cli.write("exports/package.json", '{"name": "x"}')
    cli.write("exports/notes.json", "no JSON")
    cli.write("exports/broken.json", '{"name": "b", "environments": [}')
    cli.write("exports/empty.json", '{"name": "e", "environments": []}')
    cli.write("exports/.vscode/tasks.json", "{")
    found = summary(cli)
    stopped = {
        each["source"]: each["decisions"][0]["what"] for each in found["releases"] if each["outcome"] == "stopped"
    }
    assert set(stopped) == {"exports/broken.json", "exports/empty.json"}
    assert "has no stages; add one before the export" in stopped["exports/empty.json"]
    assert [other.split(":")[0] for other in found["others"]] == ["exports/notes.json", "exports/package.json"]


def test_nothing_is_half_written(cli: CliHere) -> None:
    put(cli, "web.json", "web")
    cli.write("releases/web.release.yml/x", "a folder")
    done = run(cli)
    assert done.code == 1
    assert "releases/web.release.yml: cannot be read" in done.out
    assert written(cli) == ["web.release.yml"]


def test_settings_that_make_a_release_invalid_stop_it(cli: CliHere) -> None:
    put(cli, "web.json", "web")
    cli.write("azrelease.toml", '[defaults]\nvariables = {"a b" = "1"}\n')
    done = run(cli)
    assert done.code == 1
    assert "`a b` cannot be the name of a variable" in done.out
    assert not (cli.folder / "releases").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--all", "nowhere"), "nowhere: no such file or folder"),
        (("--all", "exports"), "exports: no release definition in any *.json"),
        (("--all", "-"), "--all reads and writes folders"),
        (("--all", "exports", "--output", "-"), "--all reads and writes folders"),
        (("--all", "exports", "--output", "exports/file.json"), "exports/file.json: is a file"),
        (("--all", "exports", "--project", "MLOps"), "replace a folder"),
        (("x.json", "--project", "MLOps"), "are for --definition or --all"),
    ],
)
def test_wrong_usage(cli: CliHere, arguments: tuple[str, ...], told: str) -> None:
    if arguments[-1].endswith("file.json"):
        put(cli, "web.json", "web")
    cli.write("exports/file.json", "{}")
    done = cli("import", *arguments)
    assert done.code == 2
    assert told in done.err


def test_what_all_releases_have_to_be_checked_for_is_listed_once(cli: CliHere) -> None:
    for number in (1, 2):
        phase_ = phase(given={"queueId": number, "agentSpecification": None})
        put(cli, f"{number}.json", f"web{number}", deployPhases=[phase_])
    done = run(cli)
    assert "to check in the written releases, and in how many of them:\n" in done.out
    assert "    2  Agent pool by id (1, 2): the definition lacks its name\n" in done.out
    assert "       → Name it with --names (`pools`).\n" in done.out
    # What was written before was checked then.
    assert summary(cli)["to_check"] == []


def test_the_summary_as_markdown(cli: CliHere) -> None:
    put(cli, "web.json", "web")
    put(cli, "batch.json", "batch", **LOST)
    text = run(cli, "--format", "markdown").out
    assert "| `exports/web.json` web | written | `releases/web.release.yml` |  |" in text
    assert "--accept-loss writes the release without it" in text
    assert "2 definitions: 1 written, 0 already there, 1 stopped" in text
    assert "## web" in text


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serve(Organization("org")) as running:
        project = seed(running)
        use(monkeypatch, running)
        for name, more in (("web", {}), ("shop", {}), ("batch", LOST)):
            new_release_definition(project, definition(stage(**more), name=name))
        yield running


def of_project(cli: CliHere, *options: str) -> tuple[int, dict[str, str]]:
    done = cli("import", "--all", "--project", "MLOps", "--output", "releases", "--format", "json", *options)
    return done.code, {each["name"]: each["outcome"] for each in json.loads(done.out)["releases"]}


@pytest.mark.usefixtures("service")
def test_all_of_a_project(cli: CliHere) -> None:
    code, found = of_project(cli)
    assert (code, found) == (1, {"web": "written", "shop": "written", "batch": "stopped"})
    code, found = of_project(cli, "--accept-loss", "--definition", "batch")
    assert (code, found) == (0, {"batch": "written"})
    code, found = of_project(cli, "--accept-loss")
    assert (code, set(found.values())) == (0, {"already there"})


def test_a_definition_that_the_service_refuses_stops_alone(cli: CliHere, service: Service) -> None:
    numbers = {each["name"]: each["id"] for each in service.organization.project("MLOps").release_definitions.values()}
    place = f"/definitions/{numbers['shop']}"
    service.faults.when(lambda request: request.path.endswith(place), Fault.status(403), times=None)
    code, found = of_project(cli)
    assert (code, found["web"], found["shop"]) == (1, "written", "stopped")
    service.faults.clear()
    assert of_project(cli)[1]["shop"] == "written"


def test_a_project_without_definitions(cli: CliHere, service: Service) -> None:
    service.organization.project("MLOps").release_definitions.clear()
    done = cli("import", "--all", "--project", "MLOps")
    assert done.code == 2
    assert "has no release definition" in done.err
