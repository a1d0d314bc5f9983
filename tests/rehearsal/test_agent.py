"""The small agent: what the steps of a pipeline see, and what becomes of them."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.process import CliHere
from support.rehearsals import log, rehearsed_in, remarks, results
from support.rehearsals import rehearsed as rehearsed_pipeline


def rehearsed(cli: CliHere, steps: list[Any], *arguments: str, **more: Any) -> dict[str, Any]:
    return rehearsed_pipeline(cli, {"steps": steps, **more}, *arguments)


def errors(told: dict[str, Any]) -> list[str]:
    return [text for severity, text in remarks(told) if severity == "error"]


def test_variables_pass_from_step_to_step(cli: CliHere) -> None:
    told = rehearsed(
        cli,
        [
            {"bash": "echo '##vso[task.setvariable variable=Some.Name]value'; echo \"now: ${SOME_NAME-}\""},
            {"bash": "echo \"env: $SOME_NAME, macro: $(some.name), none: '$(notThere)'\" || true"},
            {"bash": "echo '##vso[task.setvariable variable=out;isOutput=true]7'", "name": "give"},
            {"bash": "echo $(give.out) $GIVE_OUT"},
        ],
        variables={"given": "a $(other)", "other": "b"},
    )
    assert results(told) == ["succeeded"] * 4
    assert "now: " in log(told)
    assert "env: value, macro: value, none: ''" in log(told)
    assert "7 7" in log(told)


def test_secrets_are_masked_and_in_no_environment(cli: CliHere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "hunter2hunter2")
    told = rehearsed(
        cli,
        [
            {"bash": "echo \"env: '${API_KEY-}', macro: $(api.key)\"; echo '##vso[task.setsecret]other-secret'"},
            {"bash": "echo $(api.key) $KEY other-secret", "env": {"KEY": "$(api.key)"}},
            {"bash": "echo '##vso[task.setvariable variable=x;issecret=true]third-secret'; echo third-secret"},
            {"bash": 'echo "${X-none}"'},
        ],
        "--secret",
        "api.key",
    )
    assert "hunter2" not in json.dumps(told)
    assert [line for line in log(told) if "secret" in line and "vso" not in line] == []
    assert "env: '', macro: ***" in log(told)
    assert "*** *** ***" in log(told)
    assert "none" in log(told)


def test_steps_fail_as_they_do_on_an_agent(cli: CliHere) -> None:
    told = rehearsed(
        cli,
        [
            {"bash": "echo oops >&2"},
            {"bash": "echo oops >&2", "failOnStderr": True, "continueOnError": True},
            {"bash": "echo '##vso[task.complete result=SucceededWithIssues;]'"},
            {"bash": "exit 3"},
            {"bash": "echo never"},
            {"bash": "echo always", "condition": "always()"},
            {"bash": "echo off", "enabled": False, "condition": "always()"},
            {"bash": "echo '##vso[task.complete result=Failed;]'", "condition": "failed()"},
        ],
    )
    assert results(told) == [
        "succeeded", "succeeded with issues", "succeeded with issues", "failed", "skipped", "succeeded", "skipped", "failed",
    ]  # fmt: skip
    assert "never" not in log(told)


def test_a_step_is_tried_again_and_ended_in_time(cli: CliHere) -> None:
    steps = [
        {"bash": "echo try >> $(Agent.TempDirectory)/tries; [ $(wc -l < $(Agent.TempDirectory)/tries) -ge 3 ]",
         "retryCountOnTaskFailure": 3},
        {"bash": "read -t 60 < <(tail -f /dev/null)", "timeoutInMinutes": 1},
    ]  # fmt: skip
    told = rehearsed_in(0.002, cli, {"steps": steps})
    assert results(told) == ["succeeded", "failed"]
    assert any("took longer than 0.002 minutes" in text for text in errors(told))


def test_folders_are_those_of_an_agent(cli: CliHere) -> None:
    told = rehearsed(
        cli,
        [
            {"bash": 'test "$PWD" = "$(System.DefaultWorkingDirectory)" && test "$PIPELINE_WORKSPACE" = "$(Pipeline.Workspace)"'},
            {"bash": "mkdir tools; echo '#!/bin/sh\necho own tool' > tools/own; chmod +x tools/own; echo \"##vso[task.prependpath]$PWD/tools\""},
            {"bash": "own; touch $HOME/x; echo home: $HOME"},
            {"bash": "pwd", "workingDirectory": "$(Pipeline.Workspace)/nowhere"},
        ],
    )  # fmt: skip
    assert results(told) == ["succeeded", "succeeded", "succeeded", "failed"]
    assert "own tool" in log(told)
    assert not any(line == f"home: {Path.home()}" for line in log(told))
    assert "the working folder $(Pipeline.Workspace)/nowhere does not exist" in errors(told)


def test_no_login_is_in_reach(cli: CliHere, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_DEVOPS_EXT_PAT", "AZURE_CLIENT_SECRET", "ARM_ACCESS_KEY", "SYSTEM_ACCESSTOKEN"):
        monkeypatch.setenv(name, "hunter2hunter2")
    told = rehearsed(cli, [{"bash": "env; cat ~/.azure/* 2>/dev/null; true"}])
    assert "hunter2" not in json.dumps(told)


STAGES = {
    "stages": [
        {
            "stage": "build",
            "jobs": [
                {
                    "job": "make",
                    "steps": [{"bash": "echo '##vso[task.setvariable variable=v;isOutput=true]1'", "name": "s"}],
                },
                {
                    "job": "use",
                    "dependsOn": "make",
                    "variables": {"got": "$[ dependencies.make.outputs['s.v'] ]"},
                    "steps": [{"bash": "echo got $(got)"}],
                },
            ],
        },
        {
            "stage": "ship",
            "condition": "eq(dependencies.build.outputs['make.s.v'], '1')",
            "jobs": [
                {
                    "deployment": "go",
                    "environment": "live",
                    "variables": {"far": "$[ stageDependencies.build.make.outputs['s.v'] ]"},
                    "strategy": {
                        "runOnce": {
                            "deploy": {"steps": [{"bash": "echo far $(far); exit 1"}]},
                            "on": {
                                "failure": {"steps": [{"bash": "echo rolled back"}]},
                                "success": {"steps": [{"bash": "echo finished"}]},
                            },
                        }
                    },
                },
                {"job": "after", "dependsOn": "go", "condition": "failed()", "steps": [{"bash": "echo after"}]},
            ],
        },
    ]
}


def test_outputs_and_hooks_across_jobs_and_stages(cli: CliHere) -> None:
    cli.write("azure-pipelines.yml", yaml.safe_dump(STAGES, sort_keys=False))
    told = json.loads(cli("rehearse", "--format", "json", "--stage", "ship", "--stage", "build").out)
    assert [stage["name"] for stage in told["stages"]] == ["build", "ship"]
    assert {"got 1", "far 1", "rolled back", "after"} <= set(log(told))
    assert "finished" not in log(told)
    assert [stage["result"] for stage in told["stages"]] == ["succeeded", "failed"]


def test_an_output_under_a_wrong_name_is_told(cli: CliHere) -> None:
    text = yaml.safe_dump(STAGES, sort_keys=False).replace(
        "dependencies.make.outputs['s.v']", "dependencies.make.outputs['s.w']"
    )
    cli.write("azure-pipelines.yml", text)
    told = json.loads(cli("rehearse", "--format", "json", "--stage", "build").out)
    assert not told["succeeded"]
    assert "the variable `got`: `s.w` is not an output of make; its outputs are: `s.v`" in errors(told)


def test_somebody_has_to_agree(cli: CliHere) -> None:
    steps = [{"task": "ManualValidation@1", "inputs": {"approvers": "jane", "instructions": "Look."}}]
    assert "not approved; pass --approve to approve everything" in errors(rehearsed(cli, steps, pool="server"))
    assert rehearsed(cli, steps, "--approve", pool="server")["succeeded"]


def test_what_cannot_be_rehearsed_is_left_out_and_named(cli: CliHere) -> None:
    told = rehearsed(cli, [{"task": "HelmDeploy@0"}, {"bash": "echo on"}])
    assert results(told) == ["left out", "succeeded"]
    assert told["remarks"][0]["text"] == "`HelmDeploy@0` cannot be rehearsed: it was left out"


REPORT = "<testsuite><testcase name='a'/><testcase name='b'><failure message='no'/></testcase></testsuite>"


@pytest.mark.parametrize(
    ("pattern", "inputs", "result", "said"),
    [
        ("**/test-*.xml", {}, "succeeded", None),
        ("**/test-*.xml", {"failTaskOnFailedTests": True}, "failed", None),
        ("**/other-*.xml", {}, "succeeded", "test results were written to $(Pipeline.Workspace)/s/out/test-a.xml"),
        ("**/other-*.xml", {"failTaskOnMissingResultsFile": True}, "failed", "no file matches **/other-*.xml"),
        ("**/{x,test}-?.xml\n!**/b/*", {}, "succeeded", None),
    ],
)  # fmt: skip
def test_results_are_collected_and_judged(
    cli: CliHere, pattern: str, inputs: dict[str, Any], result: str, said: str | None
) -> None:
    told = rehearsed(
        cli,
        [
            {"bash": f'mkdir out; echo "{REPORT}" > out/test-a.xml'},
            {"task": "PublishTestResults@2", "inputs": {"testResultsFiles": pattern, **inputs}},
        ],
    )
    assert results(told)[1] == result
    if said is None:
        assert [(test["name"], test["result"]) for test in told["tests"]] == [("a", "passed"), ("b", "failed")]
    else:
        assert any(said in text for text in errors(told) + [r["text"] for r in told["remarks"]])


def test_other_commands_of_az_are_answered_from_a_file(cli: CliHere) -> None:
    steps = [
        {
            "task": "AzureCLI@2",
            "inputs": {
                "azureSubscription": "x",
                "scriptType": "bash",
                "scriptLocation": "inlineScript",
                "inlineScript": "echo got $(az keyvault secret show --name x)",
            },
        }
    ]
    told = rehearsed(cli, steps)
    assert any("`az keyvault secret show` is not rehearsed" in line for line in log(told))
    cli.write("answers.yml", "az keyvault secret show: the value\n")
    assert "got the value" in log(rehearsed(cli, steps, "--az-answers", "answers.yml"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--stage", "nowhere"), "no stage `nowhere`"),
        (("--artifact", "gone"), "--artifact gone: no such folder"),
        (("--secret", "a.b"), "A_B for `a.b`"),
        (("--variable", "x"), "--variable x: must be NAME=VALUE"),
        (("--patience", "soon"), "Invalid value for '--patience'"),
        (("--model", "gone"), "--model gone: does not exist"),
        (("--python", "gone"), "--python gone: no such program"),
    ],
)
def test_what_makes_no_sense_is_refused(cli: CliHere, arguments: tuple[str, ...], said: str) -> None:
    cli.write("azure-pipelines.yml", "steps: [{bash: echo}]\n")
    done = cli("rehearse", *arguments)
    assert done.code == 2
    assert said in done.err


def test_what_the_service_refuses_is_refused(cli: CliHere) -> None:
    for text in (
        "steps: [{template: a.yml}]\nextends: {template: a.yml}\n",
        "steps: ['${{ x }}']\n",
        "a: 1\n",
        "- a\n",
    ):
        cli.write("azure-pipelines.yml", text)
        assert cli("rehearse").code == 2
    assert "no azure-pipelines.yml" in CliHere(cli.folder / "tmp")("rehearse").err
