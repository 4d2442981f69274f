"""Paths with rules of their own, and paths as the router reads them."""

from urllib.parse import unquote_to_bytes

#: Paths that take no place among what is limited, because they say whether the service is alive.
HEALTH = frozenset((b"/livez", b"/readyz"))
#: Paths that take no place, either: with them, tests act on requests that are in progress.
CONTROLS = frozenset((b"/clock", b"/clock/advance", b"/requests"))
#: All paths that take no place.
UNLIMITED = HEALTH | CONTROLS
#: Paths of streams and waits, which last for as long as a client likes.
LASTING = frozenset((b"/countdown", b"/wait-for-file"))
#: First segments of paths that are not for pages of other origins.
GUARDED = frozenset((b"xray", b"metrics", b"clock", b"requests"))

_PERCENT = ord("%")


def as_routed(path: bytes) -> bytes:
    """Return a path as the router reads it: decoded, and with a single slash at its beginning."""
    if _PERCENT in path or path.startswith(b"//"):
        return b"/" + unquote_to_bytes(path).lstrip(b"/")
    return path


def is_guarded(path: bytes) -> bool:
    """Return whether a path is not for pages of other origins."""
    return as_routed(path)[1:].partition(b"/")[0] in GUARDED
