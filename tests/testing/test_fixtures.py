"""The fixtures in this process: they serve, and say what is wrong."""

import os
import socket
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import treq
from pytest_twisted import blockon, ensureDeferred
from twisted.internet.defer import gatherResults
from twisted.internet.threads import deferToThread
from twisted.web.client import Agent, HTTPConnectionPool

from service.errors import BadSetting, TimedOut
from service.testing import AjaxContacts
from service.testing.blocked import BlockedReactorError
from service.testing.options import arguments_for, settings_for
from tests.client import PATIENCE


@pytest.fixture
def client(running_reactor: Any) -> treq.client.HTTPClient:
    """A client that keeps no connections."""
    return treq.client.HTTPClient(Agent(running_reactor, pool=HTTPConnectionPool(running_reactor, persistent=False)))


def ask(url: str) -> tuple[int, bytes]:
    """Ask with a client that blocks."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:
            return response.status, response.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


@ensureDeferred
async def test_the_service_in_process(ajax_contacts: AjaxContacts, client: treq.client.HTTPClient) -> None:
    """The fixture has the URL of a running service, which is also its text; what it knows; and what was asked."""
    response = await client.get(f"{ajax_contacts}contacts?username=karl")
    assert await response.json() == {"contacts": ajax_contacts.people["karl"]["contacts"]}
    assert str(ajax_contacts) == ajax_contacts.url
    assert ajax_contacts.faults["down"] == "the backend cannot be reached"
    assert [asked[1:5] for asked in ajax_contacts.requests()] == [("GET", "/contacts", "username=karl", 200)]
    ajax_contacts.forget()
    assert ajax_contacts.requests() == []


@pytest.mark.ajax_contacts(clock="manual", im="fake:?latency=3", people={"ada": {"name": "Ada", "contacts": ["grace"]}})
@ensureDeferred
async def test_the_options(ajax_contacts: AjaxContacts, client: treq.client.HTTPClient) -> None:
    """A marker chooses the people and any setting; the clock tells what has happened."""
    d = client.get(f"{ajax_contacts.url}contacts?username=ada")
    happened = await ajax_contacts.advance(3)
    [asked] = ajax_contacts.requests()
    assert happened == (3.0, ["respond"], [asked.request_id])
    assert await (await d).json() == {"contacts": ["grace"]}
    with pytest.raises(TimedOut, match="no such number of requests"):
        await ajax_contacts.advance(3, in_flight=1)


@ensureDeferred
async def test_time_that_is_real(ajax_contacts: AjaxContacts) -> None:
    """Without a manual clock, advancing is an error that says how to get one."""
    with pytest.raises(TypeError, match="clock='manual'"):
        await ajax_contacts.advance(30)


@ensureDeferred
async def test_what_cannot_be(running_reactor: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown option and an invalid value are errors that say what is accepted, and leave no folder behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(TypeError, match=r"^ajax_contacts has no option deadlin: there are .*, deadline, .*, people,"):
        await AjaxContacts.start(running_reactor, deadlin=1)
    with pytest.raises(BadSetting, match="--deadline"):
        await AjaxContacts.start(running_reactor, deadline=-1)
    with pytest.raises(BadSetting, match="people to be JSON of the form"):
        await AjaxContacts.start(running_reactor, people={"ada": "Ada"})
    assert os.listdir(tmp_path) == []  # noqa: PTH208  asyncio has no other way


@ensureDeferred
async def test_real_backends(running_reactor: Any) -> None:
    """A service with a real backend has no list of requests."""
    service = await AjaxContacts.start(running_reactor, im="ejabberd+http://127.0.0.1:1/api?domain=d&token=t")
    service.forget()
    assert service.requests() == []
    await service.stop()


def test_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment has no say in the settings."""
    monkeypatch.setenv("AJAX_CONTACTS_DEADLINE", "nonsense")
    monkeypatch.setenv("AJAX_CONTACTS_IM", "ejabberd+http://im/api?domain=d&token=t")
    settings = settings_for({"in_flight": 1}, tmp_path)
    assert (settings.deadline, settings.im, settings.in_flight, settings.watch) == (5.0, "fake:", 1, tmp_path)


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ({"log_usernames": True, "admin": None, "metrics": False}, ["--log-usernames"]),
        ({"allow_origin": ["http://a.example", "http://b.example"]}, ["--allow-origin", "http://a.example"]),
        ({"limits": {"body": 0, "connections": 5}}, ["--limits", "body=0,connections=5"]),
        ({"people": {}, "database": "sqlite:x.db"}, ["--database", "sqlite:x.db"]),
        ({"people": {}, "im": "fake:?latency=1"}, ["--im", "fake:?latency=1&people={folder}/.people.json"]),
    ],
)
def test_arguments(options: dict[str, Any], arguments: list[str], tmp_path: Path) -> None:
    """Options become flags: switches, lists, limits, and people for those backends that are fakes."""
    made = arguments_for(options, tmp_path)
    expected = [argument.format(folder=tmp_path) for argument in arguments]
    assert " ".join(expected) in " ".join(made)
    assert "--admin" not in made


@pytest.fixture
def blocked(running_reactor: Any) -> Iterator[AjaxContacts]:
    """A service to which a request is sent that it cannot answer."""
    service: AjaxContacts = blockon(AjaxContacts.start(running_reactor))
    yield service
    with pytest.raises(BlockedReactorError, match=r"waits in (urllib\.request\.urlopen|socket\.readinto)"):
        blockon(service.stop())


@pytest.mark.parametrize("times", [1, 2])
def test_a_blocking_client(blocked: AjaxContacts, times: int) -> None:
    """A client that blocks the thread of the reactor is told so, by name, instead of waiting for ever."""
    for _ in range(times):
        status, body = ask(f"{blocked}contacts?username=karl")
        assert status == 503
        assert b"ask (" in body
        assert __file__.encode() in body
        assert b"waits in urllib.request.urlopen" in body
        assert b"ajax_contacts_process" in body


@ensureDeferred
async def test_a_connection_that_is_known(blocked: AjaxContacts) -> None:
    """So is a client whose connection the reactor has accepted before."""
    host, port = blocked.url[7:-1].split(":")
    with socket.create_connection((host, int(port)), PATIENCE) as client:
        client.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await deferToThread(client.recv, 1000)
        client.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = wait_for_bytes(client)  # in the thread of the reactor
    assert answer.startswith(b"HTTP/1.1 503 Blocked Reactor\r\n")


def wait_for_bytes(client: socket.socket) -> bytes:
    """Wait for bytes, in a function of the standard library that is written in Python."""
    return client.makefile("rb").readline()


@ensureDeferred
async def test_a_reactor_that_is_busy(running_reactor: Any) -> None:
    """A reactor whose thread computes for long answers later: it is not blocked by the client."""
    service = await AjaxContacts.start(running_reactor)

    def compute() -> None:
        total = 0
        for number in range(2_000_000 * 5):
            total += number

    answers = gatherResults([deferToThread(ask, f"{service}livez")])
    compute()
    [(status, _)] = await answers
    assert status == 200
    await service.stop()


def test_without_a_plugin(pytester: pytest.Pytester) -> None:
    """Where nothing runs the reactor, the fixture says what does."""
    pytester.makeconftest('pytest_plugins = ["service.testing"]')
    pytester.makepyfile("def test_it(ajax_contacts): ...")
    ran = pytester.runpytest_subprocess(
        "-p", "no:twisted", "-p", "no:asyncio", "-p", "no:xdist", "-p", "no:cacheprovider"
    )
    ran.stdout.fnmatch_lines(["*install one of them, or use ajax_contacts_process*"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--reactor=default",), "with pytest-twisted, use --reactor=asyncio"),
        (("-p", "no:twisted"), "let all tests share it, with asyncio_default_test_loop_scope"),
    ],
)
def test_another_loop(pytester: pytest.Pytester, options: tuple[str, ...], words: str) -> None:
    """A test on asyncio needs the asyncio reactor, on its event loop: an error says how to have both."""
    pytester.makeconftest('pytest_plugins = ["service.testing"]')
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.asyncio
        @pytest.mark.parametrize("number", [1, 2])
        async def test_it(ajax_contacts, number): ...
        """
    )
    ran = pytester.runpytest_subprocess(*options, "-p", "no:xdist", "-p", "no:cacheprovider")
    ran.stdout.fnmatch_lines([f"*{words}*"])


def test_the_former_place() -> None:
    """The fixture can still be imported from its former place."""
    from fakes import pytest_plugin as former_place
    from service import testing

    assert former_place.ajax_contacts is testing.ajax_contacts


def test_the_interpreter() -> None:
    """What blocks is found by names of files: those of the standard library are known."""
    from service.testing.blocked import what_blocks

    assert what_blocks(None) == "the thread of the reactor waits for the response to a request"
    assert "test_fixtures.py" in what_blocks(sys._getframe())  # noqa: SLF001
