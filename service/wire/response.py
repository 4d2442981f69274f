"""A response: its head once, then its body, framed as RFC 9112 (section 6) has it for the client's version."""

from typing import Any, ClassVar, Protocol

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IPushProducer
from twisted.python.failure import Failure
from twisted.web.http import Request
from twisted.web.http_headers import Headers

from service.wire.reasons import REASONS

#: Statuses of responses that never have a body (RFC 9110, section 6.4.1).
BODILESS = (NO_CONTENT := 204, 304)
_PROBE = b"HTTP/1.1 102 Processing\r\n\r\n"


class Connection(Protocol):
    """What a response needs of its connection."""

    transport: Any

    def send(self, data: bytes) -> None:
        """Send bytes to the client."""

    def done(self, response: "Response") -> None:
        """Take note that a response is complete."""

    def date(self) -> bytes:
        """Return the current time, as HTTP writes it."""

    def set_producer(self, producer: Any) -> None:
        """Set the producer that is paused while the client does not read; None to unset it."""


@define(eq=False)
class Response:
    """One response. ``minor_version`` and ``keep_alive`` are those of the request; to HEAD there is ``no_body``."""

    connection: Connection
    minor_version: int
    keep_alive: bool
    no_body: bool
    code: int = field(default=200, init=False)
    code_message: bytes = field(default=b"OK", init=False)
    finished: bool = field(default=False, init=False)
    started: bool = field(default=False, init=False)
    lost: bool = field(default=False, init=False)
    #: Bytes of the body that were written.
    sentLength: int = field(default=0, init=False)
    cookies: list[bytes] = field(factory=list, init=False)
    _chunked: bool = field(default=False, init=False)
    #: Header lines by lower-case name, until ``responseHeaders`` is asked for.
    _plain: dict[bytes, bytes] = field(factory=dict, init=False)
    _headers: Headers | None = field(default=None, init=False)
    _waiters: list[Deferred[None]] = field(factory=list, init=False)

    @property
    def responseHeaders(self) -> Headers:
        """See ``IRequest``."""
        if self._headers is None:
            self._headers = Headers()
            for line in self._plain.values():
                name, _, value = line.partition(b": ")
                self._headers.addRawHeader(name, value)
        return self._headers

    def setResponseCode(self, code: int, message: bytes | None = None) -> None:
        """See ``IRequest``."""
        self.code = code
        self.code_message = REASONS.get(code, b"Unknown Status") if message is None else message

    def setHeader(self, k: bytes | str, v: bytes | str) -> None:
        """See ``IRequest``."""
        if self._headers is None and isinstance(k, bytes) and isinstance(v, bytes):
            line = b"%b: %b" % (k, v)
            if b"\r" not in line and b"\n" not in line and b"\0" not in line:
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
        """Wait for the end of this response.

        :return: a Deferred that fires with None when it is complete, or fails if the client disconnects before.
        """
        d: Deferred[None] = Deferred()
        self._waiters.append(d)
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
        head = b"" if self.started else self._head_lines()
        if data and not self._bodiless:
            self.sentLength += len(data)
            data = b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data
            self.connection.send(head + data)
        elif head:
            self.connection.send(head)

    def finish(self, rest: bytes = b"") -> None:
        """See ``IRequest``; ``rest`` is the last of the body, or all of it, which then has a Content-Length."""
        if self.lost or self.finished:
            return
        whole = not self.started and self.code not in BODILESS and not self._has_length
        if whole and (rest or not self.no_body):
            self.setHeader(b"Content-Length", b"%d" % len(rest))
        if rest or not self.started:
            self.write(rest)
        if self._chunked:
            self.connection.send(b"0\r\n\r\n")
        self.finished = True
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            waiter.callback(None)
        self.connection.done(self)

    def getClientAddress(self) -> IAddress:
        """See ``IRequest``."""
        return self.connection.transport.getPeer()

    def probe(self) -> None:
        """Find out whether the client is still there: if not, sending an interim response ends the connection.

        HTTP/1.0 does not have interim responses, and a response that has begun cannot contain one.
        """
        if self.minor_version == 1 and not self.started:
            self.connection.send(_PROBE)

    def connection_lost(self, reason: Failure) -> None:
        """Take note that the client is gone: ``notifyFinish`` fails with ``reason``."""
        self.lost = True
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            waiter.errback(reason)

    @property
    def _bodiless(self) -> bool:
        return self.no_body or self.code in BODILESS

    @property
    def _has_length(self) -> bool:
        if self._headers is None:
            return b"content-length" in self._plain
        return bool(self._headers.hasHeader(b"Content-Length"))

    def _head_lines(self) -> bytes:
        self.started = True
        if self.code == NO_CONTENT:
            self.responseHeaders.removeHeader(b"Content-Length")
        if not self._has_length and not self._bodiless:
            # Without a length the body ends with a last chunk or, in HTTP/1.0, with the connection.
            self._chunked = self.minor_version == 1
            self.keep_alive = self.keep_alive and self._chunked
        lines = [b"HTTP/1.1 %d %b" % (self.code, self.code_message), b"Date: " + self.connection.date()]
        if self._headers is None:
            lines += self._plain.values()
        else:
            named = self._headers.getAllRawHeaders()
            lines += [b"%b: %b" % (name, value) for name, values in named for value in values]
        lines += [b"Set-Cookie: " + cookie for cookie in self.cookies]
        if self._chunked:
            lines.append(b"Transfer-Encoding: chunked")
        if not self.keep_alive:
            lines.append(b"Connection: close")
        elif self.minor_version == 0:
            lines.append(b"Connection: keep-alive")
        return b"\r\n".join([*lines, b"", b""])
