"""X-ray for a web site of the program itself: read-only, as JSON and as a picture."""

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from twisted.web.resource import Resource

from .grid import to_dict
from .live import record_numbered
from .text import as_text
from .tree import tree
from .warnings import warnings
from .watch import waiting

#: Names and addresses of this machine, in a browser on it: under no other name can a page from elsewhere get here.
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_TYPES = {
    "js": b"text/javascript; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "html": b"text/html; charset=utf-8",
}
_JSON = b"application/json"
#: The page loads only files of its own.
_POLICY = b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"


class XRayResource(Resource):
    """``tree``, ``waiting``, ``warnings`` and ``grids/NUMBER`` in JSON, and a page that draws them."""

    isLeaf = True

    def __init__(self, hosts: tuple[str, ...]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Twisted leaves it untyped
        self._hosts = hosts

    def render(self, request: Any) -> bytes:
        """See ``IResource``."""
        request.setHeader(b"Cache-Control", b"no-store")
        if request.method not in (b"GET", b"HEAD"):
            request.setHeader(b"Allow", b"GET, HEAD")
            return as_json(request, {"error": "X-ray can only be read here"}, 405)
        if request.getRequestHostname().decode("latin-1") not in self._hosts:
            return as_json(request, {"error": "X-ray is not available under this name"}, 403)
        kind, *names = [part.decode("latin-1") for part in request.postpath] or ["nothing"]
        if kind == "" and not names:
            return self._file(request, "xray.html")
        if len(names) == 1 and kind in ("static", "grids"):
            return (self._file if kind == "static" else self._grid)(request, names[0])
        if kind in _VIEWS and not names:
            return as_json(request, _VIEWS[kind]())
        return as_json(request, {"error": "there is nothing at this path; the page is at its root, with a slash"}, 404)

    def _grid(self, request: Any, number: str) -> bytes:
        record = record_numbered(number)
        if record is None:
            return as_json(request, {"error": "no live Deferred has this number"}, 404)
        grid = record.frozen()
        return as_json(request, {"grid": to_dict(grid), "text": as_text(grid)})

    def _file(self, request: Any, name: str) -> bytes:
        body = static_files().get(name)
        if body is None:
            return as_json(request, {"error": "a file with this name does not exist"}, 404)
        request.setHeader(b"Content-Type", _TYPES[name.rpartition(".")[2]])
        request.setHeader(b"Content-Security-Policy", _POLICY)
        return body


_VIEWS: dict[str, Callable[[], dict[str, Any]]] = {
    "tree": lambda: to_dict(tree()),
    "waiting": lambda: {"waiting": [to_dict(grid) for grid in waiting()]},
    "warnings": lambda: {"warnings": [to_dict(warned) for warned in warnings()]},
}


@cache
def static_files() -> dict[str, bytes]:
    """Read the files of the page, by name."""
    folder = files(__package__ or "").joinpath("static")
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name.rpartition(".")[2] in _TYPES}


def as_json(request: Any, body: dict[str, Any], status: int = 200) -> bytes:
    """Encode a response."""
    request.setResponseCode(status)
    request.setHeader(b"Content-Type", _JSON)
    return json.dumps(body).encode()
