import pytest

from azrelease import catalog
from azrelease.catalog.tasks import BUILT_IN, Tasks
from azrelease.catalog.visibility import visible


def test_names_compare_without_regard_to_case() -> None:
    task = BUILT_IN.task("azurecli@2")
    assert task is not None
    assert task.reference == "AzureCLI@2"
    definition = task.input("AZURESUBSCRIPTION")
    assert definition is not None
    assert (definition.name, definition.yaml_name) == ("connectedServiceNameARM", "azureSubscription")


def test_unknown_tasks_are_not_known() -> None:
    assert BUILT_IN.task("Marketplace@1") is None
    assert BUILT_IN.majors("Marketplace") == ()
    assert BUILT_IN.majors("publishtestresults") == (1, 2)


def test_where_a_task_runs() -> None:
    assert [BUILT_IN.task(name).runs_on_agent for name in ("ManualValidation@1", "Bash@3", "PublishTestResults@2")] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("task", "values", "missing"),
    [
        ("Bash@3", {"targetType": "inline"}, []),
        ("Bash@3", {}, ["filePath"]),
        ("Bash@3", {"targetType": "$(kind)"}, []),
        ("CopyFiles@2", {"Contents": "**"}, ["TargetFolder"]),
        ("CopyFiles@2", {"TargetFolder": "x"}, []),
        ("AzureCLI@2", {"connectedServiceNameARM": "a", "scriptType": "bash", "scriptLocation": "inlineScript"}, ["inlineScript"]),
    ],
)  # fmt: skip
def test_an_input_is_missing_only_when_it_is_certain_to_be_asked_for(
    task: str, values: dict[str, str], missing: list[str]
) -> None:
    definition = BUILT_IN.task(task)
    assert definition is not None
    assert [found.yaml_name for found in definition.missing(values)] == missing


def test_options() -> None:
    task = BUILT_IN.task("PublishTestResults@2")
    assert task is not None
    runner = task.input("testRunner")
    files = task.input("testResultsFiles")
    assert runner is not None
    assert files is not None
    assert [runner.allows(value) for value in ("JUnit", "junit", "Jasmine")] == [True, True, False]
    assert files.allows("anything")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("a = x", True),
        ("a == X", True),
        ("a != x", False),
        ("a = y || b = two words", True),
        ("a = x && b = z", False),
        ("a = y || a = x && b = two words", True),
        ("a EndsWith x", True),
        ("a NotEndsWith x", False),
        ('c = ""', True),
        ("(a = y || a = x) && b = two words", True),
        ("(a = x", True),
        ("gone = x", False),
        ("gone = x || a = x", True),
        ("gone = x && a = y", False),
        ("macro = x", False),
        ("nonsense", False),
        ("", False),
    ],
)
def test_visibility_rules(rule: str, expected: bool) -> None:
    values = {"a": "x", "b": "Two Words", "c": "", "macro": "$(x)"}
    assert visible(rule, values) is expected


def test_every_rule_in_the_table_can_be_read() -> None:
    for name in ("AzureRmWebAppDeployment", "BicepDeploy", "DownloadPipelineArtifact", "Docker", "Maven"):
        for major in BUILT_IN.majors(name):
            task = BUILT_IN.task(f"{name}@{major}")
            assert task is not None
            list(task.missing({}))


def test_an_input_without_effect_is_certain_only_by_values_that_are_options() -> None:
    found = BUILT_IN.task("AzureRmWebAppDeployment@4")
    assert found is not None
    package = found.input("Package")
    assert package is not None
    for kind, expected in (
        ("webAppContainer", True),
        ("WEBAPPCONTAINER", True),
        ("webApp", False),
        ("Web App on Windows", False),
        ("$(kind)", False),
        ("", False),
    ):
        assert found.without_effect(package, {"WebAppKind": kind}) is expected, kind


def test_values_that_rules_ask_for_are_listed_like_options() -> None:
    table = {"t@1": {"id": "x", "inputs": {
        "kind": {"type": "picklist", "options": ["a", "b"]},
        "many": {"type": "picklist", "options": ["a", "b"], "multiple": True},
        "old": {"type": "string", "visible_when": ["kind = c"]},
        "text": {"type": "string"},
    }}}  # fmt: skip
    found = Tasks(table).task("t@1")
    assert found is not None
    assert [found.is_listed("kind", value) for value in ("a", "A", "c", "$(x)", "d", "")] == [True] * 4 + [False] * 2
    assert [found.is_listed("many", value) for value in ("a,b", "a, c", "")] == [True, False, False]
    assert found.is_listed("text", "anything")
    assert found.is_listed("not there", "anything")
    kind = found.input("kind")
    assert kind is not None
    assert [other.name for other in found.decides(kind)] == ["old"]


def test_an_input_without_effect() -> None:
    bash = BUILT_IN.task("Bash@3")
    assert bash is not None
    path, script = bash.input("filePath"), bash.input("script")
    assert path is not None
    assert script is not None
    given = {"targetType": "inline"}
    assert [bash.without_effect(definition, given) for definition in (path, script)] == [True, False]
    assert [bash.without_effect(definition, {"TARGETTYPE": "INLINE"}) for definition in (path, script)] == [True, False]
    assert [bash.without_effect(definition, {}) for definition in (path, script)] == [False, True]
    assert not bash.without_effect(path, {"targetType": "$(kind)"})


OWN = catalog.Tasks(
    {
        "Acme@2": {"id": "11111111-2222-3333-4444-55555555AAAA", "inputs": {}},
        "acme@10": {"id": "11111111-2222-3333-4444-55555555aaaa", "inputs": {}},
        "Other@7": {"id": "99999999-2222-3333-4444-555555555555", "inputs": {}},
    }
)


def test_the_versions_of_a_task_of_the_organization() -> None:
    assert OWN.majors("ACME") == (2, 10)
    assert OWN.majors("bash") == (3,)


def test_a_task_is_known_by_its_id() -> None:
    assert OWN.reference("11111111-2222-3333-4444-55555555aAaA", 3) == "Acme@3"
    assert OWN.reference("11111111-2222-3333-4444-55555555aAaA", 9) == "acme@9"
    assert OWN.reference("6c731c3c-3c68-459a-a5c9-bde6e6595b5b", 3) == "Bash@3"
    assert OWN.reference("00000000-0000-0000-0000-000000000000", 1) is None
