"""TLS client connections with certificate verification, for any host name."""

from typing import Any
from weakref import ref

from attrs import Factory, define, field, frozen
from OpenSSL.SSL import VERIFY_FAIL_IF_NO_PEER_CERT, VERIFY_PEER, Connection
from service_identity.exceptions import CertificateError, VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.ssl import CertificateOptions, platformTrust
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer


@implementer(IPolicyForHTTPS)
@define
class CertificatePolicy:
    """A policy that trusts the authorities of ``trust_root``, by default those of the system.

    Twisted's ``BrowserLikePolicyForHTTPS`` rejects host names that are not valid under IDNA 2008.
    """

    trust_root: Any = field(factory=platformTrust)
    _options: CertificateOptions = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._options = CertificateOptions(trustRoot=self.trust_root)

    def creatorForNetloc(self, hostname: bytes, _: int) -> "CertificateCheck":
        """See ``IPolicyForHTTPS``.

        :raise ValueError: if no certificate can be for that host.
        """
        return CertificateCheck(self._options, hostname.decode("ascii").rstrip("."))


@implementer(IOpenSSLClientConnectionCreator)
@frozen
class CertificateCheck:
    """A maker of connections to ``host``, in ASCII, that end unless the certificate is for that host."""

    options: CertificateOptions
    host: str
    identity: DNS_ID | IPAddress_ID = field(default=Factory(lambda self: identity_of(self.host), takes_self=True))

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> Connection:
        """See ``IOpenSSLClientConnectionCreator``."""
        connection = self.options.clientConnectionForTLS(protocol)
        if isinstance(self.identity, DNS_ID):  # RFC 6066, section 3: no addresses
            connection.set_tlsext_host_name(self.host.encode())
        its_protocol = ref(protocol)  # not the protocol itself, which has the connection, which has the check

        def check(_: Connection, certificate: Any, __: int, depth: int, ok: int) -> bool:
            if depth:  # of an authority
                return bool(ok)
            try:
                verify_service_identity(extract_patterns(certificate), [self.identity], [])
            except (VerificationError, CertificateError, ValueError):
                failed = its_protocol()
                assert failed is not None
                failed.failVerification(Failure())
                return False
            return bool(ok)

        connection.set_verify(VERIFY_PEER | VERIFY_FAIL_IF_NO_PEER_CERT, check)
        return connection


def identity_of(host: str) -> DNS_ID | IPAddress_ID:
    """Return what a certificate for a host must contain.

    :raise ValueError: if no certificate can.
    """
    return IPAddress_ID(host) if isIPAddress(host) or isIPv6Address(host) else DNS_ID(host)
