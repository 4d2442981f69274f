"""A response: its head once, then its body, framed as RFC 9112 (section 6) has it for the client's version."""

from collections.abc import Callable
from typing import Any, ClassVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IPushProducer
from twisted.python.failure import Failure
from twisted.web.http import Request
from twisted.web.http_headers import Headers

from service.wire.interfaces import Connection
from service.wire.reasons import REASONS, STATUS_LINES

#: Statuses of responses that never have a body (RFC 9110, section 6.4.1).
BODILESS = (NO_CONTENT := 204, 304)
#: As numbers: to look for bytes in bytes, Python first raises and discards an exception.
_CR, _LF, _NUL = b"\r\n\0"
_PROBE = b"HTTP/1.1 102 Processing\r\n\r\n"


class Response:
    """One response. ``minor_version`` and ``keep_alive`` are those of the request; to HEAD there is ``no_body``.

    ``ended`` is called at the end: with None when it is complete, or with a ``Failure`` if the client disconnects
    before. It is ``notifyFinish`` without a Deferred for each response.
    """

    # Defaults on the class: most responses never change most of them, and setting each would take time.
    code = 200
    code_message = b"OK"
    finished = started = lost = False
    #: Bytes of the body that were written.
    sentLength = 0
    ended: Callable[[Failure | None], object] | None = None
    _chunked = False
    _headers: Headers | None = None
    _cookies: list[bytes] | None = None
    _waiters: tuple[Deferred[None], ...] = ()

    def __init__(self, connection: Connection, minor_version: int, *, keep_alive: bool, no_body: bool) -> None:
        self.connection = connection
        self.minor_version = minor_version
        self.keep_alive = keep_alive
        self.no_body = no_body
        #: Header lines by lower-case name, until ``responseHeaders`` is asked for.
        self._plain = connection.default_lines.copy()

    @property
    def cookies(self) -> list[bytes]:
        """See ``IRequest``."""
        self._cookies = self._cookies or []
        return self._cookies

    @property
    def responseHeaders(self) -> Headers:
        """See ``IRequest``."""
        if self._headers is None:
            self._headers = Headers()
            for name, _, value in (line.partition(b": ") for line in self._plain.values()):
                self._headers.addRawHeader(name, value)
        return self._headers

    def setResponseCode(self, code: int, message: bytes | None = None) -> None:
        """See ``IRequest``."""
        self.code = code
        self.code_message = REASONS.get(code, b"Unknown Status") if message is None else message

    def setHeader(self, k: bytes | str, v: bytes | str) -> None:
        """See ``IRequest``."""
        if self._headers is None and type(k) is bytes and type(v) is bytes:
            line = k + b": " + v
            if _CR not in line and _LF not in line and _NUL not in line:
                self._plain[k.lower()] = line
                return
        self.responseHeaders.setRawHeaders(k, [v])

    #: See ``IRequest``: Twisted's own, which adds to ``cookies``.
    addCookie: ClassVar[Any] = Request.addCookie

    def redirect(self, url: bytes) -> None:
        """See ``IRequest``."""
        self.setResponseCode(302)
        self.setHeader(b"Location", url)

    def notifyFinish(self) -> Deferred[None]:
        """See ``IRequest``."""
        d: Deferred[None] = Deferred()
        self._waiters += (d,)
        return d

    def registerProducer(self, producer: IPushProducer, streaming: bool) -> None:  # noqa: FBT001  Twisted's own
        """See ``IConsumer``; pull producers are not supported."""
        if not streaming:
            raise NotImplementedError
        self.connection.set_producer(producer)

    def unregisterProducer(self) -> None:
        """See ``IConsumer``."""
        if not self.lost:
            self.connection.set_producer(None)

    def write(self, data: bytes) -> None:
        """See ``IRequest``: the head goes out with the first bytes."""
        if self.lost or self.finished:
            return
        head = b""
        if not self.started:
            if not self.no_body and self.code not in BODILESS and not self._has_length:
                # Without a length the body ends with a last chunk or, in HTTP/1.0, with the connection.
                self._chunked = self.minor_version == 1
                self.keep_alive = self.keep_alive and self._chunked
            head = self._head()
        if data and not self.no_body and self.code not in BODILESS:
            self.sentLength += len(data)
            data = b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data
            self.connection.send(head + data)
        elif head:
            self.connection.send(head)

    def finish(self, rest: bytes = b"") -> None:
        """See ``IRequest``; ``rest`` is the last of the body, or all of it, which then has a Content-Length."""
        if self.lost or self.finished:
            return
        if self.started:
            if rest:
                self.write(rest)
            if self._chunked:
                self.connection.send(b"0\r\n\r\n")
        else:
            self._send_whole(rest)
        if not self.lost:  # as sending may end the connection
            self.finished = True
            self._end(None)
            self.connection.done(self)

    def _send_whole(self, body: bytes) -> None:
        if self.code in BODILESS:
            self.connection.send(self._head())
            return
        if b"content-length" not in self._plain and (body or not self.no_body) and not self._has_length:
            self.setHeader(b"Content-Length", b"%d" % len(body))
        head = self._head()
        if self.no_body:
            self.connection.send(head)
        else:
            self.sentLength = len(body)
            self.connection.send(head + body)

    def getClientAddress(self) -> IAddress:
        """See ``IRequest``."""
        return self.connection.peer

    def probe(self) -> None:
        """Find out whether the client is still there: if not, sending an interim response ends the connection.

        HTTP/1.0 does not have interim responses, and a response that has begun cannot contain one.
        """
        if self.minor_version == 1 and not self.started:
            self.connection.send(_PROBE)

    def connection_lost(self, reason: Failure) -> None:
        """Take note that the client is gone: ``notifyFinish`` fails with ``reason``."""
        self.lost = True
        self._end(reason)

    def _end(self, lost: Failure | None) -> None:
        if self.ended is not None:
            self.ended(lost)
        waiters, self._waiters = self._waiters, ()
        for waiter in waiters:
            waiter.callback(lost)  # which fails with a Failure

    @property
    def _has_length(self) -> bool:
        if self._headers is None:
            return b"content-length" in self._plain
        return bool(self._headers.hasHeader(b"Content-Length"))

    def _head(self) -> bytes:
        self.started = True
        if self.code == NO_CONTENT:
            self.responseHeaders.removeHeader(b"Content-Length")
        status = STATUS_LINES.get((self.code, self.code_message)) or b"HTTP/1.1 %d %b" % (self.code, self.code_message)
        lines = [status, b"Date: " + self.connection.date()]
        if self._headers is None:
            lines += self._plain.values()
        else:
            named = self._headers.getAllRawHeaders()
            lines += [b"%b: %b" % (name, value) for name, values in named for value in values]
        if self._cookies:
            lines += [b"Set-Cookie: " + cookie for cookie in self._cookies]
        if self._chunked:
            lines.append(b"Transfer-Encoding: chunked")
        if not self.keep_alive:
            lines.append(b"Connection: close")
        elif self.minor_version == 0:
            lines.append(b"Connection: keep-alive")
        lines += (b"", b"")
        return b"\r\n".join(lines)
