"""The static files of the console, as they are served."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from attrs import frozen

CONTENT_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}


@frozen
class Asset:
    """A static file; ``etag`` changes with its ``body``."""

    content_type: bytes
    body: bytes
    etag: bytes


@cache
def load_assets() -> Mapping[str, Asset]:
    """Read all assets, by name; ignore stray files, such as editor backups."""
    folder = files("service.web.console").joinpath("static")
    bodies = {file.name: file.read_bytes() for file in folder.iterdir() if Path(file.name).suffix in CONTENT_TYPES}
    return {
        name: Asset(CONTENT_TYPES[Path(name).suffix], body, b'"%b"' % hashlib.sha256(body).hexdigest()[:32].encode())
        for name, body in bodies.items()
    }
