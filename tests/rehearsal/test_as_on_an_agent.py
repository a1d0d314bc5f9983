"""What goes well here goes well on an agent, and the other way round."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.process import CliHere
from support.rehearsals import log, rehearsed, rehearsed_in, remarks, results

SOURCES = {"resources": {"pipelines": [{"pipeline": "ci", "source": "training"}]}}


def test_relative_paths_begin_in_the_sandbox(cli: CliHere) -> None:
    (cli.folder / "sub").mkdir()
    steps = [
        {"bash": "mkdir sub; printf 'echo ran' > s.sh; echo '<testsuite><testcase name=\"a\"/></testsuite>' > sub/TEST-a.xml"},
        {"bash": "touch written", "workingDirectory": "sub"},
        {"task": "Bash@3", "inputs": {"filePath": "s.sh"}},
        {"task": "PublishTestResults@2", "inputs": {"searchFolder": "sub"}},
    ]  # fmt: skip
    told = rehearsed(cli, {"steps": steps})
    assert told["succeeded"], told["remarks"]
    assert "ran" in log(told)
    assert [test["name"] for test in told["tests"]] == ["a"]
    assert list((cli.folder / "sub").iterdir()) == []


def test_links_in_an_artifact_lead_to_nothing_of_the_user(cli: CliHere) -> None:
    (cli.folder / "outside").mkdir()
    mine = cli.write("outside/data.txt", "mine")
    before = mine.stat()
    (cli.folder / "art").mkdir()
    (cli.folder / "art" / "link.txt").symlink_to(mine)
    (cli.folder / "art" / "dir").symlink_to(cli.folder / "outside")
    (cli.folder / "art" / "dangling").symlink_to(cli.folder / "gone")
    steps = [
        {"download": "ci"},
        {"bash": "cd $(Pipeline.Workspace)/ci; cat link.txt; echo CHANGED >> link.txt; echo new > dir/new.txt"},
    ]
    told = rehearsed(cli, {**SOURCES, "steps": steps}, "--artifact", "art")
    assert told["succeeded"], told["remarks"]
    assert "mine" in "".join(log(told))
    assert (mine.read_text(encoding="utf-8"), mine.stat().st_mtime_ns) == ("mine", before.st_mtime_ns)
    assert [path.name for path in (cli.folder / "outside").iterdir()] == ["data.txt"]


@pytest.mark.parametrize("kind", ["loop", "pipe"])
def test_what_no_artifact_can_have_is_named(cli: CliHere, kind: str) -> None:
    (cli.folder / "art").mkdir()
    if kind == "loop":
        (cli.folder / "art" / "odd").symlink_to(cli.folder / "art")
    else:
        os.mkfifo(cli.folder / "art" / "odd")
    cli.write("azure-pipelines.yml", yaml.safe_dump({**SOURCES, "steps": [{"download": "ci"}]}))
    done = cli("rehearse", "--artifact", "art")
    assert done.code == 2
    assert "odd: " in done.err
    assert "remove it from the artifact" in done.err


def test_secrets_are_nowhere(cli: CliHere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "s3cr3t-value-1")
    report = '<testsuite><testcase name="t $(api.key)"><failure message="got $(api.key)"/></testcase></testsuite>'
    steps = [
        {"bash": "true", "displayName": "title $(api.key)"},
        {"bash": f"echo '{report}' > TEST-a.xml"},
        {"task": "PublishTestResults@2"},
        {"bash": "echo '##vso[task.setsecret]pa%3Bss-word-x'; echo '##vso[task.setvariable variable=t;issecret=true]to%5Dken-value'"},
        {"task": "ManualValidation@1", "inputs": {"instructions": "with $(api.key)"}, "continueOnError": True},
        {"bash": "true", "workingDirectory": "/nowhere/$(api.key)"},
    ]  # fmt: skip
    told = json.dumps(rehearsed(cli, {"steps": steps}, "--secret", "api.key"))
    assert "s3cr3t" not in told
    assert "ss-word-x" not in told
    assert "ken-value" not in told


def deployment(deploy: list[Any], **more: Any) -> dict[str, Any]:
    on = {ending: {"steps": [{"bash": f"echo on {ending}"}]} for ending in ("failure", "success")}
    strategy = {"runOnce": {"deploy": {"steps": deploy}, "on": on}}
    return {"jobs": [{"deployment": "d", "environment": "e", "strategy": strategy, **more}]}


def test_a_tolerated_failure_does_not_hide_an_earlier_one(cli: CliHere) -> None:
    deploy = [{"bash": "exit 1"}, {"bash": "exit 1", "condition": "always()", "continueOnError": True}]
    told = rehearsed(cli, deployment(deploy))
    assert "on failure" in log(told)
    assert "on success" not in log(told)
    assert not told["succeeded"]


def test_a_tolerated_failure_is_no_failure(cli: CliHere) -> None:
    told = rehearsed(cli, {"steps": [{"bash": "exit 1", "continueOnError": True}]})
    assert told["succeeded"]
    assert results(told) == ["succeeded with issues"]
    job = {"job": "a", "continueOnError": True, "steps": [{"bash": "exit 1"}]}
    assert rehearsed(cli, {"jobs": [job]})["succeeded"]


def test_what_is_logged_as_an_error_does_not_make_a_step_fail(cli: CliHere) -> None:
    told = rehearsed(cli, {"steps": [{"bash": "echo '##vso[task.logissue type=error]careful'"}]})
    assert told["succeeded"]
    assert ("warning", "careful") in remarks(told)


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ("echo '##vso[task.complete result=Succeeded]done'; exit 1", "failed"),
        ("echo '##vso[task.complete result=Failed]'; echo '##vso[task.complete result=Succeeded]'", "failed"),
        ("echo '##vso[task.complete result=fine]'", "failed"),
        ("echo '##vso[task.complete result=Skipped]'", "skipped"),
    ],
)
def test_the_worst_result_counts(cli: CliHere, script: str, result: str) -> None:
    assert results(rehearsed(cli, {"steps": [{"bash": script}]})) == [result]


def test_results_and_computed_variables_in_conditions(cli: CliHere) -> None:
    pipeline = {
        "variables": {
            "isMain": "$[eq(variables['Build.SourceBranch'], 'refs/heads/main')]",
            "nothing": "$[coalesce(variables['gone'], '')]",
            "count": "$[counter('x', 7)]",
        },
        "stages": [
            {"stage": "A", "jobs": [
                {"job": "one", "steps": [{"bash": "echo '$(nothing)' $(count)"}]},
                {"job": "two", "dependsOn": "one", "condition": "eq(dependencies.one.result, 'Succeeded')",
                 "steps": [{"bash": "echo ran two"}]},
            ]},
            {"stage": "B", "dependsOn": "A",
             "condition": "and(eq(dependencies.A.result, 'Succeeded'), eq(variables.isMain, true))",
             "jobs": [{"job": "three", "condition": "eq(stageDependencies.A.two.result, 'Succeeded')",
                       "steps": [{"bash": "echo ran three"}]}]},
        ],
    }  # fmt: skip
    told = rehearsed(cli, pipeline, "--stage", "A", "--stage", "B")
    assert told["succeeded"], told["remarks"]
    assert {"ran two", "ran three", " 7"} <= set(log(told))


def test_a_value_that_is_given_is_the_one(cli: CliHere) -> None:
    pipeline = {
        "variables": {"x": "$[variables['Build.Reason']]"},
        "jobs": [{"job": "a", "variables": {"y": "1"}, "steps": [{"bash": "echo $(x) $(y)"}]}],
    }
    assert "given 2" in log(rehearsed(cli, pipeline, "--variable", "x=given", "--variable", "y=2"))


def test_each_job_has_a_machine_of_its_own(cli: CliHere) -> None:
    write = "echo 1 > $(Pipeline.Workspace)/x; echo 1 > $HOME/x; ls $(Pipeline.Workspace)"
    read = {"bash": "ls $(Pipeline.Workspace)/x $HOME/x"}
    jobs = [{"job": "a", "steps": [{"bash": write}]}, {"job": "b", "dependsOn": "a", "steps": [read]}]
    assert results(rehearsed(cli, {"jobs": jobs})) == ["succeeded", "failed"]


@pytest.mark.parametrize(
    ("step", "there", "missing"),
    [
        ({"download": "ci"}, ("ci/a.txt", "ci/b/c.bin"), ()),
        ({"download": "ci", "artifact": "m", "patterns": "**/*.txt"}, ("ci/m/a.txt",), ("ci/m/b/c.bin",)),
        ({"task": "DownloadPipelineArtifact@2", "inputs": {"buildType": "current"}}, ("a.txt", "b/c.bin"), ("ci",)),
        ({"task": "DownloadPipelineArtifact@2", "inputs": {"source": "specific", "pipeline": "ci", "artifact": "m",
          "path": "$(Pipeline.Workspace)/p"}}, ("p/a.txt",), ("ci",)),
        ({"task": "DownloadBuildArtifacts@1", "inputs": {"buildType": "current", "artifactName": "m",
          "downloadPath": "$(System.ArtifactsDirectory)"}}, ("a/m/a.txt",), ("m",)),
    ],
)  # fmt: skip
def test_downloads_go_where_they_are_asked_to(
    cli: CliHere, step: dict[str, Any], there: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    for name in ("art/a.txt", "art/b/c.bin"):
        (cli.folder / name).parent.mkdir(parents=True, exist_ok=True)
        cli.write(name, name)
    look = "; ".join([*(f"test -e {name}" for name in there), *(f"test ! -e {name}" for name in missing)])
    steps = [step, {"bash": f"set -e; cd $(Pipeline.Workspace); {look}"}]
    told = rehearsed(cli, {**SOURCES, "steps": steps}, "--artifact", "art")
    assert told["succeeded"], told


def test_only_the_deploy_hook_downloads_by_itself(cli: CliHere) -> None:
    (cli.folder / "art").mkdir()
    cli.write("art/a.txt", "a")
    listing = "ls $(Pipeline.Workspace)/ci/a.txt"
    strategy = {"runOnce": {hook: {"steps": [{"bash": listing}]} for hook in ("deploy", "postRouteTraffic")}}
    pipeline = {**SOURCES, "jobs": [{"deployment": "d", "environment": "e", "strategy": strategy}]}
    assert results(rehearsed(cli, pipeline, "--artifact", "art")) == ["succeeded", "failed"]


def test_sleep_is_quiet_and_short(cli: CliHere) -> None:
    told = rehearsed(cli, {"steps": [{"bash": "sleep 600; sleep 0.01", "failOnStderr": True}]})
    assert told["succeeded"]
    assert told["seconds"] < 300
    assert ("info", "`sleep` waits for at most one second in a rehearsal") in remarks(told)


@pytest.mark.parametrize(
    ("pipeline", "said"),
    [
        ({"jobs": [{"job": "a", "dependsOn": "b", "steps": []}]}, "a job depends on `b`, which does not exist"),
        ({"stages": [{"stage": "a", "dependsOn": "b", "jobs": [{"job": "x", "steps": []}]},
                     {"stage": "b", "dependsOn": "a", "jobs": [{"job": "x", "steps": []}]}]},
         "these stages depend on each other: `a`, `b`"),
        ({"steps": [{"template": "a.yml"}]}, "the template `a.yml` does not exist"),
        ({"jobs": [{"template": "a.yml", "parameters": {"x": 1}}]}, "the template `a.yml` does not exist"),
        ({"jobs": [{"deployment": "d", "environment": "e"}]}, "the deployment `d` requires the key `strategy`"),
    ],
)  # fmt: skip
def test_what_azure_refuses_is_refused(cli: CliHere, pipeline: dict[str, Any], said: str) -> None:
    cli.write("azure-pipelines.yml", yaml.safe_dump(pipeline))
    done = cli("rehearse")
    assert done.code == 2
    assert said in done.err


def test_a_template_expression_in_a_comment_is_none(cli: CliHere) -> None:
    cli.write(
        "azure-pipelines.yml",
        "# not ${{ here }}\nsteps: [{task: Bash@3, inputs: {targetType: inline, script: 'true', template: x}}]\n",
    )
    assert cli("rehearse").code == 0


def test_what_the_service_sets_is_known_or_named_as_such(cli: CliHere) -> None:
    told = rehearsed(
        cli, {"steps": [{"bash": "echo $(Build.SourceVersion) $(System.JobId) '$(System.PullRequest.PullRequestId)'"}]}
    )
    assert told["succeeded"]
    assert [severity for severity, _ in remarks(told)] == ["warning"]
    assert "--variable System.PullRequest.PullRequestId=VALUE" in remarks(told)[0][1]


@pytest.mark.parametrize(
    ("step", "severity"),
    [
        ({"bash": "true", "env": {"X": "$(modelVersion)"}}, "error"),
        ({"bash": "true", "workingDirectory": "$(Pipeline.Workspace)/$(modelVersion)"}, "error"),
        ({"task": "PythonScript@0", "inputs": {"scriptSource": "inline", "script": "print('$(modelVersion)')"}}, "error"),
        ({"bash": "python3 -c 'print(\"$(modelVersion)\")'"}, "warning"),
        ({"bash": "modelVersion() { echo 1; }; echo $(modelVersion) $(pwd) $(date)"}, None),
        ({"bash": "# $(modelVersion)\ntrue"}, None),
        ({"bash": "printf 'modelVersion() { echo 1; }' > f; source ./f; echo $(modelVersion)"}, None),
    ],
)  # fmt: skip
def test_a_name_that_stands_for_nothing(cli: CliHere, step: dict[str, Any], severity: str | None) -> None:
    found = [
        which for which, text in remarks(rehearsed(cli, {"steps": [step]})) if "`$(modelVersion)`: no variable" in text
    ]
    assert found == ([] if severity is None else [severity])


def test_a_job_has_only_so_much_time(cli: CliHere) -> None:
    job = {"job": "a", "timeoutInMinutes": 1, "steps": [{"bash": "read -t 60 < <(tail -f /dev/null)"}]}
    told = rehearsed_in(0.01, cli, {"jobs": [job]})
    assert ("error", "its job took longer than 0.01 minutes, and was ended") in remarks(told)


def test_a_step_that_is_done_in_time_may_leave_something_running(cli: CliHere) -> None:
    step = {"bash": "tail -f /dev/null & echo ok", "timeoutInMinutes": 1}
    assert rehearsed_in(0.005, cli, {"steps": [step]})["succeeded"]


def test_the_first_of_several_copies_is_rehearsed(cli: CliHere) -> None:
    strategy = {"matrix": {"old": {"version": "1"}, "new": {"version": "2"}}}
    told = rehearsed(cli, {"jobs": [{"job": "a", "strategy": strategy, "steps": [{"bash": "echo with $(version)"}]}]})
    assert "with 1" in log(told)
    assert ("info", "only the first of 2 copies of the job is rehearsed") in remarks(told)


def test_what_is_read_only_stays_as_it_is(cli: CliHere) -> None:
    steps = [
        {"bash": "echo '##vso[task.setvariable variable=a]2'; echo '##vso[task.setvariable variable=Build.BuildId]99'"},
        {"bash": "echo $(a) $(Build.BuildId)"},
    ]
    told = rehearsed(cli, {"variables": [{"name": "a", "value": 1, "readonly": True}], "steps": steps})
    assert "1 1" in log(told)
    assert ("warning", "`a` is read-only and keeps its value") in remarks(told)


@pytest.mark.parametrize(
    "steps",
    [
        [{"bash": "printf '##vso[task.setvariable variable=x]a\\0b\\n'"}, {"bash": "true"}],
        [{"bash": "true", "env": {"A=B": "x"}}],
        [{"bash": "true", "retryCountOnTaskFailure": -1, "timeoutInMinutes": 2**31 - 1}],
        [{"bash": "echo '<?xml version=\"1.0\" encoding=\"shift_jis\"?><testsuite/>' > TEST-a.xml"}, {"task": "PublishTestResults@2"}],
        [{"bash": "echo '##vso[task.setvariable]x'"}],
    ],
)  # fmt: skip
def test_nonsense_is_told_without_a_traceback(cli: CliHere, steps: list[Any]) -> None:
    cli.write("azure-pipelines.yml", yaml.safe_dump({"steps": steps}))
    done = cli("rehearse")
    assert done.code in (0, 1)
    assert "Traceback" not in done.out + done.err


def az(script: str) -> list[Any]:
    inputs = {"azureSubscription": "x", "scriptType": "bash", "scriptLocation": "inlineScript", "inlineScript": script}
    return [{"task": "AzureCLI@2", "inputs": inputs}]


ENDPOINT = "az extension add -n ml -y; az configure --defaults group=g workspace=w; echo 'name: e\nauth_mode: key' > e.yml; az ml online-endpoint create --name e --file e.yml"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("az ml online-endpoint update --name e --traffic blue", "traffic must be DEPLOYMENT=PERCENT"),
        ("az ml online-endpoint show --name e --query '[['", "invalid query"),
        ("echo '- a' > d.yml; az ml online-deployment create --name b --endpoint-name e --file d.yml", "must be a mapping"),
        ("echo 'a: [' > d.yml; az ml online-deployment create --name b --endpoint-name e --file d.yml", "invalid YAML"),
    ],
)  # fmt: skip
def test_nonsense_for_az_is_refused(cli: CliHere, command: str, said: str) -> None:
    told = rehearsed(cli, {"steps": az(f"{ENDPOINT}; {command}")})
    assert any(said in text for _, text in remarks(told)), log(told)


def test_no_folder_of_the_user_is_in_reach(cli: CliHere) -> None:
    steps = [
        {"bash": "echo home $HOME", "env": {"HOME": str(Path.home()), "AZURE_CONFIG_DIR": str(Path.home())}},
        {"bash": "echo $AZURE_CONFIG_DIR $PIP_TARGET"},
    ]
    told = rehearsed(cli, {"variables": {"HOME": str(Path.home())}, "steps": steps})
    assert f"home {Path.home()}" not in log(told)
    assert all("azrelease-rehearsal-" in word for line in log(told) for word in line.split() if "/" in word)


def test_nothing_is_kept_where_nothing_was_rehearsed(
    cli: CliHere, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    cli.write("azure-pipelines.yml", yaml.safe_dump({**SOURCES, "steps": [{"download": "ci"}]}))
    assert cli("rehearse", "--keep").code == 2
    assert list(place.iterdir()) == []


def test_an_artifact_that_nothing_downloads_is_named(cli: CliHere) -> None:
    (cli.folder / "art").mkdir()
    cli.write("azure-pipelines.yml", "steps: [{bash: 'true'}]\n")
    done = cli("rehearse", "--artifact", "nosuch=art")
    assert (done.code, "the stages download nothing from nosuch" in done.err) == (2, True)
