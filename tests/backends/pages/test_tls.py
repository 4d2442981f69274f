"""HTTPS: verification of certificates and host names, with self-made certificates."""

import gzip
from ipaddress import ip_address
from typing import Any

import pytest
from cryptography.x509 import DNSName, GeneralName, IPAddress
from pytest_twisted import ensureDeferred
from twisted.internet.ssl import Certificate, PrivateCertificate, trustRootFromCertificates

from service.backends.pages.fetcher import PageFetcher
from service.backends.tls import CertificatePolicy
from service.errors import TLSError
from service.urls import WebAddress
from tests.backends.pages.webserver import (
    HTML,
    LOOPBACK,
    OK,
    TITLE,
    Connection,
    Names,
    Server,
    all_of_it,
    make_fetcher,
    say,
    until_title,
)
from tests.certificates import make_certificate

NAME = "page.example"
#: A warning from Twisted's certificate classes, which only the servers of these tests use.
pytestmark = pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")


def load_certificate(name: str, days: int, *names: GeneralName) -> PrivateCertificate:
    """Make a certificate, for a name or for several of other kinds, and load it with Twisted."""
    others = None if name else names
    loaded: PrivateCertificate = PrivateCertificate.loadPEM(make_certificate(name, days=days, names=others))
    return loaded


GOOD = load_certificate(NAME, 60)
OTHER = load_certificate("other.example", 60)
EXPIRED = load_certificate(NAME, 1)


def fetcher_for(reactor: Any, port: int, *trusted: PrivateCertificate) -> PageFetcher:
    roots = trustRootFromCertificates([Certificate(certificate.original) for certificate in trusted])
    return make_fetcher(reactor, Names([[LOOPBACK]]), "127.0.0.0/8", [port], CertificatePolicy(roots))


@ensureDeferred
async def test_a_server_that_is_the_one(running_reactor: Any) -> None:
    """A page is fetched over TLS from a server whose certificate is trusted and matches its name."""
    server = Server(say(OK, HTML, b"Content-Encoding: gzip", body=gzip.compress(TITLE * 1000), hang_up=True))
    port = await server.listen(running_reactor, tls=GOOD.options())
    page = await fetcher_for(running_reactor, port, GOOD).fetch(f"https://{NAME}:{port}/", all_of_it)
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
        await fetcher_for(running_reactor, port, trusted).fetch(f"https://{NAME}:{port}/", all_of_it)
    for connection in server.connections:
        await connection.closed
        assert connection.request == b""
    await server.port.stopListening()


@ensureDeferred
@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("foo_bar.example", "foo_bar.example"),
        ("i❤.example", "xn--i-7iq.example"),
        ("-a-.example", "-a-.example"),
        ("page.example.", "page.example"),
        ("a.b_c.example", "*.b_c.example"),
    ],
)
async def test_names_that_are_no_host_names(running_reactor: Any, host: str, name: str) -> None:
    """A name that IDNA 2008 does not know is sent to the server, and verified, as any other is."""
    certificate = load_certificate(name, 60)
    server = Server(say(OK, HTML, body=TITLE, hang_up=True))
    sent: list[bytes | None] = []
    tls = certificate.options()
    tls.getContext().set_tlsext_servername_callback(lambda connection: sent.append(connection.get_servername()))
    port = await server.listen(running_reactor, tls=tls)
    page = await fetcher_for(running_reactor, port, certificate).fetch(f"https://{host}:{port}/", all_of_it)
    assert page.body == TITLE
    assert sent == [WebAddress.parse(f"https://{host}/").host.rstrip(".").encode()]
    with pytest.raises(TLSError, match="failed the TLS handshake or certificate check"):
        await fetcher_for(running_reactor, port, certificate).fetch(f"https://x.{host}:{port}/", all_of_it)
    for connection in server.connections:
        await connection.closed
    await server.port.stopListening()


@ensureDeferred
@pytest.mark.parametrize(("host", "refused"), [(NAME, False), ("other.example", True), ("authority.example", True)])
async def test_a_certificate_of_an_authority(running_reactor: Any, host: str, refused: bool) -> None:
    """A certificate may be signed by an authority that is trusted; only the names in its own count."""
    authority = make_certificate("authority.example")
    shown = PrivateCertificate.loadPEM(make_certificate(NAME, authority=authority))
    server = Server(say(OK, HTML, body=TITLE, hang_up=True))
    port = await server.listen(running_reactor, tls=shown.options())
    fetcher = fetcher_for(running_reactor, port, PrivateCertificate.loadPEM(authority))
    d = fetcher.fetch(f"https://{host}:{port}/", all_of_it)
    if refused:
        with pytest.raises(TLSError, match="failed the TLS handshake or certificate check"):
            await d
    else:
        assert (await d).body == TITLE
    for connection in server.connections:
        await connection.closed
    await server.port.stopListening()


@ensureDeferred
@pytest.mark.parametrize("names", [(), (IPAddress(ip_address("127.0.0.2")),), (DNSName(LOOPBACK),)])
async def test_the_certificate_of_an_address(running_reactor: Any, names: tuple[GeneralName, ...]) -> None:
    """The certificate of a server that is named by its address must be for that address; no name is sent."""
    certificate = load_certificate("", 60, *names)
    server = Server(say(OK, HTML, body=TITLE))
    port = await server.listen(running_reactor, tls=certificate.options())
    with pytest.raises(TLSError):
        await fetcher_for(running_reactor, port, certificate).fetch(f"https://{LOOPBACK}:{port}/", all_of_it)
    for connection in server.connections:
        await connection.closed
    await server.port.stopListening()
    certificate = load_certificate("", 60, IPAddress(ip_address(LOOPBACK)))
    server = Server(say(OK, HTML, body=TITLE, hang_up=True))
    port = await server.listen(running_reactor, tls=certificate.options())
    page = await fetcher_for(running_reactor, port, certificate).fetch(f"https://{LOOPBACK}:{port}/", all_of_it)
    assert page.body == TITLE
    await server.connections[0].closed
    await server.port.stopListening()


@ensureDeferred
async def test_a_name_that_no_certificate_can_have(running_reactor: Any) -> None:
    """A name with characters that no certificate can contain is refused without a connection."""
    with pytest.raises(TLSError):
        await fetcher_for(running_reactor, 443, GOOD).fetch("https://a!b.example/", all_of_it)


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
        await fetcher_for(running_reactor, port, GOOD).fetch(f"https://{NAME}:{port}/", all_of_it)
    await server.connections[0].closed
    await server.port.stopListening()


@ensureDeferred
async def test_early_stop_over_tls(running_reactor: Any) -> None:
    """Over TLS, too, the connection is closed as soon as the body so far is enough."""
    server = Server(say(OK, HTML, body=TITLE))
    port = await server.listen(running_reactor, tls=GOOD.options())
    fetcher = fetcher_for(running_reactor, port, GOOD)
    page = await fetcher.fetch(f"https://{NAME}:{port}/", until_title)
    assert page.body == TITLE
    await server.connections[0].closed
    await server.port.stopListening()
