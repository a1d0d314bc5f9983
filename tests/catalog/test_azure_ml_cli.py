import pytest

from azrelease.catalog.azure_ml_cli import find_commands, parse


def problems(line: str) -> list[str]:
    words = line.split()
    (command,) = find_commands(words)
    return list(parse(command, words[len(command.name.split()) :]).problems)


def test_a_command_is_found_by_its_words() -> None:
    (deploy,) = find_commands(["ml", "model", "deploy", "--name", "x"])
    assert (deploy.name, deploy.generation) == ("ml model deploy", "v1")
    assert [found.generation for found in find_commands(["ml", "model", "show", "-n", "x"])] == ["v1", "v2"]
    assert find_commands(["storage", "blob", "list"]) == ()
    assert find_commands([]) == ()


def test_arguments_are_sorted_by_their_long_names() -> None:
    words = [
        "ml",
        "model",
        "deploy",
        "-n",
        "svc",
        "-g",
        "rg",
        "-w",
        "ws",
        "--ic=inference.yml",
        "--dc",
        "d.yml",
        "-m",
        "a:1",
        "-m",
        "b:2",
        "--overwrite",
        "-o",
        "tsv",
    ]
    (command,) = find_commands(words)
    values, found = parse(command, words[3:])
    assert found == ()
    assert values == {
        "--name": ("svc",), "--resource-group": ("rg",), "--workspace-name": ("ws",), "--inference-config-file": ("inference.yml",),
        "--deploy-config-file": ("d.yml",), "--model": ("a:1", "b:2"), "--overwrite": (), "--output": ("tsv",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ml service show -n x --query scoringUri -o tsv", []),
        ("ml service show", ["`az ml service show` needs `--name`"]),
        ("ml service show -n x --nmae y", ["`az ml service show` has no argument `--nmae`"]),
        ("ml service show -n", ["`-n` needs a value"]),
        ("ml service show -n a b", ["`b` after `-n` belongs to no argument"]),
        ("ml service show -n a -n b", ["`-n` is given twice"]),
        ("ml service show stray -n a", ["`stray` belongs to no argument"]),
        (
            "ml service show -n a -o html",
            ["`-o` does not take `html`; one of: json, jsonc, none, table, tsv, yaml, yamlc"],
        ),
        ("ml model deploy -n a --overwrite yes", ["`yes` after `--overwrite` belongs to no argument"]),
        (
            "ml model deploy -n a --runtime pythn",
            ["`--runtime` does not take `pythn`; one of: spark-py, python, python-slim"],
        ),
        ("ml online-endpoint update -g r -w w -n e --traffic blue=90 green=10", []),
        ("ml online-endpoint update -g r -w w -n e --set a=1 --set b=-2 -5", []),
        ("ml online-endpoint show -g r -w w -n e --local", []),
        ("ml online-endpoint show -g r -w w -n e --local true", []),
    ],
)
def test_what_the_cli_would_refuse(line: str, expected: list[str]) -> None:
    assert problems(line) == expected


@pytest.mark.parametrize("number", ["-2", "-0.5", "-.5"])
def test_a_negative_number_is_a_value(number: str) -> None:
    assert problems(f"ml online-endpoint update -g r -w w -n e --set {number} x") == []
