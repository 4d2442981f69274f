"""Translation of failures on the way to a page into a ``ServiceError``."""

from collections.abc import Callable

from OpenSSL.SSL import Error as OpenSSLError
from service_identity import CertificateError, VerificationError
from twisted.internet.error import ConnectError as NotConnected, ConnectionClosed
from twisted.python.failure import Failure

from service.backends.pages.guard import Guard
from service.backends.pages.response import malformed
from service.errors import BlockedAddress, ConnectError, ServiceError, TLSError


def no_certificate() -> TLSError:
    """Make the error for a failed TLS handshake or certificate check."""
    return TLSError("failed the TLS handshake or certificate check")


#: Twisted's exception -> the error for the page; the first match counts.
_MEANINGS: tuple[tuple[tuple[type[BaseException], ...], Callable[[], ServiceError]], ...] = (
    ((NotConnected,), lambda: ConnectError("cannot be reached")),
    ((OpenSSLError, VerificationError, CertificateError), no_certificate),
    ((ConnectionClosed,), malformed),
)


def or_page_error(failure: Failure, guard: Guard) -> Failure:
    """Translate a failure of the connection, whose exception becomes the cause; pass any other on."""
    for exceptions, error in _MEANINGS:
        if failure.check(*exceptions):
            ours = BlockedAddress() if guard.blocked else error()
            ours.__cause__ = failure.value
            return Failure(ours)
    return failure
