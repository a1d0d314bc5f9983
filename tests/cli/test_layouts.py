"""`render` with step templates: what it says of a change of layout, of unused and edited templates, and of revisions."""

from pathlib import Path

import pytest

from support.process import CliHere

RELEASE = """\
name: churn
artifact: {pipeline: churn-training, name: model, branch: main}
workspace: {resource_group: churn-rg, name: churn-ws, service_connection: churn-azure}
stages:
  - {name: staging, endpoint: churn-staging, target: managed}
"""
ROLLOUT = RELEASE.replace("target: managed", "target: managed, rollout: blue_green, lock: sequential")
INLINE = '[render]\nlayout = "inline"\n'
TEMPLATES = '[render]\nlayout = "templates"\n'


@pytest.fixture
def cli(tmp_path: Path) -> CliHere:
    here = CliHere(tmp_path)
    (tmp_path / ".git").mkdir()
    here.write("release.yml", RELEASE)
    return here


def text(cli: CliHere, name: str) -> str:
    return (cli.folder / name).read_text(encoding="utf-8")


def test_a_pipeline_in_one_file_stays_so_until_the_settings_say_otherwise(cli: CliHere) -> None:
    cli.write("azrelease.toml", INLINE)
    assert cli("render").out == "wrote azure-pipelines.yml\n"
    (cli.folder / "azrelease.toml").unlink()
    cli.write("release.yml", ROLLOUT)
    assert cli("render").out == "wrote azure-pipelines.yml\n"
    assert not (cli.folder / "azrelease").exists()
    cli.write("azrelease.toml", TEMPLATES)
    done = cli("render")
    assert (done.code, done.err) == (0, "")
    first, *rest = done.out.splitlines()
    assert first.startswith("azure-pipelines.yml: ")
    assert first.endswith("; its steps are calls of step templates")
    assert "  azrelease/deploy-beside.yml" in rest
    assert "wrote azure-pipelines.yml" in rest
    assert cli("render", "--check").code == 0


def test_a_template_that_is_not_called_any_more_is_reported_and_removed_on_request(cli: CliHere) -> None:
    cli.write("release.yml", ROLLOUT)
    assert cli("render").code == 0
    cli.write("release.yml", RELEASE)
    told = cli("render")
    assert "azrelease: no release calls these any more, --prune removes them: deploy-beside.yml, rollout-" in told.err
    assert (cli.folder / "azrelease" / "deploy-beside.yml").exists()
    cli.write("azrelease/deploy-beside.yml", text(cli, "azrelease/deploy-beside.yml") + "# by hand\n")
    refused = cli("render", "--prune")
    assert refused.code == 2
    assert "azrelease/deploy-beside.yml: was edited by hand" in refused.err
    assert (cli.folder / "azrelease" / "rollout-back.yml").exists()
    pruned = cli("render", "--prune", "--force")
    assert "removed azrelease/deploy-beside.yml\n" in pruned.out
    assert {path.name for path in (cli.folder / "azrelease").iterdir()} == {
        "endpoint-test.yml", "endpoint.yml", "functions.yml", "install-azure-cli-extension.yml",
        "install-requirements.yml", "online-deployment.yml", "publish-test-results.yml",
    }  # fmt: skip


def test_what_another_release_or_another_pipeline_beside_calls_stays(cli: CliHere) -> None:
    cli.write("other.release.yml", ROLLOUT.replace("churn", "fraud"))
    assert cli("render").code == 0
    alone = cli("render", "release.yml", "--prune")
    assert (alone.code, alone.err) == (0, "")
    assert "removed" not in alone.out
    (cli.folder / "other.release.yml").unlink()
    (cli.folder / "other.azure-pipelines.yml").unlink()
    cli.write("ci.yml", "steps:\n- template: azrelease/deploy-beside.yml\n")
    assert "removed azrelease/deploy-beside.yml" not in cli("render", "--prune").out
    assert (cli.folder / "azrelease" / "deploy-beside.yml").exists()


def test_a_template_that_was_edited_by_hand_is_not_written_over(cli: CliHere) -> None:
    assert cli("render").code == 0
    edited = text(cli, "azrelease/endpoint.yml").replace("sleep 20", "sleep 5")
    cli.write("azrelease/endpoint.yml", edited)
    cli.write("release.yml", RELEASE.replace("churn-staging", "churn-test"))
    before = text(cli, "azure-pipelines.yml")
    refused = cli("render")
    assert refused.code == 2
    assert "azrelease/endpoint.yml: was edited by hand since it was generated" in refused.err
    assert text(cli, "azure-pipelines.yml") == before
    assert "sleep 5" in cli("render", "--check").out
    assert cli("render", "--force").code == 0
    assert "sleep 20" in text(cli, "azrelease/endpoint.yml")


def test_an_earlier_revision_is_shown_with_why_it_changed(cli: CliHere) -> None:
    assert cli("render").code == 0
    cli.write("azrelease/endpoint.yml", text(cli, "azrelease/endpoint.yml").replace("Revision 1.", "Revision 0."))
    changed = cli("render", "--check")
    assert changed.code == 1
    assert "azrelease/endpoint.yml: revision 1: " in changed.out


def test_releases_of_several_folders_share_a_folder_that_the_settings_name(cli: CliHere) -> None:
    cli.write("azrelease.toml", 'releases = ["a", "b"]\n[render]\nfolder = "ci/steps"\n')
    cli.write("a/release.yml", RELEASE)
    cli.write("b/release.yml", ROLLOUT.replace("churn", "fraud"))
    done = cli("render")
    assert done.out.splitlines()[-1] == "wrote 12 step templates in ci/steps"
    assert "- template: ../ci/steps/endpoint.yml" in text(cli, "a/azure-pipelines.yml")
    assert cli("render", "--check").code == 0
    assert cli("check", "a", "b", "ci").out.endswith("nothing found\n")


def test_check_is_silent_on_all_step_templates(cli: CliHere) -> None:
    assert cli("templates", "write", "shared").code == 0
    done = cli("check", "shared", "--fail-on", "info")
    assert (done.code, done.out) == (0, "28 files checked, nothing found\n")


def test_check_reports_a_repository_of_templates_that_lags(cli: CliHere) -> None:
    assert cli("templates", "write", "shared").code == 0
    repository = 'layout = {repository = "Platform/shared", ref = "refs/tags/v1"}'
    cli.write("azrelease.toml", f'[render]\n{repository}\n[expand]\nrepositories = {{azrelease = "shared"}}\n')
    assert cli("render").out == "wrote azure-pipelines.yml\n"
    assert cli("check", "azure-pipelines.yml", "--fail-on", "info").code == 0
    cli.write("shared/endpoint.yml", text(cli, "shared/endpoint.yml").replace("Revision 1.", "Revision 0."))
    lags = cli("check", "azure-pipelines.yml", "--fail-on", "info")
    assert lags.code == 1
    assert (
        "the step template endpoint is older than azrelease, which has revision 1 of it in the repository" in lags.out
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('[render]\nlayout = "template"\n', "azrelease.toml:2:10: error: unknown layout `template`"),
        ("[render]\nlayot = 1\n", "azrelease.toml:2:1: error: unknown setting `render.layot`"),
        ('[render]\nlayout = {repository = "a/b"}\n', "the layout needs the `ref` of the templates"),
        ('[render]\nlayout = {repository = "a/b", ref = "v1", type = "github"}\n', "needs a `service_connection`"),
        ('[render]\nfolder = "../x"\n', "is not a folder below this file"),
        ('[render]\nlayout = "inline"\nfolder = "x"\n', "`folder` has no effect with this layout"),
        ("render = 1\n", "`render` has to be a table"),
    ],
)
def test_a_setting_that_is_wrong_is_an_error_at_its_line(cli: CliHere, settings: str, message: str) -> None:
    cli.write("azrelease.toml", settings)
    done = cli("render")
    assert done.code == 2
    assert message in done.err
    assert not (cli.folder / "azure-pipelines.yml").exists()
    assert message in cli("check").err


def test_names_of_azrelease_are_not_for_variables(cli: CliHere) -> None:
    cli.write("release.yml", RELEASE + "variables: {azrelease.workspace: mine}\n")
    done = cli("render")
    assert done.code == 2
    assert "`azrelease.workspace` is a name of azrelease" in done.err
