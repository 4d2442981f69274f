"""What went wrong on the way to a page, in the words of our own errors."""

from collections.abc import Callable

from OpenSSL.SSL import Error as OpenSSLError
from service_identity import VerificationError
from twisted.internet.defer import CancelledError
from twisted.internet.error import ConnectError as NotConnected, DNSLookupError
from twisted.python.failure import Failure
from twisted.web.client import RequestTransmissionFailed, ResponseFailed, ResponseNeverReceived

from service.backends.pages.guard import Guard
from service.errors import BadResponse, BlockedAddress, ConnectError, DNSError, ServiceError, TLSError

#: Twisted's exception -> what it means for a page; the first one that fits counts.
_MEANINGS: tuple[tuple[tuple[type[BaseException], ...], Callable[[], ServiceError]], ...] = (
    ((DNSLookupError,), lambda: DNSError("cannot be found")),
    ((NotConnected,), lambda: ConnectError("cannot be reached")),
    ((OpenSSLError, VerificationError), lambda: TLSError("cannot prove that it is the one that was asked for")),
)


def or_page_error(failure: Failure, guard: Guard) -> Failure:
    """Let errors of ours pass, and call any other one what it is to us; the connection is over in any case."""
    guard.abort()
    if failure.check(ServiceError, CancelledError):
        return failure
    error = as_page_error(failure, guard)
    error.__cause__ = failure.value
    return Failure(error)


def as_page_error(failure: Failure, guard: Guard) -> ServiceError:
    """Find the error of ours that a failure of Twisted's amounts to."""
    if guard.blocked:
        return BlockedAddress()
    if guard.full:
        return BadResponse("answers with more headers than we read")
    for reason in reasons_of(failure):
        for exceptions, error in _MEANINGS:
            if reason.check(*exceptions):
                return error()
    return BadResponse("gives no whole HTTP response")


def reasons_of(failure: Failure) -> list[Failure]:
    """Take the failures out of one that is about others."""
    about_others = (RequestTransmissionFailed, ResponseFailed, ResponseNeverReceived)
    return list(failure.value.reasons) if isinstance(failure.value, about_others) else [failure]
