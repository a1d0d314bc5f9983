"""Checks requests and answers against the published specifications, where these are at hand."""

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from fake_azure_devops import contract_holes
from fake_azure_devops.contract_schema import Schemas
from fake_azure_devops.messages import Answer, Request

REPO = Path(__file__).resolve().parents[2]
FOLDER = REPO.parent / "shared" / "facts" / "rest-specs"
# The first that fits the path is the file that holds it.
_FILES = [
    (r"/_apis/build(/|$)", "build"),
    (r"/_apis/pipelines/checks/", "pipelinesChecks"),
    (r"/_apis/pipelines/pipelinepermissions", "pipelinePermissions"),
    (r"/_apis/pipelines/approvals", "pipelinesapproval"),
    (r"/_apis/pipelines(/|$)", "pipelines"),
    (r"/_apis/distributedtask/", "taskAgent"),
    (r"/_apis/policy/", "policy"),
    (r"/_apis/git/", "git"),
    (r"/_apis/serviceendpoint/", "serviceEndpoint"),
    (r"/_apis/projects(/|$)", "core"),
    (r"/_apis/release/", "release"),
    (r"/_apis/testresults/", "testResults"),
    (r"/_apis/test/", "test"),
]


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    path: str
    pattern: re.Pattern[str]
    needed: frozenset[str]
    parameters: tuple[dict[str, Any], ...]
    body: dict[str, Any] | None
    answers: tuple[dict[str, Any], ...]
    is_preview: bool


class Specification:
    """One file, with its operations by method."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.schemas = Schemas(content["definitions"])
        self._shared = content.get("parameters", {})
        self.operations: dict[str, list[Operation]] = {}
        for paths in ("paths", "x-ms-paths"):
            for path, methods in content.get(paths, {}).items():
                shared = methods.get("parameters", [])
                for method, record in methods.items():
                    if method != "parameters":
                        self.operations.setdefault(method.upper(), []).append(self._operation(path, record, shared))

    def _operation(self, path: str, record: dict[str, Any], shared: list[dict[str, Any]]) -> Operation:
        plain, _, query = path.partition("?")
        below = plain.removeprefix("/{organization}").rstrip("/")
        pattern = "".join("/[^/]+" if part.startswith("{") else "/" + re.escape(part) for part in below.split("/")[1:])
        parameters = [
            self._shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
            for each in [*record.get("parameters", []), *shared]
        ]
        body = next((each["schema"] for each in parameters if each["in"] == "body"), None)
        return Operation(
            path,
            re.compile(pattern, re.IGNORECASE),
            frozenset(name for name, _ in parse_qsl(query)),
            tuple(each for each in parameters if each["in"] == "query" and each["name"] != "api-version"),
            body,
            tuple(each["schema"] for each in record["responses"].values() if "schema" in each),
            "preview" in record.get("x-ms-docs-override-version", ""),
        )


def is_available() -> bool:
    """Whether the specifications are there."""
    return FOLDER.is_dir()


@functools.cache
def _specification(name: str) -> Specification:
    return Specification(json.loads((FOLDER / f"{name}-7.1.json").read_text(encoding="utf-8")))


def check(request: Request, answer: Answer, path: str) -> list[str]:
    """What is wrong with a request, and with its answer if that is a success."""
    if any(re.fullmatch(pattern, path, re.IGNORECASE) for pattern in contract_holes.UNPUBLISHED):
        return []
    name = next((file for pattern, file in _FILES if re.search(pattern, path, re.IGNORECASE)), None)
    if name is None:
        return ["no specification has this path"]
    specification = _specification(name)
    operations = list(_operations(specification, request.method, path))
    if operations == [None]:
        return []
    if not operations:
        return [f"{name}-7.1 does not have this method and path"]
    # Several operations share a path and differ in their query: the one that fits best counts.
    results = [
        [
            *_version(each, request),
            *_query(each, request),
            *_body(specification.schemas, each, request),
            *_answer(specification, each, answer),
        ]
        for each in operations
        if each is not None
    ]
    return min(results, key=len)


def _operations(specification: Specification, method: str, path: str) -> Iterator[Operation | None]:
    known = specification.operations.get(method, [])
    found = [each for each in known if each.pattern.fullmatch(path.rstrip("/"))]
    # What is spelt out comes before a placeholder.
    least = min((each.path.count("{") for each in found), default=0)
    yield from (each for each in found if each.path.partition("?")[0].count("{") <= least)
    if not found:
        for alias_method, pattern, other in contract_holes.ALIASES:
            if alias_method == method and re.fullmatch(pattern, path, re.IGNORECASE):
                yield next((each for each in known if each.path == other), None)


def _header(request: Request, name: str) -> str:
    return next((value for key, value in request.headers.items() if key.casefold() == name), "")


def _version(operation: Operation, request: Request) -> Iterator[str]:
    asked = re.search(r"api-version=([\w.-]+)", _header(request, "accept"))
    version = request.asked("api-version") or (asked and asked[1]) or ""
    if not version:
        yield "the api-version is missing"
    elif operation.is_preview and "preview" not in version:
        yield f"version {version} is asked for, but the call is in preview"


def _query(operation: Operation, request: Request) -> Iterator[str]:
    given = {name.casefold(): value for name, value in request.query.items() if name.casefold() != "api-version"}
    known = {each["name"].casefold(): each for each in operation.parameters}
    free = {name.casefold() for path, name in contract_holes.QUERY if path == operation.path}
    for name, value in given.items():
        if name in free:
            continue
        if name not in known:
            yield f"the query parameter {name} is not known"
        else:
            yield from _value(known[name], value)
    for name, parameter in known.items():
        needed = parameter.get("required") or name in {each.casefold() for each in operation.needed}
        if needed and name not in given:
            yield f"the query parameter {parameter['name']} is required"


def _value(parameter: dict[str, Any], value: str) -> Iterator[str]:
    kind, name = parameter.get("type"), parameter["name"]
    if kind == "integer" and not re.fullmatch(r"-?\d+", value):
        yield f"the query parameter {name} is not an integer: {value!r}"
    if kind == "boolean" and value.casefold() not in {"true", "false"}:
        yield f"the query parameter {name} is not a boolean: {value!r}"
    if "enum" in parameter:
        known = {str(each).casefold() for each in parameter["enum"]}
        # Flags may be joined by commas.
        for each in value.split(","):
            if each.strip().casefold() not in known:
                yield f"the query parameter {name} has an unknown value: {each!r}"


def _body(schemas: Schemas, operation: Operation, request: Request) -> Iterator[str]:
    kind = _header(request, "content-type")
    if not request.data:
        if operation.body is not None:
            yield "the body is missing"
    elif operation.body is None:
        yield "a body is sent where none is taken"
    elif "json-patch" not in kind:
        yield from (f"request body: {each}" for each in schemas.check(request.body, operation.body, strict=True))


def _answer(specification: Specification, operation: Operation, answer: Answer) -> Iterator[str]:
    data = answer.data()
    if not 200 <= answer.status < 300 or not operation.answers or not data:
        return
    if operation.path in contract_holes.ANSWERS:
        return
    if not answer.content_type.startswith("application/json"):
        return
    body = json.loads(data)
    schema = operation.answers[0]
    if schema.get("type") == "array":
        if not isinstance(body, dict) or not isinstance(body.get("value"), list) or "count" not in body:
            yield "answer: a list is not in its envelope"
            return
        body = body["value"]
    yield from (f"answer: {each}" for each in specification.schemas.check(body, schema, strict=False))
