"""Endpoints: from a string, or on an inherited socket."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.protocol import Factory
from twisted.protocols.tls import TLSMemoryBIOFactory

from service.command.endpoints import Inheriting, make_endpoint
from service.errors import BadSetting
from tests.certificates import make_certificate


@pytest.mark.parametrize(
    "description", ["", "tcp", "tcp:x", "udp:80", "ssl:443:privateKey=/nowhere", "tcp:80:colour=red"]
)
def test_an_endpoint_that_cannot_be(running_reactor: Any, description: str) -> None:
    """An invalid endpoint string is refused under the name of its flag."""
    with pytest.raises(BadSetting, match=r"^--listen .*: expected a Twisted endpoint string such as tcp:8080"):
        make_endpoint(description, running_reactor)


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
