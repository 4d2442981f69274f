"""Flags and environment variables become settings."""

import re
from ipaddress import ip_network
from pathlib import Path

import pytest
from attrs import evolve
from click import UsageError

from service.command.flags import read_settings
from service.command.option_types import default_limits
from service.command.settings import Settings
from service.errors import BadSetting


def settings(*arguments: str) -> Settings:
    read = read_settings(list(arguments))
    assert not isinstance(read, int)
    return read


@pytest.mark.parametrize(
    ("arguments", "pages"),
    [
        (("--im", "fake:?latency=1"), "fake:?else=http:"),
        (("--database", "sqlite:users.db"), "http:"),
        (("--im", "ejabberd+http://im/api"), "http:"),
        (("--pages", "fake:"), "fake:"),
        (("--pages", "http:"), "http:"),
        (("--clock", "manual"), "fake:"),
    ],
)
def test_where_pages_come_from(arguments: tuple[str, ...], pages: str) -> None:
    """By default, the fake answers for the pages that it knows if both other backends are fakes."""
    assert settings(*arguments).pages == pages


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting has a default, and the defaults make a demonstration on this machine."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: False)
    assert settings() == Settings(
        listen="tcp:8080:interface=127.0.0.1",
        database="fake:",
        im="fake:",
        pages="fake:?else=http:",
        watch=None,
        deadline=5.0,
        wait=30.0,
        linger=0.0,
        grace=8.0,
        in_flight=1000,
        streams=1000,
        streams_per_client=20,
        trust_proxy=(),
        allow_origin=(),
        auth=None,
        limits=default_limits(),
        processes=1,
        reactor="auto",
        inherit=None,
        clock="real",
        admin=None,
        metrics="auto",
        xray="auto",
        stalls=0.1,
        access_log="on",
        log_format="json",
        log_usernames=False,
    )


LIMITS = (
    "expected numbers, above 0 except for body, pipelined and linger, for any of request_line, headers, fields, body, "
    "pipelined, connections, head_deadline, body_deadline, idle_deadline, write_deadline, linger"
)
WRONG_LIMITS = [
    "connections",
    "connections=",
    "connections=0",
    "body=-1",
    "body=0.5",
    "idle_deadline=nan",
    "x=1",
    "7",
    "__doc__=1",
]


def test_limits() -> None:
    """Limits are set by name and capped at 2 ** 31; the others keep their defaults."""
    limits = settings("--limits", "connections=500, head-deadline=2.5,body=0,linger=inf").limits
    assert limits == evolve(default_limits(), connections=500, head_deadline=2.5, body=0, linger=2**31)


@pytest.mark.parametrize(
    ("descriptors", "connections"), [(1024, 768), (64, 32), (20, 1), (20_000, 10_000), (-1, 10_000)]
)
def test_default_connections(monkeypatch: pytest.MonkeyPatch, descriptors: int, connections: int) -> None:
    """The default connection limit leaves at least a quarter of the file descriptors for everything else."""
    monkeypatch.setattr("service.command.option_types.resource.getrlimit", lambda _: (descriptors, -1))
    assert settings().limits.connections == connections


@pytest.mark.parametrize(("terminal", "log_format"), [(True, "text"), (False, "json")])
def test_the_log_on_a_terminal(monkeypatch: pytest.MonkeyPatch, terminal: bool, log_format: str) -> None:
    """The log is text on a terminal, and JSON otherwise."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    assert settings().log_format == log_format


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every flag has an environment variable, which a flag on the command line overrides."""
    monkeypatch.setenv("AJAX_CONTACTS_DEADLINE", "2.5")
    monkeypatch.setenv("AJAX_CONTACTS_GRACE", "1")
    read = settings("--grace", "0")
    assert (read.deadline, read.grace) == (2.5, 0.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--deadline", "soon"], "--deadline 'soon': expected seconds, more than 0 and at most 3600"),
        (["--deadline", "0"], "--deadline '0': expected seconds, more than 0 and at most 3600"),
        (["--deadline", "nan"], "--deadline 'nan': expected seconds, more than 0 and at most 3600"),
        (["--linger", "-1"], "--linger '-1': expected seconds, at least 0 and at most 3600"),
        (["--wait", "0"], "--wait '0': expected seconds, more than 0 and at most 3600"),
        (["--watch", "/nowhere"], "--watch '/nowhere': expected a folder that exists and can be read"),
        (["--watch", "/etc/passwd"], "--watch '/etc/passwd': expected a folder that exists and can be read"),
        (["--watch", ""], "--watch '': expected a folder that exists and can be read"),
        (["--grace", "inf"], "--grace 'inf': expected seconds, at least 0 and at most 3600"),
        (["--log-format", "xml"], "--log-format 'xml': expected text or json"),
        (["--reactor", "select"], "--reactor 'select': expected auto, epoll, asyncio or uvloop"),
        *((["--limits", value], f"--limits '{value}': {LIMITS}") for value in WRONG_LIMITS),
    ],
)
def test_a_wrong_value(arguments: list[str], message: str) -> None:
    """An invalid value is refused with the flag, the value and what is expected."""
    with pytest.raises(BadSetting) as caught:
        read_settings(arguments)
    assert str(caught.value) == message


def test_an_unknown_flag() -> None:
    """A flag that does not exist is refused."""
    with pytest.raises(UsageError, match="--colour"):
        read_settings(["--colour", "red"])


def test_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative folder is made absolute when it is read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inbox").mkdir()
    assert settings("--watch", "inbox").watch == tmp_path / "inbox"


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_no_settings(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``--help`` and ``--version`` print, and return an exit code instead of settings."""
    assert read_settings([flag]) == 0
    assert "ajax-contacts" in capsys.readouterr().out


def test_secrets_never_print() -> None:
    """A password in a URL is redacted in the ``repr`` of the settings."""
    shown = repr(settings("--database", "postgresql://dustin:secret@db/users"))
    assert "secret" not in shown
    assert "'postgresql://***@db/users'" in shown


def test_trusted_proxies() -> None:
    """Networks and single addresses of both families can be trusted; host bits must not be set."""
    assert settings("--trust-proxy", "10.0.0.0/8, ::1,").trust_proxy == (ip_network("10.0.0.0/8"), ip_network("::1"))


@pytest.mark.parametrize("value", ["proxy", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/8;::1"])
def test_wrong_proxies(value: str) -> None:
    """Anything else is refused."""
    with pytest.raises(BadSetting, match="expected networks or addresses, such as"):
        settings("--trust-proxy", value)


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        (("https://chat.example.org",), ("https://chat.example.org",)),
        (("https://a.example", "http://b.example:8000"), ("https://a.example", "http://b.example:8000")),
        (("https://a.example,https://b.example https://a.example",), ("https://a.example", "https://b.example")),
        (("HTTPS://Chat.Example.ORG:443",), ("https://chat.example.org",)),
        (("http://bücher.example:80",), ("http://xn--bcher-kva.example",)),
        (("http://[0:0::1]:3000",), ("http://[::1]:3000",)),
        (("chrome-extension://abcdefghijklmnop",), ("chrome-extension://abcdefghijklmnop",)),
        (("capacitor://localhost",), ("capacitor://localhost",)),
        (("*",), ("*",)),
    ],
)
def test_origins(given: tuple[str, ...], origins: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Origins are given one by one or as a list, and are written as browsers send them."""
    flags = [word for origin in given for word in ("--allow-origin", origin)]
    assert settings(*flags).allow_origin == origins
    monkeypatch.setenv("AJAX_CONTACTS_ALLOW_ORIGIN", " ".join(given))
    assert settings().allow_origin == origins


@pytest.mark.parametrize(
    "value",
    [
        *("chat.example.org", "https://chat.example.org/", "https://chat.example.org/chat", "https://a.example?b"),
        *("https://user@a.example", "https://*.example.org", "null", "file:///index.html", "https://", "https://a b"),
        *("http://a.example:99999", "*,https://a.example", "https://a.example,*", "", " ", ","),
    ],
)
def test_wrong_origins(value: str) -> None:
    """What is not an origin is refused; ``*`` stands for all origins, and so stands alone."""
    with pytest.raises(BadSetting) as wrong:
        settings("--allow-origin", value)
    assert str(wrong.value) == (
        f"--allow-origin {value!r}: expected origins such as https://chat.example.org (scheme, host and port, without "
        "a path), or only *"
    )


def test_any_origin_and_one_more() -> None:
    """``*`` cannot be given beside other origins in a flag of its own, either."""
    with pytest.raises(BadSetting, match="--allow-origin"):
        settings("--allow-origin", "*", "--allow-origin", "https://a.example")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--database", "sqlite:users.db"), "needs fakes, because real servers have their own time: --database is"),
        (("--im", "ejabberd+http://im/api?token=secret"), "--im is ejabberd+http://im/api?token=***"),
        (("--pages", "http:"), "--pages is http:"),
        (("--pages", "fake:?else=http:"), "--pages is fake:?else=http:"),
        (("--processes", "2"), "needs --processes 1, because each process has its own time"),
    ],
)
def test_a_manual_clock(arguments: tuple[str, ...], problem: str) -> None:
    """A manual clock is only for fakes, in one process; the error says what is in its way, without secrets."""
    with pytest.raises(BadSetting, match=re.escape(problem)):
        settings("--clock", "manual", *arguments)
    assert settings("--clock", "manual", "--pages", "fake:?latency=1").clock == "manual"
