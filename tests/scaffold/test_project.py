"""What `init` writes: right in every variant, whatever names are given, and never over anything."""

import ast
import errno
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from azrelease.errors import UserError
from azrelease.lint.facts.bash_programs import shellcheck as find_shellcheck
from azrelease.release import load, load_document
from azrelease.rendering import render
from azrelease.scaffold import (
    Answers,
    Comparison,
    ProjectFile,
    answers_of_release,
    compare,
    endpoint_stem,
    problems,
    project_of_answers,
    project_of_release,
    write_missing,
)
from azrelease.version import VERSION
from azrelease.yaml_document import YamlDocument
from support import azure_ai_ml
from support.process import CliHere, unmeasured
from support.thorough import some_of
from support.yaml_text import safe_load

USUAL: dict[str, Any] = {
    "name": "churn",
    "resource_group": "churn-rg",
    "workspace": "churn-ws",
    "service_connection": "churn-azure",
    "pipeline": "churn-training",
    "artifact": "model",
    "image": "ubuntu-24.04",
    "staging": "managed",
    "production": "managed",
    "approvers": ("[MLOps]\\Release Approvers",),
}
ODD = """a'b"c: $d `e` # f | {g} [h]\\i é 日本 & <k> *l* %m !n --o;p~"""
ODDEST: dict[str, Any] = {
    "name": "It's a $1 & Größe #2 (日本)",
    "resource_group": ODD,
    "workspace": f"- {ODD}",
    "service_connection": f"yes: {ODD}",
    "pipeline": f"\\team\\{ODD}",
    "artifact": "a'b $c `d` #e; é",
    "staging": f"kubernetes:{ODD}",
    "approvers": (ODD, "[MLOps]\\Release Approvers", "Doe, Jane", "null"),
}
KINDS = ("managed", "kubernetes:a-cluster", "batch", "batch:a-cluster")
VARIANTS = [
    {"staging": staging, "production": production, "approvers": approvers}
    for staging in KINDS
    for production in KINDS
    for approvers in ((), ("jane@example.com", "[MLOps]\\Release Approvers"))
]


def answers(**other: Any) -> Answers:
    return Answers.model_validate({**USUAL, **other})


def texts(files: tuple[ProjectFile, ...]) -> dict[str, str]:
    return {file.path: file.content.decode() for file in files}


def write(folder: Path, **other: Any) -> dict[str, str]:
    files = project_of_answers(answers(**other))
    write_missing(compare(files, folder))
    return texts(files)


def assert_nothing_is_wrong(folder: Path, *options: str) -> None:
    cli = CliHere(folder)
    checked = cli("check", "--fail-on", "info", *options)
    assert (checked.code, checked.err) == (0, ""), checked.out
    assert checked.out == "6 files checked, nothing found\n"
    rendered = cli("render", "--check")
    assert (rendered.code, rendered.out, rendered.err) == (0, "", "")


@pytest.mark.parametrize(
    "variant", some_of(VARIANTS, 7, 0), ids=lambda v: f"{v['staging']}-{v['production']}-{len(v['approvers'])}"
)
def test_every_variant_passes_check_and_render(tmp_path: Path, variant: dict[str, Any]) -> None:
    written = write(tmp_path, **variant)
    assert_nothing_is_wrong(tmp_path, "--shellcheck")
    release = load(tmp_path / "release.yml").release
    assert written["azure-pipelines.yml"] == render(release)
    assert answers_of_release(release) == answers(**variant)
    named = set(re.findall(r"(?:file|script|request): ([\w./-]+)", written["release.yml"]))
    assert named
    assert not named - set(written)


def test_names_are_only_data(tmp_path: Path) -> None:
    written = write(tmp_path, **ODDEST)
    assert_nothing_is_wrong(tmp_path)
    release = load(tmp_path / "release.yml").release
    assert answers_of_release(release) == answers(**ODDEST)
    pipeline = safe_load(written["azure-pipelines.ci.yml"])
    registers = next(s for s in pipeline["steps"] if s.get("template") == "azrelease/register-model.yml")["parameters"]
    assert registers["connection"] == ODDEST["service_connection"]
    assert registers["resourceGroup"] == ODD
    assert registers["workspace"] == f"- {ODD}"
    assert pipeline["steps"][-1]["artifact"] == ODDEST["artifact"]
    schema = json.loads(written[".azrelease/release.schema.json"])
    jsonschema.Draft202012Validator(schema).validate(safe_load(written["release.yml"]))
    pipelines = [tmp_path / f"azure-pipelines.{name}.yml" for name in ("ci", "check")]
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.azure-pipelines",
         "--data-transform", "azure-pipelines", "--regex-variant", "nonunicode", *pipelines],
        capture_output=True, text=True, check=False, env=unmeasured(),
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


def test_names_are_only_data_in_the_readme() -> None:
    text = texts(project_of_answers(answers(**ODDEST)))["README.md"]
    found = [
        token
        for block in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
        for token in block.children or ()
    ]
    assert {token.type for token in found} == {"text", "softbreak", "code_inline"}
    spans = {token.content for token in found if token.type == "code_inline"}
    assert spans >= {ODD, f"- {ODD}", f"yes: {ODD}", *ODDEST["approvers"], ODDEST["name"], ODDEST["artifact"]}


def test_the_editor_finds_the_schema() -> None:
    written = texts(project_of_answers(answers()))
    (schema,) = json.loads(written[".vscode/settings.json"])["yaml.schemas"]
    assert schema.removeprefix("./") in written
    assert written["release.yml"].startswith(f"# yaml-language-server: $schema={schema.removeprefix('./')}\n")


@given(
    st.fixed_dictionaries(
        {
            field: st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
            for field in ("name", "resource_group", "workspace", "service_connection", "pipeline", "artifact")
        }
        | {"approvers": st.lists(st.text(st.sampled_from("ab'\"\\$:#-[]{}&*!|> %@`"), min_size=1, max_size=8), max_size=2).map(tuple)}
    )
)  # fmt: skip
@settings(max_examples=25)
def test_answers_are_refused_or_come_back_as_they_are(given_answers: dict[str, Any]) -> None:
    if problems(given_answers):
        return
    files = texts(project_of_answers(answers(**given_answers)))
    data = safe_load(files["release.yml"])
    assert data["name"] == given_answers["name"]
    assert data["workspace"] == {
        "resource_group": given_answers["resource_group"],
        "name": given_answers["workspace"],
        "service_connection": given_answers["service_connection"],
    }
    assert data["artifact"] == {"pipeline": given_answers["pipeline"], "name": given_answers["artifact"]}
    approval = data["stages"][1].get("approval", {"approvers": []})
    assert approval["approvers"] == list(given_answers["approvers"])
    for path in ("azure-pipelines.ci.yml", "deployment/endpoint.yml", "deployment/deployment.yml"):
        safe_load(files[path])


@given(st.text(max_size=40))
def test_every_name_gives_names_of_endpoints(name: str) -> None:
    stem = endpoint_stem(name)
    for endpoint in (stem, f"{stem}-staging"):
        assert re.fullmatch(r"[a-z][a-z0-9-]{1,30}[a-z0-9]", endpoint)


def test_wrong_answers_are_told_of_all_at_once() -> None:
    wrong = problems(
        {
            "name": "a/b",
            "workspace": "$(ws)",
            "pipeline": "a\nb",
            "image": "ubuntu-18.04",
            "staging": "kubernetes",
            "approvers": ("a", "A"),
        }
    )
    assert set(wrong) == {"name", "workspace", "pipeline", "image", "staging", "approvers"}
    assert wrong["image"] == "the image `ubuntu-18.04` is gone. Take `ubuntu-24.04`."
    assert problems({"image": "windows-latest"}).keys() == {"image"}
    assert problems({"image": "ubuntu-99.04"}) == {}


@pytest.mark.parametrize("kinds", [("managed", "managed"), ("kubernetes:k", "batch:b"), ("batch", "batch")])
def test_its_own_tests_pass(tmp_path: Path, kinds: tuple[str, str]) -> None:
    write(tmp_path, staging=kinds[0], production=kinds[1])
    done = run_pytest(tmp_path)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert ("no endpoint to test" in done.stdout) == (kinds != ("batch", "batch"))
    assert ("no batch job to test" in done.stdout) == any(kind.startswith("batch") for kind in kinds)


@pytest.mark.parametrize("name", ["staging", "production"])
def test_the_tests_of_the_endpoint_are_found_alone_and_skip_without_one(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    done = run_pytest(tmp_path / "tests" / "integration", f"{name}_test.py", "--doctest-modules")
    assert done.returncode == 0, done.stdout
    assert "skipped" in done.stdout
    without_settings = tmp_path / "pyproject.toml"
    without_settings.unlink()
    assert run_pytest(tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("lines", "passes"),
    [
        (["deliveries.csv,1,14.60", "deliveries.csv,2,39.10", "deliveries.csv,3,45.00"], True),
        (["deliveries.csv,1,14.60", "deliveries.csv,2,49.10", "deliveries.csv,3,45.00"], False),
        (["deliveries.csv,1,14.60", "deliveries.csv,2,39.10"], False),
    ],
)
def test_the_results_of_a_batch_job_are_compared(tmp_path: Path, lines: list[str], passes: bool) -> None:
    write(tmp_path, staging="batch", production="batch")
    results = tmp_path / "score"
    results.mkdir()
    (results / "predictions.csv").write_text("".join(f"{line}\n" for line in lines))
    for stage in ("staging", "production"):
        done = run_pytest(
            tmp_path / "tests" / "integration", f"{stage}_test.py", "--doctest-modules", "--predictions", str(results)
        )
        assert (done.returncode == 0) is passes, done.stdout
        assert "skipped" not in done.stdout


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**unmeasured(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )


def test_the_cli_of_azure_reads_endpoints_and_deployments(tmp_path: Path) -> None:
    folders = {"online": ("managed", "kubernetes:k"), "batch": ("batch", "batch:b")}
    files: list[tuple[str, Path]] = []
    for name, (staging, production) in folders.items():
        write(tmp_path / name, staging=staging, production=production)
        for path in sorted((tmp_path / name / "deployment").glob("*.yml")):
            if "conda" not in path.name:
                kind = "endpoint" if "endpoint" in path.name else "deployment"
                files.append((f"{name}-{kind}", path))
    loaded = azure_ai_ml.load(files)
    assert {path.name: kind for path, kind in loaded.items()} == {
        "endpoint.yml": "ManagedOnlineEndpoint",
        "deployment.yml": "ManagedOnlineDeployment",
        "kubernetes-endpoint.yml": "KubernetesOnlineEndpoint",
        "kubernetes-deployment.yml": "KubernetesOnlineDeployment",
        "batch-endpoint.yml": "BatchEndpoint",
        "batch-deployment.yml": "ModelBatchDeployment",
    }


def test_scripts_can_be_run_and_have_line_feeds_only(tmp_path: Path) -> None:
    write(tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"\r" not in path.read_bytes()
            if os.name != "nt":
                assert bool(path.stat().st_mode & stat.S_IXUSR) == (path.suffix == ".sh")
    shell = tmp_path / "package_requirement" / "install_requirements.sh"
    checked = subprocess.run([str(find_shellcheck()), shell], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_python_files_are_python_without_a_name_in_them() -> None:
    files = texts(project_of_answers(answers(**ODDEST, production="batch")))
    python = {path: text for path, text in files.items() if path.endswith(".py")}
    assert len(python) > 8
    assert python == {
        path: text for path, text in texts(project_of_answers(answers(staging="kubernetes:x", production="batch"))).items()
        if path in python
    }  # fmt: skip
    for text in python.values():
        ast.parse(text)


def test_nothing_is_written_over_and_what_is_missing_is_added(tmp_path: Path) -> None:
    own = {"README.md": "ours\n", ".vscode/settings.json": "{}", "deployment/score.py": ""}
    for path, text in own.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    files = project_of_answers(answers())
    first = compare(files, tmp_path)
    assert {each.file.path for each in first if each.result is Comparison.DIFFERENT} == set(own)
    write_missing(first)
    assert {path: (tmp_path / path).read_text(encoding="utf-8") for path in own} == own
    (tmp_path / "release.yml").unlink()
    (tmp_path / "azure-pipelines.yml").write_bytes(
        (tmp_path / "azure-pipelines.yml").read_bytes().replace(b"\n", b"\r\n")
    )
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    again = compare(files, tmp_path)
    assert {each.file.path for each in again if each.result is Comparison.MISSING} == {"release.yml"}
    write_missing(again)
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.name for path in after.keys() - before.keys()} == {"release.yml"}
    assert all(after[path] == content for path, content in before.items())


def test_a_file_that_comes_up_in_the_meantime_stays_and_nothing_else_does(tmp_path: Path) -> None:
    files = (ProjectFile("a/b.yml", b"ours\n"), ProjectFile("c.yml", b"ours\n"))
    placed = compare(files, tmp_path)
    (tmp_path / "c.yml").write_text("theirs", encoding="utf-8")
    with pytest.raises(UserError, match=r"c\.yml: cannot be written: File exists; nothing was written"):
        write_missing(placed)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["c.yml"]
    assert (tmp_path / "c.yml").read_text(encoding="utf-8") == "theirs"


def test_file_systems_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    placed = compare((ProjectFile("a/run.sh", b"true\n", executable=True),), tmp_path)
    write_missing(placed)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["run.sh"]
    assert os.access(tmp_path / "a" / "run.sh", os.X_OK)
    with pytest.raises(UserError, match="no links here"):
        write_missing(placed)


def test_what_stands_in_the_way_is_left(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert [each.result for each in compare((ProjectFile("folder", b""),), tmp_path)] == [Comparison.DIFFERENT]
    with pytest.raises(UserError, match="file/below"):
        write_missing(compare((ProjectFile("file/below", b""),), tmp_path))


def test_in_a_folder_of_a_repository_pipelines_name_it() -> None:
    written = texts(project_of_answers(answers(), "models/churn"))
    names = ("release.yml", "azure-pipelines.ci.yml", "azure-pipelines.check.yml")
    files = {name: safe_load(written[name]) for name in names}
    assert (
        files["release.yml"]["registration"]["pull_request_check"]["yaml"] == "models/churn/azure-pipelines.check.yml"
    )
    training = files["azure-pipelines.ci.yml"]
    assert "models/churn/training" in training["trigger"]["paths"]["include"]
    for pipeline in (training, files["azure-pipelines.check.yml"]):
        for step in pipeline["steps"]:
            if "bash" in step:
                assert step["workingDirectory"] == "models/churn", step


def test_versions_are_said_alike() -> None:
    files = texts(project_of_answers(answers(production="batch")))
    assert f"./.azrelease/azrelease-{VERSION}-py3-none-any.whl" in files["azure-pipelines.check.yml"]
    asked = files["package_requirement/requirements.txt"].strip()
    assert asked in files["azure-pipelines.ci.yml"]
    for path in ("deployment/conda.yml", "deployment/batch-conda.yml"):
        (python,) = re.findall(r"python=([\d.]+)", files[path])
        assert f"versionSpec: '{python}'" in files["azure-pipelines.ci.yml"]
        assert f"version: '{python}'" in files["release.yml"]


def test_hooks_are_those_that_other_repositories_are_given(samples: Path) -> None:
    given_away = {
        hook["id"]: hook for hook in safe_load((samples.parent / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    }
    source = "git+https://github.com/contoso/azrelease.git@v0.1.0"
    (repository,) = safe_load(texts(project_of_answers(answers(install_from=source)))[".pre-commit-config.yaml"])[
        "repos"
    ]
    assert {hook["id"] for hook in repository["hooks"]} == set(given_away)
    for hook in repository["hooks"]:
        assert hook.pop("additional_dependencies") == [f"azrelease @ {source}"]
        theirs = {key: value for key, value in given_away[hook["id"]].items() if key != "description"}
        assert hook == theirs


@pytest.mark.parametrize("sample", ["minimal", "insurance", "insurance-batch", "mixed-jobs", "fan-out"])
def test_around_a_release_from_elsewhere(samples: Path, tmp_path: Path, sample: str) -> None:
    release = load(samples / sample / "release.yml").release
    files = project_of_release(release)
    write_missing(compare(files, tmp_path))
    assert CliHere(tmp_path)("render", "--check").code == 0
    again = load(tmp_path / "release.yml").release
    assert again.registration is not None
    assert again.registration.pull_request_check is not None
    assert again.stages == release.stages
    checked = CliHere(tmp_path)("check", "azure-pipelines.check.yml", "--fail-on", "info")
    assert (checked.code, checked.err) == (0, ""), checked.out
    old = sample in ("insurance", "fan-out")
    assert ("--fail-on error" in texts(files)["azure-pipelines.check.yml"]) == old
    assert ("CLI v1" in texts(files)["README.md"]) == old
    assert not (tmp_path / "deployment").exists()
    done = run_pytest(tmp_path)
    assert done.returncode in (0, 5), done.stdout  # 5: it has no tests of an endpoint


def test_a_stem_that_is_cut_short_ends_with_a_letter_or_a_digit() -> None:
    assert endpoint_stem(f"{'a' * 23} {'b' * 9}") == "a" * 23


def test_a_release_on_agents_of_ones_own_is_not_one_that_init_has_made(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "release.yml"
    text = path.read_text(encoding="utf-8")
    assert answers_of_release(load(path).release) is not None
    assert "image: ubuntu-24.04" in text
    path.write_text(text.replace("image: ubuntu-24.04", "pool: own"), encoding="utf-8")
    assert answers_of_release(load(path).release) is None


def test_a_check_of_pull_requests_that_a_release_names_stays(samples: Path) -> None:
    text = (samples / "minimal" / "release.yml").read_text(encoding="utf-8")
    own = f"{text}registration: {{pull_request_check: {{yaml: .azure/pr.yml}}}}\n"
    made = project_of_release(load_document(YamlDocument.parse(own, "release.yml")).release)
    written = safe_load(texts(made)["release.yml"])
    assert written["registration"]["pull_request_check"]["yaml"] == ".azure/pr.yml"
