"""Cross-origin resource sharing (the Fetch standard, section 3.3): pages of which other origins may read responses."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Self

from attrs import field, frozen

from service.web.paths import is_guarded

#: Headers of a response that a page may read, besides those that every page may.
EXPOSED = (b"X-Request-Id", b"Retry-After", b"ETag")
#: Headers of a request that a page may send, besides those that it asks for by name.
ALLOWED = (b"Authorization", b"traceparent", b"Last-Event-ID", b"If-None-Match")
#: Methods of the paths that pages may use; that of each path is in ``Allow``.
METHODS = (b"GET", b"HEAD")
#: Seconds for which a browser may remember the answer to a preflight.
MAX_AGE = 600
#: The origins of pages that come from the browser's own machine; RFC 6761 reserves what ends in ``.localhost``.
_LOOPBACK = re.compile(
    rb"https?://(?:(?:[a-z0-9_-]+\.)*localhost|127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|\[::1\])(?::[0-9]{1,5})?"
)
#: Names of header fields, as a preflight lists them.
_NAMES = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*")
_EXPOSED = b", ".join(EXPOSED)


@frozen
class CORS:
    """The origins whose pages may read responses: those that are ``listed``, ``anyone``, or those of ``loopback``.

    Only pages of a listed origin may send credentials.
    """

    listed: frozenset[bytes] = frozenset()
    anyone: bool = False
    loopback: bool = False
    #: Whether no other origin is allowed.
    is_off: bool = field(init=False)

    @is_off.default
    def _find_out(self) -> bool:
        return not (self.listed or self.anyone or self.loopback)

    @classmethod
    def of(cls, origins: Collection[str], *, loopback: bool) -> Self:
        """Make the policy for a list of origins, or ``*``; ``loopback`` is for an empty list."""
        if "*" in origins:
            return cls(anyone=True)
        return cls(frozenset(origin.encode() for origin in origins), loopback=loopback and not origins)

    @property
    def headers(self) -> Mapping[bytes, bytes]:
        """The headers of every response, whatever its request: caches must tell those for different origins apart."""
        return {} if self.is_off or self.anyone else {b"Vary": b"Origin"}

    def share(self, response: Any, path: bytes, origin: bytes | None) -> bool:
        """Let a page of this origin read a response to a request for this path, if it may; return whether it may."""
        if self.anyone:
            allowed: bytes | None = b"*"
        elif origin is not None and (origin in self.listed or (self.loopback and _LOOPBACK.fullmatch(origin))):
            allowed = origin
        else:
            allowed = None
        if allowed is None or is_guarded(path):
            return False
        response.setHeader(b"Access-Control-Allow-Origin", allowed)
        response.setHeader(b"Access-Control-Expose-Headers", _EXPOSED)
        if self.listed:
            response.setHeader(b"Access-Control-Allow-Credentials", b"true")
        return True

    def add_headers(self, request: Any) -> None:
        """Add the headers for the page that has sent a request, those for a preflight included."""
        if self.share(request, request.path, request.getHeader(b"origin")) and is_preflight(request):
            names = request.getHeader(b"access-control-request-headers") or b""
            asked_for = [names] if _NAMES.fullmatch(names) else []
            request.setHeader(b"Access-Control-Allow-Methods", b", ".join(METHODS))
            request.setHeader(b"Access-Control-Allow-Headers", b", ".join((*ALLOWED, *asked_for)))
            request.setHeader(b"Access-Control-Max-Age", b"%d" % MAX_AGE)


#: The policy that allows no other origin.
NOBODY = CORS()


def is_preflight(request: Any) -> bool:
    """Return whether a request asks if another one may be sent."""
    return request.method == b"OPTIONS" and request.getHeader(b"access-control-request-method") is not None
