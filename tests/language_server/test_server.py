"""The server itself: ports, errors of its own, requests that are ended, and large folders."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcRequestCancelled
from pygls.lsp.client import LanguageClient

from support.editor import Editor, editor
from support.marked import position
from support.plugin_packages import install
from support.process import PATIENT, Cli

BROKEN = "steps:\n- scirpt: echo hello\n"
FAILING = """\
from azrelease.lint import Code, Rule


def check(file):
    if "fail" in file.document.text:
        raise ValueError("planted failure")
    return ()


RULE = Rule(code=Code("ORG001", "fails"), summary="It fails.", why="For a test.", check=check)
"""


def test_an_error_of_a_rule_is_said_once_and_the_session_goes_on(site: Path, tmp_path: Path) -> None:
    install(site, "org-fails", {"azrelease.rules": {"own": "org_fails:RULE"}}, {"org_fails.py": FAILING})
    folder = tmp_path / "repository"
    folder.mkdir()
    with editor(folder) as here:
        here.open("a.yml", "steps:\n- script: fail\n")
        here.until(lambda: here.said != [])
        here.change("a.yml", "steps:\n- script: fail again\n")
        assert here.codes("a.yml") == []
        here.open("b.yml", BROKEN)
        assert here.codes("b.yml") == ["AZR101"]
        assert len(here.said) == 1
        assert "goes on" in here.said[0]


def test_a_search_of_many_files_can_be_ended(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for number in range(2000):
        (tmp_path / f"p{number}.yml").write_text(
            f"steps:\n- template: t.yml\n  parameters: {{city: '{number}'}}\n", encoding="utf-8"
        )
    template = "parameters:\n- name: city\n  type: string\nsteps:\n- script: echo ${{ parameters.city }}\n"
    (tmp_path / "t.yml").write_text(template, encoding="utf-8")
    with editor(tmp_path) as here:
        uri = here.open("t.yml")
        assert here.codes("t.yml") == []
        params = types.ReferenceParams(
            context=types.ReferenceContext(include_declaration=False),
            text_document=types.TextDocumentIdentifier(uri),
            position=types.Position(1, 9),
        )

        async def ended() -> None:
            method = types.TEXT_DOCUMENT_REFERENCES
            request = asyncio.ensure_future(here.client.protocol.send_request_async(method, params, "search"))
            await asyncio.sleep(0)
            here.client.cancel_request(types.CancelParams("search"))
            await request

        with pytest.raises(JsonRpcRequestCancelled):
            here.call(ended())

        async def overtaken() -> None:
            method = types.TEXT_DOCUMENT_REFERENCES
            request = asyncio.ensure_future(here.client.protocol.send_request_async(method, params, "overtaken"))
            await asyncio.sleep(0)
            event = types.TextDocumentContentChangeWholeDocument(template.replace("echo", "tell"))
            identifier = types.VersionedTextDocumentIdentifier(9, uri)
            here.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [event]))
            await request

        with pytest.raises(JsonRpcException, match="has changed during the search"):
            here.call(overtaken())
        here.versions[uri] = 9
        here.change("t.yml", template.replace("echo", "say"))
        assert here.codes("t.yml") == []
        assert len(here.ask("text_document_references", params)) == 2001


def test_a_folder_of_many_files_costs_nothing_that_is_not_open(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for number in range(2000):
        folder = tmp_path / f"team{number % 40}"
        folder.mkdir(exist_ok=True)
        (folder / f"p{number}.yml").write_text("steps:\n- script: echo\n" * 1, encoding="utf-8")
    with editor(tmp_path) as here:
        start = time.monotonic()
        here.open("team1/p1.yml", BROKEN)
        assert here.codes("team1/p1.yml") == ["AZR101"]
        assert time.monotonic() - start < PATIENT / 10
        for number in range(40):
            here.open(f"team{number}/p{number}.yml")
        for number in range(2, 40):
            assert here.codes(f"team{number}/p{number}.yml") == []


@pytest.mark.parametrize(
    "text",
    [
        "steps:\n- script: " + "[" * 300_000,
        "steps:\n" + "- " * 100_000 + "a\n",
        "steps:\n- script: a" + " " * 400_000 + "b\n",
        "steps:\n" + "- script: [\n" * 20_000,
        "steps:\n" + "- script: echo ${{ " + "format('{0}', " * 3000 + "\n",
        "a: " + "x" * 6_000_000,
        "steps:\n" + "".join(f"- ${{{{ if eq({n}, 1) }}}}:\n  - script: $(a{n})\n" for n in range(4000)),
    ],
    ids=["brackets", "items", "blanks", "unclosed", "calls", "large", "conditions"],
)
def test_a_file_that_wants_to_do_harm_is_answered_in_time(here: Editor, folder: Path, text: str) -> None:
    uri = here.open(f"{folder.name}/a.yml", text)
    document = types.TextDocumentIdentifier(uri)
    end = position(text)
    start = time.monotonic()
    for place in (types.Position(1, 9), end):
        here.ask("text_document_completion", types.CompletionParams(document, place))
        here.ask("text_document_hover", types.HoverParams(document, place))
        here.ask("text_document_definition", types.DefinitionParams(document, place))
    here.ask("text_document_document_symbol", types.DocumentSymbolParams(document))
    here.ask("text_document_semantic_tokens_full", types.SemanticTokensParams(document))
    here.diagnostics(f"{folder.name}/a.yml")
    here.close(f"{folder.name}/a.yml")
    assert time.monotonic() - start < 30
    assert here.said == []


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def started(folder: Path, port: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "azrelease", "language-server", "--tcp", str(port)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.PIPE, text=True)


async def name_of_server(port: int, process: "subprocess.Popen[str]") -> str:
    client = LanguageClient("tests", "1")
    end = time.monotonic() + PATIENT
    while True:
        try:
            await client.start_tcp("127.0.0.1", port)
            break
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < end
            await asyncio.sleep(0.05)
    params = types.InitializeParams(capabilities=types.ClientCapabilities(), process_id=os.getpid())
    result = await client.initialize_async(params)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    return result.server_info.name if result.server_info else ""


def test_the_server_serves_one_editor_at_a_port(tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path, port) as process:
        assert asyncio.run(name_of_server(port, process)) == "azrelease"
        assert (process.communicate(timeout=PATIENT)[1], process.returncode) == ("", 0)


def test_a_port_that_is_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as used:
        used.bind(("127.0.0.1", 0))
        used.listen()
        port = used.getsockname()[1]
        with started(tmp_path, port) as process:
            assert process.communicate(timeout=PATIENT)[1].startswith(f"error: port {port} cannot be used: ")
    assert process.returncode == 2


def test_without_the_packages_it_says_how_to_get_them(cli: Cli) -> None:
    (cli.folder / "pygls.py").write_text("raise ModuleNotFoundError('no pygls', name='pygls')\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(cli.folder), *sys.path])}
    done = subprocess.run(
        [sys.executable, "-m", "azrelease", "language-server"],
        cwd=cli.folder, env=environment, capture_output=True, text=True, timeout=PATIENT, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert 'pip install "azrelease[editor]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_nonsense_on_standard_input_ends_without_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "azrelease", "language-server"],
        cwd=tmp_path, input=b"hello\n", capture_output=True, timeout=PATIENT, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr
