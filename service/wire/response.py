"""The answer to a request: its head once, then its bytes, framed as the client can take them (RFC 9112, section 6)."""

from http import HTTPStatus

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from twisted.python.failure import Failure
from twisted.web.http_headers import Headers

from service.wire.cookies import make_cookie
from service.wire.sink import Sink

#: Answers that never have a body (RFC 9110, section 6.4.1).
BODILESS = (NO_CONTENT := 204, 304)
_REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
_PROBE = b"HTTP/1.1 102 Processing\r\n\r\n"


@define(eq=False)
class Response:
    """One answer. ``minor_version`` and ``keep_alive`` are those of the request; HEAD has ``no_body``."""

    sink: Sink
    minor_version: int
    keep_alive: bool
    no_body: bool
    code: int = field(default=200, init=False)
    code_message: bytes = field(default=b"OK", init=False)
    finished: bool = field(default=False, init=False)
    started: bool = field(default=False, init=False)
    lost: bool = field(default=False, init=False)
    _chunked: bool = field(default=False, init=False)
    #: Header lines by their names in lower case, as long as nobody asks for ``responseHeaders``.
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
        self.code_message = _REASONS.get(code, b"Unknown Status") if message is None else message

    def setHeader(self, k: bytes | str, v: bytes | str) -> None:
        """See ``IRequest``."""
        if self._headers is None and isinstance(k, bytes) and isinstance(v, bytes):
            line = b"%b: %b" % (k, v)
            if b"\r" not in line and b"\n" not in line and b"\0" not in line:
                self._plain[k.lower()] = line
                return
        self.responseHeaders.setRawHeaders(k, [v])

    def addCookie(  # noqa: PLR0913, PLR0917  Twisted's own
        self,
        k: bytes | str,
        v: bytes | str,
        expires: bytes | str | None = None,
        domain: bytes | str | None = None,
        path: bytes | str | None = None,
        max_age: bytes | str | None = None,
        comment: bytes | str | None = None,
        secure: bool | None = None,  # noqa: FBT001  Twisted's own
        httpOnly: bool = False,  # noqa: FBT001, FBT002  Twisted's own
        sameSite: bytes | str | None = None,
    ) -> None:
        """See ``IRequest``."""
        said = {"Expires": expires, "Domain": domain, "Path": path, "Max-Age": max_age, "Comment": comment}
        cookie = make_cookie(k, v, said | {"SameSite": sameSite}, {"Secure": secure, "HttpOnly": httpOnly})
        self.responseHeaders.addRawHeader(b"Set-Cookie", cookie)

    def redirect(self, url: bytes) -> None:
        """See ``IRequest``."""
        self.setResponseCode(302)
        self.setHeader(b"Location", url)

    def notifyFinish(self) -> Deferred[None]:
        """Wait for the end of this answer.

        :return: a Deferred that fires with None when it is complete, or fails if the client is gone before.
        """
        d: Deferred[None] = Deferred()
        self._waiters.append(d)
        return d

    def registerProducer(self, producer: IPushProducer, streaming: bool) -> None:  # noqa: FBT001  Twisted's own
        """See ``IConsumer``; producers that have to be pulled are not known here."""
        if not streaming:
            raise NotImplementedError
        self.sink.set_producer(producer)

    def unregisterProducer(self) -> None:
        """See ``IConsumer``."""
        if not self.lost:
            self.sink.set_producer(None)

    def write(self, data: bytes) -> None:
        """See ``IRequest``: the first bytes take the head with them."""
        if self.lost or self.finished:
            return
        head = b"" if self.started else self._head_lines()
        if data and not self._bodiless:
            data = b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data
            self.sink.send(head + data)
        elif head:
            self.sink.send(head)

    def finish(self, rest: bytes = b"") -> None:
        """See ``IRequest``; ``rest`` is the last of the body, or all of it, and then its length is said."""
        if self.lost or self.finished:
            return
        whole = not self.started and self.code not in BODILESS and not self._has_length
        if whole and (rest or not self.no_body):
            self.setHeader(b"Content-Length", b"%d" % len(rest))
        if rest or not self.started:
            self.write(rest)
        if self._chunked:
            self.sink.send(b"0\r\n\r\n")
        self.finished = True
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            waiter.callback(None)
        self.sink.done(self)

    def probe(self) -> None:
        """Find out whether anybody is there: if not, an interim answer soon brings the end of the connection.

        HTTP/1.0 knows none, and within an answer there can be none.
        """
        if self.minor_version == 1 and not self.started:
            self.sink.send(_PROBE)

    def abort(self) -> None:
        """Hang up, where there is no answer to give."""
        self.sink.abort()

    def lose(self, reason: Failure) -> None:
        """Take note that the client is gone, and tell those who wait."""
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
            # Without a length the end is said by chunks, or where there are none yet by hanging up.
            self._chunked = self.minor_version == 1
            self.keep_alive = self.keep_alive and self._chunked
        lines = [b"HTTP/1.1 %d %b" % (self.code, self.code_message), b"Date: " + self.sink.date()]
        if self._headers is None:
            lines += self._plain.values()
        else:
            named = self._headers.getAllRawHeaders()
            lines += [b"%b: %b" % (name, value) for name, values in named for value in values]
        if self._chunked:
            lines.append(b"Transfer-Encoding: chunked")
        if not self.keep_alive:
            lines.append(b"Connection: close")
        elif self.minor_version == 0:
            lines.append(b"Connection: keep-alive")
        return b"\r\n".join([*lines, b"", b""])
