"""TLS: the protocols that are offered to clients, and handshakes that fail."""

from typing import Any

from OpenSSL.SSL import Error
from twisted.logger import Logger
from twisted.python.failure import Failure

_log = Logger()

#: The protocols that a client may choose by ALPN (RFC 7301), the preferred one first.
PROTOCOLS = (b"http/1.1", b"http/1.0")


def log_failed_handshake(transport: Any, reason: Failure) -> None:
    """Log why the handshake of a connection was never completed: at info, because any client can cause that."""
    peer = transport.getPeer()
    _log.info(
        "the TLS handshake with {peer} failed: {why}", peer=getattr(peer, "host", "a client"), why=reason_of(reason)
    )


def reason_of(reason: Failure) -> str:
    """Describe what ended a handshake, as OpenSSL words it."""
    if not reason.check(Error):
        return "the connection ended before it was complete"
    args: Any = getattr(reason.value, "args", ())
    errors = args[0] if args else []
    return "; ".join(words for _, _, words in errors) or "protocol error"
