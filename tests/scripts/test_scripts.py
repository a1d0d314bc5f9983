"""Every rendered script is sound, and does what it says when it runs."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azrelease import load, render
from azrelease.lowering.step_templates import step_templates
from azrelease.release.tasks.model_deploy import ModelDeploy
from azrelease.templating import shipped_templates
from azrelease.templating.scripts import is_expanded
from support.agent import expand
from support.releases import release, stage_with
from support.shell import Run, Shell, known_variables, scripts_of
from support.texts import shell_texts
from support.thorough import examples
from support.yaml_text import safe_load

SAMPLES = Path(__file__).parent.parent.parent / "samples"


def sample_scripts() -> list[tuple[str, str, str, Mapping[str, str]]]:
    found = []
    for path in sorted(SAMPLES.glob("*/release.yml")):
        pipeline = safe_load(render(load(path).release))
        found += [(path.parent.name, name, text, env) for name, text, env in scripts_of(pipeline)]
    return found


SCRIPTS = sample_scripts()


@pytest.fixture(scope="module")
def shell(bash: str, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(bash, tmp_path_factory.mktemp("shell"))


STEP_TEMPLATES = {
    f"{template.name}-{number}": str(given.value)
    for template in step_templates(shipped_templates())
    for number, body in enumerate(template.bodies)
    for given in body.inputs
    if given.name in ("inlineScript", "script") and given.parameter is None
}
"""The script of each step template."""


@pytest.mark.parametrize(
    "text",
    [*STEP_TEMPLATES.values(), *(text for *_, text, _ in SCRIPTS if text not in STEP_TEMPLATES.values())],
)
def test_a_script_is_sound(text: str, bash: str, tmp_path: Path) -> None:
    file = tmp_path / "script.sh"
    file.write_text(text, encoding="utf-8")
    subprocess.run([bash, "-n", str(file)], check=True)
    beside_python = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    shellcheck = shutil.which("shellcheck", path=beside_python)
    assert shellcheck is not None, "shellcheck comes with the extra `dev`"
    done = subprocess.run(
        [shellcheck, "--shell=bash", "--severity=style", str(file)], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""


def test_scripts_of_ours_hold_no_macro() -> None:
    for _, name, text, _ in SCRIPTS:
        if "set -euo pipefail" in text:
            own = re.sub(r"\$\((?:[a-z_]+ |[a-z]+(?:_[a-z]+)+\)|\()", "", text)
            assert not is_expanded(own), name


def script(task: str) -> tuple[str, dict[str, str]]:
    """The script of the only task of a stage."""
    pipeline = safe_load(render(release(stage_with(task))))
    ((_, text, env),) = scripts_of(pipeline)
    known = known_variables(pipeline)
    return text, {name: expand(value, known) for name, value in env.items()}


def run(shell: Shell, task: str, **env: str) -> Run:
    """Run the script of a task; `env` has its environment, and the values of macros."""
    text, own = script(task)
    return shell(text, {**{name: expand(value, env) for name, value in own.items()}, **env})


def test_an_extension_is_added(shell: Shell) -> None:
    done = run(shell, "task: InstallAzureCLIExtension\nversion: '1.41.0'\nupgrade: true")
    assert done.calls == [
        ["az", "extension", "add", "--name", "azure-cli-ml", "--version", "1.41.0", "--upgrade", "--yes"]
    ]


def test_the_cluster_is_created_when_it_is_not_there(shell: Shell) -> None:
    done = run(
        shell,
        "task: CreateAksCompute\ncluster: aks\nvm_size: Standard_E4s_v3\nagent_count: 3",
        CLUSTERS="aks2\tSucceeded\nmy-aks\tFailed",
        MADE="aks\tSucceeded",
    )
    assert done.code == 0
    assert [call[1:5] for call in done.calls] == [
        ["ml", "computetarget", "list", "--resource-group"],
        ["ml", "computetarget", "create", "aks"],
        ["ml", "computetarget", "list", "--resource-group"],
    ]
    assert done.calls[1][5:] == [
        "--resource-group", "rg", "--workspace-name", "ws", "--name", "aks", "--vm-size=Standard_E4s_v3", "--agent-count=3",
    ]  # fmt: skip


def test_the_cluster_is_left_alone_when_it_is_there(shell: Shell) -> None:
    done = run(
        shell, "task: CreateAksCompute\ncluster: $(name)", CLUSTERS="other\tFailed\naks\tSucceeded", ARG_CLUSTER="aks"
    )
    assert done.code == 0
    assert len(done.calls) == 1
    assert "aks is there already" in done.out


def test_the_cluster_is_not_created_when_the_list_cannot_be_had(shell: Shell) -> None:
    done = run(shell, "task: CreateAksCompute\ncluster: aks", FAIL_ON="computetarget list")
    assert done.code != 0
    assert len(done.calls) == 1


def test_the_endpoint_test_gets_the_scoring_url(shell: Shell) -> None:
    done = run(
        shell,
        "task: EndpointTest\nscript: tests/integration/staging_test.py\narguments: [--doctest-modules, -k, 'a or b']",
    )
    assert done.code == 0
    assert done.calls[-1] == [
        "pytest", "staging_test.py", "--doctest-modules", "-k", "a or b", "--junitxml=junit/test-results.xml",
        "--scoreurl", "http://127.0.0.1/score",
    ]  # fmt: skip


def test_the_key_is_masked_before_it_is_used(shell: Shell) -> None:
    done = run(shell, "task: EndpointTest\nauth: key", KEY="k3y with ; & blanks")
    assert done.calls[-1][-2:] == ["--scorekey", "k3y with ; & blanks"]
    lines = done.out.splitlines()
    assert lines.index("##vso[task.setsecret]k3y with ; & blanks") == 0
    assert sum("k3y" in line for line in lines) == 1


@pytest.mark.parametrize(("env", "message"), [({"URL": ""}, "no scoring URL"), ({"KEY": ""}, "no key")])
def test_a_service_without_url_or_key_is_named_as_the_cause(shell: Shell, env: dict[str, str], message: str) -> None:
    done = run(shell, "task: EndpointTest\nauth: key", **env)
    assert done.code == 1
    assert f"##vso[task.logissue type=error]The service has {message}" in done.out
    assert all(call[0] != "pytest" for call in done.calls)


@pytest.mark.parametrize("failing", ["service show", "service get-keys"])
def test_the_test_does_not_run_when_azure_fails(shell: Shell, failing: str) -> None:
    done = run(shell, "task: EndpointTest\nauth: key", FAIL_ON=failing)
    assert done.code != 0
    assert all(call[0] != "pytest" for call in done.calls)


def text_fields() -> dict[str, str]:
    """Fields of ModelDeploy that take any text, with their flags."""
    found = {}
    for name, field in ModelDeploy.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and "flag" in extra and "argument" not in extra and takes_any_text(name):
            found[name] = str(extra["flag"])
    return found


def pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    """The options of a command line, each `--flag value` or `--flag=value`."""
    rest = iter(words)
    for word in rest:
        flag, equals, value = word.partition("=")
        yield flag, value if equals else "" if flag == "--overwrite" else next(rest)


def takes_any_text(name: str) -> bool:
    try:
        ModelDeploy.model_validate({"model": "m", name: "any text: at all"})
    except ValueError:
        return False
    return True


@pytest.mark.no_cover  # twice as long with it, and hardly a line that the samples do not reach
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_text_in_any_field_is_split_or_run_by_the_shell(data: st.DataObject, shell: Shell) -> None:
    """Some thirty texts in one script; each has to arrive at `az` as the one word that was written."""
    flags = text_fields()
    assert len(flags) > 15
    values = data.draw(st.fixed_dictionaries(dict.fromkeys(flags, shell_texts)))
    tags = data.draw(st.dictionaries(shell_texts, shell_texts, max_size=4))
    service, group = data.draw(st.tuples(shell_texts, shell_texts))
    stage = release(stage_with("task: ModelDeploy\nmodel: m")).stages[0]
    task = ModelDeploy.model_validate({"model": "m", **values, "tags": tags, "service": service})
    workspace = {"resource_group": group, "name": "ws", "service_connection": "azure"}
    base = release(stage_with("task: ModelDeploy\nmodel: m"))
    subject = type(base).model_validate(
        {**base.model_dump(), "stages": [stage.model_copy(update={"tasks": (task,)})], "workspace": workspace}
    )
    pipeline = yaml.load(render(subject), Loader=yaml.CSafeLoader)
    ((_, text, env),) = scripts_of(pipeline)
    group_variable = {"azrelease.resourceGroup": known_variables(pipeline)["azrelease.resourceGroup"]}
    (call,) = shell(text, {name: expand(value, group_variable, 1) for name, value in env.items()}).calls
    options = list(pairs(call[4:]))
    assert call[:4] == ["az", "ml", "model", "deploy"]
    expected = {
        ("--resource-group", group),
        ("--name", service),
        *((flags[name], value) for name, value in values.items()),
    }
    assert expected <= set(options)
    assert [value for flag, value in options if flag == "--tag"] == [f"{name}={value}" for name, value in tags.items()]


def test_every_argument_of_model_deploy_has_a_field(shared: Path) -> None:
    table = safe_load((shared / "facts" / "azure-ml-cli.json").read_text(encoding="utf-8"))
    arguments = {
        argument["long"] or argument["short"]
        for argument in table["v1"]["az ml model deploy"]["args"]
        if argument.get("from") != "newer CLI core"
    }
    ours = {
        str(f.json_schema_extra["flag"])
        for f in ModelDeploy.model_fields.values()
        if isinstance(f.json_schema_extra, dict) and "flag" in f.json_schema_extra
    }
    elsewhere = {"--name", "--resource-group", "--workspace-name", "--model", "--model-metadata-file", "--compute-type",
                 "--overwrite", "--no-wait", "-v", "--tag", "--property"}  # fmt: skip
    assert ours | elsewhere == arguments


def test_every_argument_of_model_deploy_reaches_the_command(shell: Shell) -> None:
    done = run(
        shell,
        "task: ModelDeploy\nmodel: ['a:1', 'b:2']\nmodel_metadata: metadata/model.json\ninference_config: deployment/inference.yml\n"
        "compute: aci\ncpu_cores: 0.5\nauth_enabled: true\nproperties: {p: q}\nno_wait: true\noverwrite: false\nverbose: true\n"
        "primary_key: $(key)\nssl_key_pem_file: certs/key.pem\nsource_directory: .",
        key="from the vault",
    )
    assert done.calls == [
        ["az", "ml", "model", "deploy", "--resource-group", "rg", "--workspace-name", "ws", "--name", "svc",
         "--model-metadata-file=../metadata/model.json", "--model=a:1", "--model=b:2", "--compute-type=ACI",
         "--inference-config-file=inference.yml", "--source-directory=..", "--cpu-cores=0.5", "--auth-enabled=true",
         "--primary-key=from the vault", "--ssl-key-pem-file=../certs/key.pem", "--property=p=q", "--no-wait", "-v"]
    ]  # fmt: skip
