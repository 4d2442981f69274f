"""Endpoints: from a string, or on an inherited socket."""

import errno
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_twisted import ensureDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import Factory
from twisted.protocols.tls import TLSMemoryBIOFactory

from service.command.endpoints import Inheriting, make_endpoint
from service.errors import BadSetting, UnusableSetting
from tests.certificates import make_certificate
from tests.results import failure_of, result_of

EXAMPLE = "expected a Twisted endpoint string such as tcp:8080:interface=127.0.0.1"


@pytest.mark.parametrize(
    ("description", "problem"),
    [
        ("", "unknown endpoint type ''"),
        ("udp:80", "unknown endpoint type 'udp'"),
        ("8080", "unknown endpoint type '8080'"),
        ("tcp", "port is missing"),
        ("tcp:x", "'x' is not a number"),
        ("tcp:80:colour=red", "unknown option colour"),
        ("tcp:80:127.0.0.1:50:x:y", "it has too many parts"),
        ("unix:/run/socket:mode=9", "'9' is not a number"),
        ("ssl:80:sslmethod=x", "module 'OpenSSL.SSL' has no attribute 'x'"),
    ],
)
def test_an_endpoint_that_cannot_be(running_reactor: Any, description: str, problem: str) -> None:
    """What is not an endpoint string is refused under the name of its flag, with an example and the cause."""
    with pytest.raises(BadSetting) as caught:
        make_endpoint(description, running_reactor)
    assert str(caught.value) == f"--listen {description!r}: {EXAMPLE} ({problem})"


NOT_PEM = "privateKey= and certKey= must name the PEM files of a key and its certificate"


@pytest.mark.parametrize(
    ("description", "problem"),
    [
        (
            "ssl:443",
            "cannot read {cwd}/server.pem: No such file or directory; name the files with privateKey= and certKey=",
        ),
        ("ssl:443:privateKey=missing", "cannot read {cwd}/missing: No such file or directory; name the files with"),
        ("haproxy:ssl:443:privateKey=missing", "cannot read {cwd}/missing: No such file or directory; name the"),
        ("ssl:443:privateKey=a.key:certKey=.", "cannot read {cwd}: Is a directory; name the files with"),
        ("ssl:443:privateKey=text", NOT_PEM),
        ("ssl:443:privateKey=weak", f"{NOT_PEM} (ee key too small)"),
        ("ssl:443:privateKey=a.key:certKey=b.pem", f"{NOT_PEM} (Certificate public and private keys do not match)"),
        (
            "systemd:domain=INET:index=0",
            "systemd has not passed such a socket; LISTEN_FDNAMES, which names the sockets",
        ),
        ("systemd:domain=INET:name=web", "systemd has not passed such a socket; LISTEN_FDNAMES, which names the"),
    ],
)
@pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")  # from Twisted itself
def test_an_endpoint_that_cannot_be_used(
    running_reactor: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, description: str, problem: str
) -> None:
    """An endpoint string that is one, but cannot be used here, is refused with the real cause."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text").write_text("not a key")
    (tmp_path / "weak").write_bytes(make_certificate("page.example", rsa.generate_private_key(65537, 1024)))
    for name in ("a", "b"):
        key, begin, certificate = make_certificate("page.example").partition(b"-----BEGIN CERTIFICATE")
        (tmp_path / f"{name}.key").write_bytes(key)
        (tmp_path / f"{name}.pem").write_bytes(begin + certificate)
    with pytest.raises(UnusableSetting) as caught:
        make_endpoint(description, running_reactor)
    assert str(caught.value).startswith(f"--listen {description!r}: {problem.format(cwd=tmp_path)}")


def test_other_sockets_of_systemd(running_reactor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where systemd has named the sockets that it has passed, nothing is said about names."""
    monkeypatch.setenv("LISTEN_FDNAMES", "other")
    with pytest.raises(UnusableSetting, match=r"systemd has not passed such a socket$"):
        make_endpoint("systemd:domain=INET:name=web", running_reactor)


class WithoutIPv6:
    """A reactor that can listen on IPv4 only, or where the port is in use."""

    def __init__(self, error: int) -> None:
        self.error = error
        self.interfaces: list[str] = []

    def listenTCP(self, port: int, factory: Factory, backlog: int = 50, interface: str = "") -> str:
        self.interfaces.append(interface)
        if interface:
            raise CannotListenError(interface, port, OSError(self.error, ""))
        return "a port"


@pytest.mark.parametrize("error", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
@pytest.mark.parametrize("description", ["tcp6:8080", "tcp6:port=8080"])
def test_where_there_is_no_ipv6(error: int, description: str) -> None:
    """A socket for both families becomes one for IPv4 where the machine has no IPv6."""
    reactor = WithoutIPv6(error)
    port: Any = result_of(make_endpoint(description, reactor).listen(Factory()))
    assert port == "a port"
    assert reactor.interfaces == ["::", ""]


@pytest.mark.parametrize(
    ("description", "error"), [("tcp6:8080", errno.EADDRINUSE), ("tcp6:8080:interface=\\:\\:1", errno.EADDRNOTAVAIL)]
)
def test_other_errors_of_ipv6(description: str, error: int) -> None:
    """A port in use, or an address that was asked for and is missing, is an error."""
    reactor = WithoutIPv6(error)
    failure_of(make_endpoint(description, reactor).listen(Factory()), CannotListenError)
    assert len(reactor.interfaces) == 1


@ensureDeferred
async def test_both_families(running_reactor: Any) -> None:
    """A socket on all IPv6 addresses takes IPv4 connections, too."""
    port: Any = await make_endpoint("tcp6:0", running_reactor).listen(Factory())
    with socket.create_connection(("127.0.0.1", port.getHost().port)) as client:
        assert client.getpeername()[1] == port.getHost().port
    await port.stopListening()


@ensureDeferred
async def test_an_inherited_socket(running_reactor: Any) -> None:
    """An inherited socket is used whatever port the string names, and is closed with the port."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        inherited = os.dup(opened.fileno())
        port: Any = await make_endpoint("tcp:1", Inheriting(running_reactor, inherited)).listen(Factory())
        assert port.getHost().port == opened.getsockname()[1]
        await port.stopListening()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(inherited)


@pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")  # from Twisted itself
@ensureDeferred
async def test_an_inherited_socket_with_tls(running_reactor: Any, tmp_path: Path) -> None:
    """An ssl: endpoint on an inherited socket uses TLS."""
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(make_certificate("page.example"))
    with socket.create_server(("127.0.0.1", 0)) as opened:
        where = Inheriting(running_reactor, os.dup(opened.fileno()))
        port: Any = await make_endpoint(f"ssl:1:privateKey={certificate}", where).listen(Factory())
        assert isinstance(port.factory, TLSMemoryBIOFactory)
        await port.stopListening()


@pytest.mark.parametrize("description", ["systemd:domain=INET:index=1", "systemd:domain=UNIX:name=web"])
@ensureDeferred
async def test_an_inherited_socket_of_systemd(running_reactor: Any, description: str) -> None:
    """A worker inherits the socket that its parent has got from systemd."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        where = Inheriting(running_reactor, os.dup(opened.fileno()))
        port: Any = await make_endpoint(description, where).listen(Factory())
        assert port.getHost().port == opened.getsockname()[1]
        await port.stopListening()
