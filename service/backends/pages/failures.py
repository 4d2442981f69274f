"""Translation of failures on the way to a page into a ``ServiceError``."""

from collections.abc import Callable

from OpenSSL.SSL import Error as OpenSSLError
from service_identity import VerificationError
from twisted.internet.defer import CancelledError
from twisted.internet.error import ConnectError as NotConnected, DNSLookupError
from twisted.python.failure import Failure
from twisted.web.client import RequestTransmissionFailed, ResponseFailed, ResponseNeverReceived

from service.backends.pages.guard import Guard
from service.errors import BadResponse, BlockedAddress, ConnectError, DNSError, ServiceError, TLSError

#: Twisted's exception -> the error for the page; the first match counts.
_MEANINGS: tuple[tuple[tuple[type[BaseException], ...], Callable[[], ServiceError]], ...] = (
    ((DNSLookupError,), lambda: DNSError("cannot be found")),
    ((NotConnected,), lambda: ConnectError("cannot be reached")),
    ((OpenSSLError, VerificationError), lambda: TLSError("failed the TLS handshake or certificate check")),
)


def or_page_error(failure: Failure, guard: Guard) -> Failure:
    """Abort the connection and translate a failure; a ``ServiceError`` or ``CancelledError`` passes unchanged."""
    guard.abort()
    if failure.check(ServiceError, CancelledError):
        return failure
    error = as_page_error(failure, guard)
    error.__cause__ = failure.value
    return Failure(error)


def as_page_error(failure: Failure, guard: Guard) -> ServiceError:
    """Map a failure of Twisted's to a ``ServiceError``."""
    if guard.blocked:
        return BlockedAddress()
    if guard.full:
        return BadResponse("sends headers that exceed the size limit")
    for reason in reasons_of(failure):
        for exceptions, error in _MEANINGS:
            if reason.check(*exceptions):
                return error()
    return BadResponse("sends an incomplete or malformed HTTP response")


def reasons_of(failure: Failure) -> list[Failure]:
    """Return the failures that a failure wraps, or the failure itself."""
    about_others = (RequestTransmissionFailed, ResponseFailed, ResponseNeverReceived)
    return list(failure.value.reasons) if isinstance(failure.value, about_others) else [failure]
