"""What the first answers of an address say: a wrong token, no organization, a proxy, nonsense. Each over real HTTP."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from azrelease.errors import ServiceError
from azrelease.registration import Project
from azrelease.registration.connection import RetryPolicy, connect
from azrelease.registration.failures import BusyError, ConflictError, NotFoundError, OutcomeUnknownError, RefusedError
from azrelease.registration.rest_api import ENVIRONMENTS, RestResource, TokenScope
from fake_azure_devops import Fault, Organization, Service, serve
from support.registering import project_of, seed

TWICE = RetryPolicy(timeout=10, attempts=2, first_wait=0)
HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json; charset=utf-8"}
WRONG_TOKEN = r"the token is not accepted; it needs the scope Project and Team \(read\)"
UNKNOWN = RestResource("11111111-2222-3333-4444-555555555555", "7.1-preview.1", TokenScope("Wikis"))
DEEP = "[" * 100_000


@contextmanager
def answering(status: int, headers: Mapping[str, str], body: str) -> Iterator[tuple[str, list[str]]]:
    """A server that answers everything alike; its address, and the requests that it got."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_OPTIONS = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/org", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def at(address: str) -> Project:
    return Project(connect(address, {"AZURE_DEVOPS_EXT_PAT": "planted-token"}, TWICE), "MLOps")


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (203, HTML, "<html>Sign in</html>", WRONG_TOKEN),
        (302, {**HTML, "Location": "https://spsprodweu5.vssps.visualstudio.com/_signin?realm=x"}, "", WRONG_TOKEN),
        (302, {"Location": "https://login.microsoftonline.com/common/oauth2"}, "", WRONG_TOKEN),
        (401, {}, "", WRONG_TOKEN),
        (301, {"Location": "https://dev.azure.com/new/_apis?x=1"}, "", r"has moved to https://dev\.azure\.com/new/_apis;"),
        (307, {}, "", "has moved to another address"),
        (404, HTML, "<html>The resource cannot be found.</html>", "the organization does not exist"),
        (407, {}, "", r"the proxy \(HTTPS_PROXY, HTTP_PROXY, ALL_PROXY\) requires a name and a password"),
        (200, HTML, "<html>Hello</html>", "unexpected response, which is not JSON; check the address of the organization"),
        (200, JSON, "[1, 2]", "is not a list of REST resources; check the address"),
        (200, JSON, '{"count": 1}', "is not a list of REST resources"),
        (200, JSON, DEEP, "is nested too deeply"),
        (404, JSON, DEEP, "the organization does not exist"),
    ],
)  # fmt: skip
def test_the_first_answer_says_what_is_wrong(status: int, headers: dict[str, str], body: str, said: str) -> None:
    with answering(status, headers, body) as (address, asked), pytest.raises(ServiceError, match=said) as caught:
        at(address).check_existence()
    assert asked == ["OPTIONS /org/_apis"]
    assert "planted-token" not in str(caught.value)
    for words in ("Deserializ", "Unable to", "status_code", "RecursionError"):
        assert words not in str(caught.value)


def test_a_token_follows_no_redirect() -> None:
    with answering(200, JSON, "{}") as (other, elsewhere), answering(302, {"Location": other}, "") as (address, _):
        with pytest.raises(RefusedError, match="has moved to"):
            at(address).check_existence()
        assert elsewhere == []


@pytest.fixture
def service() -> Iterator[Service]:
    with serve(Organization("org")) as found:
        seed(found)
        yield found


def test_an_unknown_organization_is_told(service: Service) -> None:
    with pytest.raises(NotFoundError, match="the organization does not exist"):
        at(service.url.replace("/org", "/orgg")).check_existence()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.answer(302, {"Location": "https://x.visualstudio.com/_signin"}), "the token is not accepted"),
        (Fault.answer(203, body="<html>Sign in</html>"), "the token is not accepted"),
        (Fault.answer(200, body=DEEP.encode(), content_type="application/json"), "is nested too deeply"),
        (
            Fault.answer(200, body=b'{"value": ' + b"[" * 150 + b"]" * 150 + b"}", content_type="application/json"),
            "is nested too deeply",
        ),
    ],
    ids=["302", "203", "deep", "deep and whole"],
)
def test_a_later_answer_says_what_is_wrong(service: Service, fault: Fault, said: str) -> None:
    project = project_of(service)
    project.check_existence()
    service.faults.when(lambda _: True, fault, times=None)
    with pytest.raises(RefusedError, match=said):
        project.environments.items()


def test_json_that_is_as_deep_as_answers_are_is_read(service: Service) -> None:
    body = json.dumps({"id": "1", "x": json.loads("[" * 90 + "]" * 90)})
    service.faults.when(lambda _: True, Fault.answer(200, body=body.encode(), content_type="application/json"))
    project_of(service).check_existence()


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy"])
def test_a_dead_proxy_is_told_as_one(service: Service, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv(variable, "http://somebody:planted@127.0.0.1:9")
    with pytest.raises(ServiceError) as caught:
        project_of(service).check_existence()
    assert "no response (the proxy 127.0.0.1:9 (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY) rejects the connection)" in str(
        caught.value
    )
    assert "planted" not in str(caught.value)


def test_what_a_server_does_not_have_is_named(service: Service) -> None:
    with pytest.raises(RefusedError, match="has no REST API for Wikis") as caught:
        project_of(service).connection.get(UNKNOWN)
    assert UNKNOWN.location not in str(caught.value)


def body(type_key: str) -> str:
    return json.dumps({"message": "No.", "typeKey": type_key})


@pytest.mark.parametrize(
    ("status", "type_key", "kind"),
    [
        (409, "", ConflictError),
        (400, "EnvironmentExistsException", ConflictError),
        (400, "WriteConflictException", ConflictError),
        (400, "DefinitionRevisionException", ConflictError),
        (400, "ArgumentException", RefusedError),
        (404, "ProjectDoesNotExistException", NotFoundError),
        (429, "", BusyError),
        (499, "", RefusedError),
        (500, "", OutcomeUnknownError),
        (503, "", OutcomeUnknownError),
    ],
)
def test_what_follows_from_a_status(service: Service, status: int, type_key: str, kind: type[ServiceError]) -> None:
    connection = project_of(service).connection
    service.faults.when(
        lambda _: True, Fault.answer(status, body=body(type_key).encode(), content_type=JSON["Content-Type"])
    )
    with pytest.raises(ServiceError, match=r"No\.") as caught:
        connection.send("POST", ENVIRONMENTS, {"project": "MLOps"}, {"name": "x"})
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5),
        ("0.5", 0.5),
        ("-1", 0),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("", None),
    ],
)
def test_how_long_the_service_asks_to_wait(service: Service, text: str, seconds: float | None) -> None:
    connection = project_of(service).connection
    service.faults.when(lambda _: True, Fault.answer(503, {"Retry-After": text} if text else {}))
    with pytest.raises(OutcomeUnknownError) as caught:
        connection.send("POST", ENVIRONMENTS, {"project": "MLOps"}, {"name": "x"})
    assert caught.value.retry_after == seconds


def test_a_request_is_sent_as_often_as_the_retry_policy_allows(service: Service) -> None:
    service.faults.when(lambda _: True, Fault.status(500), times=None)
    with pytest.raises(OutcomeUnknownError):
        Project(
            connect(service.url, {"AZURE_DEVOPS_EXT_PAT": "pat"}, TWICE._replace(attempts=3)), "MLOps"
        ).check_existence()
    assert len(service.calls) == 3


def test_each_wait_is_twice_as_long_as_the_one_before(service: Service) -> None:
    service.faults.when(lambda _: True, Fault.status(500), times=None)
    # 10 and 20 ms; 40 are more than it may wait.
    retry_policy = RetryPolicy(timeout=10, attempts=9, first_wait=0.01, longest_wait=0.035)
    with pytest.raises(OutcomeUnknownError):
        Project(connect(service.url, {"AZURE_DEVOPS_EXT_PAT": "pat"}, retry_policy), "MLOps").check_existence()
    assert len(service.calls) == 3
