"""Exceptions of the API client, and their translation into ``BackendError``."""

from twisted.internet.error import ConnectError, DNSLookupError
from twisted.web.client import RequestTransmissionFailed, ResponseFailed, ResponseNeverReceived

from service.errors import BackendError

BACKEND = "IM service"
_NO_ANSWER = (ConnectError, DNSLookupError, ResponseFailed, ResponseNeverReceived, RequestTransmissionFailed)


class NotAnsweredError(Exception):
    """The API gives an unusable answer; the text is for the log."""


class NoSuchNameError(NotAnsweredError):
    """The server rejects a name as invalid."""


class NoTokenError(Exception):
    """The token is missing or invalid; the text is for the log."""


def as_backend_error(error: BaseException | None) -> BackendError | None:
    """Map the error of a failed request to a ``BackendError``, any other to None."""
    if isinstance(error, _NO_ANSWER):
        return BackendError(BACKEND, "cannot be reached")
    if isinstance(error, NotAnsweredError):
        return BackendError(BACKEND, "refuses to answer")
    if isinstance(error, NoTokenError):
        return BackendError(BACKEND, "cannot be asked without a token")
    return None
