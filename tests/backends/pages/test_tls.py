"""HTTPS: verification of certificates and host names, with self-made certificates."""

import gzip
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.ssl import Certificate, PrivateCertificate, trustRootFromCertificates
from twisted.web.client import BrowserLikePolicyForHTTPS

from service.backends.pages.fetcher import PageFetcher
from service.errors import TLSError
from tests.backends.pages.webserver import (
    HTML,
    LOOPBACK,
    OK,
    TITLE,
    Connection,
    Names,
    Server,
    make_fetcher,
    never,
    say,
)
from tests.certificates import make_certificate

NAME = "page.example"
#: A warning from Twisted's certificate classes, which only the servers of these tests use.
pytestmark = pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")


def load_certificate(name: str, days: int) -> PrivateCertificate:
    """Make a certificate and load it with Twisted."""
    loaded: PrivateCertificate = PrivateCertificate.loadPEM(make_certificate(name, days=days))
    return loaded


GOOD = load_certificate(NAME, 60)
OTHER = load_certificate("other.example", 60)
EXPIRED = load_certificate(NAME, 1)


def fetcher_for(reactor: Any, port: int, *trusted: PrivateCertificate) -> PageFetcher:
    roots = trustRootFromCertificates([Certificate(certificate.original) for certificate in trusted])
    return make_fetcher(reactor, Names([[LOOPBACK]]), "127.0.0.0/8", [port], BrowserLikePolicyForHTTPS(trustRoot=roots))


@ensureDeferred
async def test_a_server_that_is_the_one(running_reactor: Any) -> None:
    """A page is fetched over TLS from a server whose certificate is trusted and matches its name."""
    server = Server(say(OK, HTML, b"Content-Encoding: gzip", body=gzip.compress(TITLE * 1000), hang_up=True))
    port = await server.listen(running_reactor, tls=GOOD.options())
    page = await fetcher_for(running_reactor, port, GOOD).fetch(f"https://{NAME}:{port}/", never)
    assert page.body == TITLE * 1000
    await server.connections[0].closed
    await server.port.stopListening()


@ensureDeferred
@pytest.mark.parametrize(
    ("shown", "trusted"),
    [(GOOD, OTHER), (OTHER, OTHER), (EXPIRED, EXPIRED)],
    ids=["untrusted", "another name", "expired"],
)
async def test_a_server_that_cannot_prove_it(running_reactor: Any, shown: Any, trusted: Any) -> None:
    """A certificate that is untrusted, expired or for another name ends the fetch before any HTTP is sent."""
    server = Server(say(OK, HTML, body=TITLE))
    port = await server.listen(running_reactor, tls=shown.options())
    with pytest.raises(TLSError, match="failed the TLS handshake or certificate check"):
        await fetcher_for(running_reactor, port, trusted).fetch(f"https://{NAME}:{port}/", never)
    for connection in server.connections:
        await connection.closed
        assert connection.request == b""
    await server.port.stopListening()


class Talkative(Connection):
    """Answers any bytes, since it receives the beginning of a TLS handshake."""

    def dataReceived(self, data: bytes) -> None:
        self.factory.answer(self)


@ensureDeferred
async def test_a_server_without_tls(running_reactor: Any) -> None:
    """A server without TLS is a TLSError."""
    server = Server(say(OK, HTML, body=TITLE))
    server.protocol = Talkative
    port = await server.listen(running_reactor)
    with pytest.raises(TLSError):
        await fetcher_for(running_reactor, port, GOOD).fetch(f"https://{NAME}:{port}/", never)
    await server.connections[0].closed
    await server.port.stopListening()


@ensureDeferred
async def test_early_stop_over_tls(running_reactor: Any) -> None:
    """Over TLS, too, the connection is closed as soon as the body so far is enough."""
    server = Server(say(OK, HTML, body=TITLE))
    port = await server.listen(running_reactor, tls=GOOD.options())
    fetcher = fetcher_for(running_reactor, port, GOOD)
    page = await fetcher.fetch(f"https://{NAME}:{port}/", lambda body, _: b"</title>" in body)
    assert page.body == TITLE
    await server.connections[0].closed
    await server.port.stopListening()
