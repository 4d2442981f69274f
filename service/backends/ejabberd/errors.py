"""What ejabberd's API and the network complain of."""

from twisted.internet.error import ConnectError, DNSLookupError
from twisted.web.client import RequestTransmissionFailed, ResponseFailed, ResponseNeverReceived

from service.errors import BackendError

BACKEND = "IM service"
_NO_ANSWER = (ConnectError, DNSLookupError, ResponseFailed, ResponseNeverReceived, RequestTransmissionFailed)


class NotAnsweredError(Exception):
    """The API gives no answer that can be used; the text is for the log."""


class NoSuchNameError(NotAnsweredError):
    """The server says of a name that it can be none."""


class NoTokenError(Exception):
    """There is no token to ask with; the text is for the log."""


def as_backend_error(error: BaseException | None) -> BackendError | None:
    """Find the error of ours that a failed request amounts to, None if it is something else."""
    if isinstance(error, _NO_ANSWER):
        return BackendError(BACKEND, "cannot be reached")
    if isinstance(error, NotAnsweredError):
        return BackendError(BACKEND, "refuses to answer")
    if isinstance(error, NoTokenError):
        return BackendError(BACKEND, "cannot be asked without a token")
    return None
